package playbook

import (
	"testing"

	starter "holdfast/playbook"
)

func TestTheStarterPlaybookLoads(t *testing.T) {
	p, err := Load(starter.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Segments) == 0 || len(p.Campaigns) == 0 {
		t.Errorf("%d segments, %d campaigns", len(p.Segments), len(p.Campaigns))
	}
}
