package outbox

import (
	"container/heap"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"holdfast/internal/customer"
)

// Forget removes the mails to a customer, and what is still to be reported of
// them. Done again, or for nobody, it does
// nothing; a process that dies in between leaves some to be removed then.
func (b *Outbox) Forget(id customer.ID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.mails {
		if m.Key.Customer != id {
			continue
		}
		if err := os.Remove(filepath.Join(b.dir, m.ID+".json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget mail %s: %w", m.ID, err)
		}
	}
	b.mails = slices.DeleteFunc(b.mails, func(m Mail) bool { return m.Key.Customer == id })
	b.due = slices.DeleteFunc(b.due, func(o occasion) bool { return o.mail.Key.Customer == id })
	heap.Init(&b.due)
	return nil
}
