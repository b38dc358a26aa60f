package playbook

import (
	"bytes"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	starter "holdfast/playbook"
)

// meaning are the broken playbooks that only Load can see through, since their
// forms are right.
var meaning = []string{
	"unknown_field", "unknown_field_in_folded_rule", "unknown_field_in_quotes", "two_mistakes_in_one_rule", "type", "country_in_words", "impossible_rule",
	"rule_that_asks_nothing", "rival_campaigns", "unknown_function", "unknown_segment_in_rule", "cycle", "segment_twice", "campaign_twice", "unknown_segment",
	"unknown_template", "subject_variable", "subject_without_default", "time_zone", "segment_that_is_nowhere", "template_with_ending",
	"goal_before_the_first_mail", "unreachable_mail", "impossible_by_another_segment", "quiet_hours_without_end",
}

// An editor that goes by the schemas finds nothing wrong with the starter, and
// all that is wrong with the form of the broken playbooks.
func TestSchemasTakeTheStarterAndRefuseWrongForms(t *testing.T) {
	schemas := map[string]*jsonschema.Schema{}
	for _, file := range []string{settingsFile, segmentsFile, campaignsFile, productsFile} {
		schemas[file] = compiled(t, file)
		source, err := starter.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := yaml.Unmarshal(source, &doc); err != nil {
			t.Fatal(err)
		}
		if err := schemas[file].Validate(doc); err != nil {
			t.Errorf("the starter's %s is refused: %v", file, err)
		}
	}
	refused := 0
	for _, tt := range broken {
		if schemas[tt.file] == nil {
			continue // a mail
		}
		var doc any
		if yaml.Unmarshal(changed(t, tt.file, tt.old, tt.new)[tt.file].Data, &doc) != nil || tt.name == "two_documents" {
			continue // no editor needs a schema to see that
		}
		err := schemas[tt.file].Validate(doc)
		if ofMeaning := slices.Contains(meaning, tt.name); (err == nil) != ofMeaning {
			t.Errorf("%s: %v, and that it is a matter of meaning is %v", tt.name, err, ofMeaning)
		}
		if err != nil {
			refused++
		}
	}
	if refused < 20 {
		t.Errorf("only %d are refused", refused)
	}
}

func compiled(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	source, err := Schema(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(file, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
