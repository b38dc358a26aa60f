package playbook

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"holdfast/internal/customer"
)

// An Arm is the side of a campaign's comparison that a customer is on, for good.
type Arm string

const (
	Treated Arm = "treated" // gets the mails
	Control Arm = "control" // gets none, to compare with
)

// Arm returns the arm of a customer. It depends on the campaign's name, its
// holdout share and the customer's id alone: raising the share moves customers
// into the control group and none out of it. Campaigns choose independently.
func (c Campaign) Arm(id customer.ID) Arm {
	if share("arm", c.Name, string(id)) < c.Holdout {
		return Control
	}
	return Treated
}

// Variant returns the variant of the step, from 1, for a customer, "" if the
// step has none. It depends on the campaign's name, the step, how many variants
// there are, and the customer's id alone.
func (c Campaign) Variant(step int, id customer.ID) string {
	if step < 1 || step > len(c.Steps) || len(c.Steps[step-1].Variants) == 0 {
		return ""
	}
	variants := c.Steps[step-1].Variants
	i := int(share("variant", c.Name, strconv.Itoa(step), string(id)) * float64(len(variants)))
	return variants[i].Name
}

// share maps texts to [0, 1): the first 53 bits of the SHA-256 of the texts,
// each ended by a zero byte, as a fraction of 2⁵³.
func share(texts ...string) float64 {
	h := sha256.New()
	for _, s := range texts {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return float64(binary.BigEndian.Uint64(h.Sum(nil))>>11) / (1 << 53)
}
