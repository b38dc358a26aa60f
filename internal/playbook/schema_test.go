package playbook

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/customer"
)

// The schemas know the keys that Load knows: with a key that nobody knows in
// each mapping, Load names those it would have taken.
func TestSchemasKnowTheKeysOfTheFiles(t *testing.T) {
	for _, tt := range []struct {
		file, old, new string
		path           []string
	}{
		{settingsFile, "active_window: 365d", "zzzzzzzz: 1", nil},
		{settingsFile, "  language: en", "  zzzzzzzz: 1 #", []string{"business"}},
		{settingsFile, "    name: Seventh Kettle\n", "    name: Seventh Kettle\n    zzzzzzzz: 1\n", []string{"business", "sender"}},
		{settingsFile, "{mails: 2, within: 7d}", "{mails: 2, within: 7d, zzzzzzzz: 1}", []string{"caps", "[]"}},
		{settingsFile, `  to: "08:00"`, "  to: \"08:00\"\n  zzzzzzzz: 1", []string{"quiet_hours"}},
		{segmentsFile, "segments:", "zzzzzzzz: 1\nsegments:", nil},
		{segmentsFile, "    title: Loyal\n", "    zzzzzzzz: 1\n", []string{"segments", "[]"}},
		{campaignsFile, "campaigns:", "zzzzzzzz: 1\ncampaigns:", nil},
		{campaignsFile, "    title: Win back\n", "    zzzzzzzz: 1\n", []string{"campaigns", "[]"}},
		{campaignsFile, "      goal: order within 14d\n", "      zzzzzzzz: 1\n", []string{"campaigns", "[]", "exit"}},
		{campaignsFile, "        after: 9d\n", "        zzzzzzzz: 1\n", []string{"campaigns", "[]", "steps", "[]"}},
		{campaignsFile, "          - name: offer\n", "          - name: offer\n            zzzzzzzz: 1\n", []string{"campaigns", "[]", "steps", "[]", "variants", "[]"}},
	} {
		_, err := Load(changed(t, tt.file, tt.old, tt.new))
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: accepted", tt.path)
			continue
		}
		var loads []string
		for _, p := range problems {
			if list, ok := strings.CutPrefix(p.Suggestion, "known here are "); ok && p.Text == "zzzzzzzz" {
				loads = strings.Split(list, ", ")
			}
		}
		slices.Sort(loads)
		if diff := cmp.Diff(slices.Compact(loads), keysAt(t, tt.file, tt.path)); diff != "" {
			t.Errorf("%s %s (-load +schema):\n%s", tt.file, tt.path, diff)
		}
	}
	if _, err := Schema("other.yaml"); !errors.Is(err, customer.ErrNotFound) {
		t.Error(err)
	}
}

func keysAt(t *testing.T, file string, path []string) []string {
	t.Helper()
	source, err := Schema(file)
	if err != nil {
		t.Fatal(err)
	}
	var at map[string]any
	if err := json.Unmarshal(source, &at); err != nil {
		t.Fatal(err)
	}
	for _, name := range path {
		if name == "[]" {
			at = at["items"].(map[string]any)
			continue
		}
		at = at["properties"].(map[string]any)[name].(map[string]any)
	}
	return slices.Sorted(maps.Keys(at["properties"].(map[string]any)))
}
