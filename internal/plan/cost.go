package plan

// A Cost is what a plan's seven days come to on AWS, in US dollars at the
// on-demand prices of us-east-1, for sending and for the nights; what customers
// do meanwhile costs extra. Before is with the playbook before.
type Cost struct {
	SES            float64 `json:"ses"`
	DynamoDB       float64 `json:"dynamodb"`
	BeforeSES      float64 `json:"before_ses"`
	BeforeDynamoDB float64 `json:"before_dynamodb"`
}

const (
	mailPrice  = 0.10 / 1000
	readPrice  = 0.125e-6
	writePrice = 0.625e-6

	// A night reads every profile twice. A read unit is 4 KB, and a scan that may
	// lag takes half of it; a profile has some 1 KB.
	readsPerProfile = 2 * 0.5 / 4
	// A profile has some 1 KB: one write unit.
	writesPerProfile = 1
	// A planned send is an item and its entries in both indexes.
	writesPerPlanned = 3
	// The mailer claims a send and records its end. Both move its entry in the
	// index by campaign, which is a deletion and a write, and the claim takes it
	// out of the index of what is due.
	writesPerHandled = 1 + 2 + 1 + 1 + 2
	// An accepted mail is reported as sent and as delivered: a fact, the profile,
	// and the send with its index twice.
	writesPerAccepted = 1 + 1 + 2*(1+2)
	// The mailer reads the send, the profile, the address, and all sends.
	readsPerHandled = 4
)

func (w *worker) cost(p Plan) Cost {
	ses := func(k work) float64 { return float64(k.accepted) * mailPrice }
	table := func(k work) float64 {
		reads := float64(Nights)*readsPerProfile*float64(p.Customers) + readsPerHandled*float64(k.handled)
		writes := writesPerProfile*k.changed + writesPerPlanned*k.planned + writesPerHandled*k.handled + writesPerAccepted*k.accepted
		return reads*readPrice + float64(writes)*writePrice
	}
	return Cost{SES: ses(w.work[1]), DynamoDB: table(w.work[1]), BeforeSES: ses(w.work[0]), BeforeDynamoDB: table(w.work[0])}
}
