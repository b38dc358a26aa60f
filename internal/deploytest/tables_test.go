package deploytest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/dynamo"
)

func TestTablesAreWhatTheStoreExpects(t *testing.T) {
	want := dynamo.Tables{
		Profiles: "ProfilesTable", Facts: "FactsTable", Identities: "IdentitiesTable", Sends: "SendsTable", Insights: "InsightsTable",
	}.Schemas()
	tables := resources(t, readTemplate(t), "AWS::DynamoDB::Table")
	var got []dynamo.Schema
	for _, s := range want {
		p := tables[s.Name]
		hash, sort := keys(t, p)
		g := dynamo.Schema{Name: s.Name, Hash: hash, Range: sort}
		if at(p, "TimeToLiveSpecification", "Enabled") == "true" {
			g.TTL, _ = at(p, "TimeToLiveSpecification", "AttributeName").(string)
		}
		indexes, _ := p["GlobalSecondaryIndexes"].([]any)
		for _, x := range indexes {
			hash, sort := keys(t, x)
			name, _ := at(x, "IndexName").(string)
			projection, _ := at(x, "Projection", "ProjectionType").(string)
			g.Indexes = append(g.Indexes, dynamo.Index{Name: name, Hash: hash, Range: sort, Projection: projection})
		}
		got = append(got, g)
		for _, a := range list(p["AttributeDefinitions"]) {
			if at(a, "AttributeType") != "S" {
				t.Errorf("%s: %v is not a string", s.Name, at(a, "AttributeName"))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-store +template):\n%s", diff)
	}
	if len(tables) != len(want) {
		t.Errorf("the template has %d tables, the store %d", len(tables), len(want))
	}
}

func keys(t *testing.T, v any) (hash, sort string) {
	t.Helper()
	for _, k := range list(at(v, "KeySchema")) {
		name, _ := at(k, "AttributeName").(string)
		switch at(k, "KeyType") {
		case "HASH":
			hash = name
		case "RANGE":
			sort = name
		default:
			t.Errorf("a key %s of another type", strings.TrimSpace(name))
		}
	}
	return hash, sort
}
