package playbook

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"holdfast/internal/mail"
	"holdfast/internal/segment"
)

const manual = "../../docs/playbook.md"

// The tables of docs/playbook.md are those of the code; -update writes them.
func TestTheManualListsEveryFieldFunctionAndFilter(t *testing.T) {
	source, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	got := string(source)
	for name, table := range map[string]string{"fields": fieldTable(), "functions": functionTable(), "filters": filterTable()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok := strings.Cut(got, begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("the manual has no place for %s", name)
		}
		got = before + begin + table + end + after
	}
	if *update {
		if err := os.WriteFile(manual, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(source) {
		t.Error("the tables of docs/playbook.md are not those of the code: run go test ./internal/playbook -update")
	}
}

func fieldTable() string {
	var b strings.Builder
	b.WriteString("| field | type | meaning | from | example |\n|---|---|---|---|---|\n")
	for _, f := range segment.Fields() {
		kind := string(f.Type)
		if f.Unit != "" && f.Type == segment.Number {
			kind += " (" + f.Unit + ")"
		}
		if f.Always {
			kind += ", always"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, kind, f.Meaning, f.Source, f.Example)
	}
	return b.String()
}

func functionTable() string {
	var b strings.Builder
	b.WriteString("| function | gives | meaning | example |\n|---|---|---|---|\n")
	for _, f := range segment.Functions() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", f.Signature, f.Type, f.Meaning, f.Example)
	}
	return b.String()
}

func filterTable() string {
	var b strings.Builder
	b.WriteString("| filter | meaning |\n|---|---|\n")
	for _, f := range mail.Filters() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(f.Usage, "|", "\\|"), f.Meaning)
	}
	return b.String()
}

// The example of the manual is a playbook that loads.
func TestTheExampleOfTheManualWorks(t *testing.T) {
	source, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, part := range strings.Split(string(source), "```")[1:] {
		if kind, text, ok := strings.Cut(part, "\n"); ok && (kind == "yaml" || kind == "html") {
			blocks = append(blocks, text)
		}
	}
	if len(blocks) < 3 {
		t.Fatalf("the example has %d files", len(blocks))
	}
	all := changed(t, settingsFile, "", "")
	all[segmentsFile].Data = append(all[segmentsFile].Data, "\n"+blocks[0]...)
	all["emails/tasting"+htmlSuffix] = withData(blocks[1])
	all[campaignsFile].Data = append(all[campaignsFile].Data, "\n"+blocks[2]...)
	p, err := Load(all)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Render("tasting", 1, "", elena(), links, now)
	if err != nil {
		t.Fatal(err)
	}
	check(t, m)
	typo := changed(t, settingsFile, "", "")
	typo[segmentsFile].Data = append(typo[segmentsFile].Data, strings.Replace("\n"+blocks[0], "recency_days >", "recensy_days >", 1)...)
	if _, err := Load(typo); err == nil || !strings.Contains(string(source), "\nplaybook/"+err.Error()+"\n") {
		t.Errorf("the manual does not show what a typo gives:\n%v", err)
	}
	if m.Subject != "Will you come, Elena?" || !strings.Contains(m.Text, "It is not far from Graz.") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
}
