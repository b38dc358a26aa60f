package mail

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/osteele/liquid"
	"golang.org/x/net/html"

	"holdfast/internal/customer"
)

var update = flag.Bool("update", false, "write the golden files again")

var variables = Vocabulary{
	"first_name": {TextKind, false}, "city": {TextKind, false}, "orders": {NumberKind, true}, "spend": {NumberKind, true}, "aov": {NumberKind, false},
	"last_order": {DateKind, false}, "interests": {ListKind, false}, "subscribed": {FlagKind, true}, "rfm.f": {NumberKind, false}, "custom.*": {AnyKind, false},
	"cart_url": {TextKind, false}, "unsubscribe_url": {TextKind, true}, "business.postal_address": {TextKind, true}, "business.name": {TextKind, true},
}

func vienna(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func data() Data {
	return Data{"first_name": "Mia <b>&\"'", "city": "Graz", "orders": 3.0, "spend": 1234.5, "subscribed": true,
		"last_order": time.Date(2026, 5, 31, 22, 30, 0, 0, time.UTC), "interests": []string{"running", "<i>tea"}, "rfm": map[string]any{"f": 4.0},
		"custom": map[string]any{"plan": "pro", "two words": "x"}, "cart_url": "https://shop.example/c?a=1&b=\"2\"",
		"unsubscribe_url": "https://u.example/t", "business": map[string]any{"postal_address": "Lane 1", "name": "Kettle & Co"}}
}

// footer is what every mail must have.
const footer = `<a href="{{ unsubscribe_url }}">x</a>{{ business.postal_address }}`

func settingsOf(t testing.TB) Settings {
	return Settings{Zone: vienna(t), Currency: "EUR", Language: "en", Variables: variables}
}

// body renders an HTML body and cuts the footer off.
func body(t *testing.T, source string, d Data) (string, error) {
	t.Helper()
	c, err := Compile(Source{Subject: "s", HTML: source + footer}, settingsOf(t))
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	m, err := c.Render(d)
	return strings.TrimSuffix(m.HTML, `<a href="https://u.example/t">x</a>Lane 1`), err
}

func TestTemplates(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"data is escaped in text", `{{ first_name | required }}`, `Mia &lt;b&gt;&amp;&#34;&#39;`},
		{"data is escaped in attributes", `<p title="{{ first_name | required }}">`, `<p title="Mia &lt;b&gt;&amp;&#34;&#39;">`},
		{"filters do not lift the escaping", `{{ first_name | default: "x" | append: "<" | upcase }}`, `MIA &lt;B&gt;&amp;&#34;&#39;&lt;`},
		{"assigned values are escaped", `{% assign n = first_name | default: "x" %}{{ n }}`, `Mia &lt;b&gt;&amp;&#34;&#39;`},
		{"items of lists are escaped", `{% for i in interests %}{{ i }}{% unless forloop.last %}, {% endunless %}{% endfor %}`, `running, &lt;i&gt;tea`},
		{"links keep their parameters", `<a href="{{ cart_url | required }}">`, `<a href="https://shop.example/c?a=1&amp;b=&#34;2&#34;">`},
		{"a default takes the place of what is missing", `{{ aov | default: 5 | money }}`, `€5`},
		{"money has symbol and groups", `{{ spend | money }}`, `€1,234.50`},
		{"dates are of the merchant's zone", `{{ last_order | required | date }}|{{ last_order | required | date: "%d.%m.%Y %H:%M %a %b %%" }}`, `1 June 2026|01.06.2026 00:30 Mon Jun %`},
		{"numbers", `{{ orders | plus: 1 }} {{ orders | minus: 1 }} {{ orders | times: 1.5 }} {{ spend | divided_by: 2 | round }} {{ spend | floor }} {{ spend | round: 1 }}`, `4 2 4.5 617 1234 1234.5`},
		{"texts", `{{ city | required | upcase }} {{ city | required | truncate: 3 }} {{ city | required | replace: "a", "o" | prepend: ">" }}`, `GRAZ Gr… &gt;Groz`},
		{"lists", `{{ interests | required | join: "/" }} {{ interests | required | size }} {{ interests | required | first }}`, `running/&lt;i&gt;tea 2 running`},
		{"dotted names", `{{ rfm.f | default: 0 }}{{ custom["two words"] | default: "" }}{{ custom.plan | default: "" }}`, `4xpro`},
		{"if, elsif, else", `{% if orders > 5 %}a{% elsif orders >= 3 %}b{% else %}c{% endif %}`, `b`},
		{"and", `{% if orders > 1 and city == "Graz" and subscribed %}a{% endif %}`, `a`},
		{"or", `{% if orders > 9 or city == "Graz" %}a{% endif %}`, `a`},
		{"a condition makes a variable sure", `{% if city %}{{ city }}{% endif %}{% if city != blank %}{{ city }}{% endif %}`, `GrazGraz`},
		{"contains", `{% if interests contains "running" %}a{% endif %}{% if city contains "ra" %}b{% endif %}`, `ab`},
		{"unless and blank", `{% unless aov %}a{% endunless %}{% if aov == blank %}b{% endif %}{% if aov > 1 %}c{% endif %}{% if aov == nil %}d{% endif %}`, `abd`},
		{"case", `{% case city %}{% when "Wien", "Linz" %}a{% when "Graz" %}b{% else %}c{% endcase %}{% case aov %}{% when 1 %}a{% else %}c{% endcase %}`, `bc`},
		{"for with limit", `{% for i in interests limit: 1 %}{{ forloop.index }}{{ i }}{% endfor %}`, `1running`},
		{"what a branch assigns needs a default", `{% if orders > 1 %}{% assign x = "a" %}{% endif %}{{ x | default: "b" }}`, `a`},
		{"comments are left out", `a{% comment %}{{ nonsense }} {% if %}{% endcomment %}b`, `ab`},
		{"dashes take the space away", "a \n {%- if true -%} \n b \n {{- orders -}} \n c {% endif %}", `ab3c `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := body(t, tt.source, data())
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestWhatIsMissingMakesNoHole(t *testing.T) {
	for source, variable := range map[string]string{
		`{{ aov | required | money }}`:                                          "aov",
		`{{ city | default: "x" | append: first_name }}`:                        "first_name",
		`{% if city != "Wien" or orders > 1 %}{{ city | required }}{% endif %}`: "city",
		`{{ custom.nothing | required }}`:                                       "custom.nothing",
	} {
		d := data()
		delete(d, "city")
		d["first_name"] = "  "
		v := Vocabulary{}
		for name, of := range variables {
			v[name] = Variable{of.Kind, of.Always || name == "first_name"}
		}
		s := settingsOf(t)
		s.Variables = v
		c, err := Compile(Source{Subject: "s", HTML: source + footer}, s)
		if err != nil {
			t.Fatal(err)
		}
		var missing *MissingError
		if _, err := c.Render(d); !errors.As(err, &missing) || missing.Variable != variable {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestDataCannotLeadReadersAstray(t *testing.T) {
	for _, url := range []string{"javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:x", "//evil.example"} {
		d := data()
		d["cart_url"] = url
		if _, err := body(t, `<a href="{{ cart_url | required }}">x</a>`, d); !errors.Is(err, ErrLink) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestSubjectsAreOneLine(t *testing.T) {
	c, err := Compile(Source{Subject: "{{ first_name | required }}\n hello", Preheader: "{{ city | default: '' }}", HTML: "x" + footer}, settingsOf(t))
	if err != nil {
		t.Fatal(err)
	}
	d := data()
	d["first_name"] = "Mia\r\nBcc: all@example.com\x00\u202e"
	m, err := c.Render(d)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Mia Bcc: all@example.com hello" || m.Preheader != "Graz" {
		t.Errorf("%q %q", m.Subject, m.Preheader)
	}
	empty, err := Compile(Source{Subject: `{{ city | default: "" }}`, HTML: "x" + footer}, settingsOf(t))
	if err != nil {
		t.Fatal(err)
	}
	delete(d, "city")
	if _, err := empty.Render(d); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty subject: %v", err)
	}
}

func TestRejectedMailsSayWhatToWrite(t *testing.T) {
	var b strings.Builder
	say := func(title string, s Source) {
		_, err := Compile(s, settingsOf(t))
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: accepted", title)
			return
		}
		fmt.Fprintf(&b, "%s\n", title)
		for _, p := range problems {
			part := map[Part]string{Subject: s.Subject, Preheader: s.Preheader, HTML: s.HTML, Text: s.Text, HTMLLayout: s.HTMLLayout, TextLayout: s.TextLayout}[p.Part]
			fmt.Fprintf(&b, "    %s %q: %s\n", p.Part, part[p.From:p.To], p)
		}
	}
	for _, source := range []string{
		"{{ first_nam }}", "{{ first_name }}", "{{ first_name | upcase }}", "{{ orders | monney }}", "{{ city | required | money }}", "{{ orders | date }}", "{{ last_order | required | money }}",
		"{{ orders", "{% if orders > 1 %}", "{% endif %}", "{% if orders > 1 %}{% endfor %}", "{% iff orders %}", "{% capture x %}{% endcapture %}", "{% if %}{% endif %}", "{% if orders => 1 %}{% endif %}",
		"{% if orders > 1 and city or city %}{% endif %}", "{{ }}", "{{ orders orders }}", "{{ orders | }}", "{{ orders | plus }}", "{{ orders | plus: 'x' }}", "{{ orders | plus: 1, 2 }}", "{{ orders | round 2 }}", "{{ city | default 'x' }}",
		"{{ last_order | required | date: '%Q' }}", "{% for x of interests %}{% endfor %}", "{% for x in orders %}{% endfor %}", "{% assign x %}", "{% case %}{% endcase %}", "{% comment %}", "{{ 'x }}",
		"<a href={{ unsubscribe_url }}>", "<p style=\"color:{{ orders }}\">", "<style>{{ orders }}</style>", "<!-- {{ orders }} -->", "<{{ orders }}>", "<p onclick=\"{{ orders }}\">", "<img src=\"x.png\">", "<script>", "<a {% if orders > 1 %}href=\"{% endif %}x\">",
		"{{ forloop.index }}", "{% if city or orders > 1 %}{{ city }}{% endif %}", "{% if city %}{% else %}{{ city }}{% endif %}", "{% if city == blank %}{{ city }}{% endif %}", "{{ content }}",
		"{% if orders > 1 %}{% assign x = orders %}{% endif %}{{ x }}", "{% case nothing %}{% when 1 %}{{ orders | x }}{% endcase %}",
	} {
		say(source, Source{Subject: "s", HTML: source + footer})
	}
	say("no footer", Source{Subject: "s", HTML: "hello", Text: "hello"})
	say("a long subject", Source{Subject: strings.Repeat("long ", 30), HTML: "x" + footer})
	say("no content in the layout", Source{Subject: "s", HTML: "x", HTMLLayout: footer})
	say("content in a style", Source{Subject: "s", HTML: "x", HTMLLayout: footer + "<style>{{ content }}</style>"})
	say("an open style", Source{Subject: "s", HTML: footer + "<style>", HTMLLayout: "{{ content }}"})
	say("empty", Source{Subject: "s", HTMLLayout: footer + "{{ content }}"})
	say("large", Source{Subject: "s", HTML: strings.Repeat("x", MaxHTML) + footer})
	say("subject", Source{Subject: "{{ city }}", Preheader: "{{ subject }}", HTML: "x" + footer})
	golden(t, "testdata/rejected.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestTextOf(t *testing.T) {
	for _, tt := range []struct{ name, html, want string }{
		{"paragraphs and headings", "<h1>A  b</h1><p>c<br>d</p><div>e</div><div>f</div>", "A b\n\nc\nd\n\ne\nf\n"},
		{"links", `<p>See <a href="https://x.example">our shop</a>, or <a href="https://x.example">https://x.example</a>, <a href="mailto:a@b.example">a@b.example</a></p>`,
			"See our shop: https://x.example, or https://x.example, a@b.example\n"},
		{"lists", "<ul><li>one</li><li>two</li></ul>", "- one\n- two\n"},
		{"hidden text, styles and titles are left out", `<title>t</title><style>p{}</style><div style="display: none">pre</div><p>x</p>`, "x\n"},
		{"pictures with a description", `<p><img alt="a kettle"> <img alt=""> steams</p>`, "a kettle steams\n"},
		{"layout tables", "<table><tr><td><p>a</p></td></tr><tr><td>b</td><td>c</td></tr></table>", "a\n\nb\nc\n"},
		{"entities", "<p>&lt;b&gt; &amp;&nbsp;co</p>", "<b> &\u00a0co\n"},
		{"words in markup", "<p><b>bold</b>, <i>a</i><i>b</i> <em> c </em></p>", "bold, ab c\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := TextOf(tt.html); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestAmount(t *testing.T) {
	for _, tt := range []struct {
		n                        float64
		currency, language, want string
	}{
		{1234567.5, "EUR", "en", "€1,234,567.50"}, {1234567.5, "EUR", "de", "1.234.567,50\u00a0€"}, {40, "USD", "en-US", "$40"}, {-3.2, "USD", "en", "−$3.20"},
		{1200, "JPY", "en", "¥1,200"}, {1.5, "KWD", "en", "1.500\u00a0KWD"}, {999, "CHF", "de", "999\u00a0CHF"}, {0, "", "", "0"}, {-0.001, "EUR", "en", "€0"},
	} {
		if got := Amount(tt.n, customer.Currency(tt.currency), tt.language); got != tt.want {
			t.Errorf("Amount(%v, %s, %s) = %q, want %q", tt.n, tt.currency, tt.language, got, tt.want)
		}
	}
}

// What a common Liquid engine makes of a template, we make of it, but for the
// escaping.
func TestTemplatesReadAsLiquid(t *testing.T) {
	d := data()
	d["first_name"] = "Mia"
	delete(d, "last_order")
	for _, source := range []string{
		`Hello {{ first_name | default: "friend" }}{{ aov | default: 3 }}`, `{% if orders > 2 %}a{% else %}b{% endif %}c`, `{% unless orders == 3 %}a{% else %}b{% endunless %}`,
		`{% case city %}{% when "Wien" %}a{% when "Graz", "Linz" %}b{% else %}c{% endcase %}`, `{% for i in interests %}{{ forloop.index }}:{{ i }}{% unless forloop.last %}, {% endunless %}{% endfor %}`,
		`{% assign x = orders | plus: 2 %}{{ x | times: 2 }}`, `{{ city | required | upcase }}`, `{% if interests contains "running" and city == "Graz" %}y{% endif %}`,
		"a  {%- if true -%}  b  {%- endif -%}  c {{- orders -}} d", `{{ interests | required | join: "; " }}`, `{% comment %}x{% endcomment %}y`, `{{ rfm.f | default: 1 }}`,
		`{% if aov %}a{% elsif city != "Wien" %}b{% endif %}`, `{{ "x" | append: "y" | prepend: "z" | replace: "y", "w" | capitalize }}`, `{{ spend | round }} {{ spend | floor }} {{ spend | ceil }}`,
		`{% for i in interests limit: 1 %}{{ i }}{% endfor %}`, `{% if orders == nil %}a{% endif %}{% if aov == nil %}b{% endif %}`,
	} {
		engine := liquid.NewEngine()
		engine.RegisterFilter("required", func(v any) any { return v })
		want, err := engine.ParseAndRenderString(source, liquid.Bindings(d))
		if err != nil {
			t.Fatal(err)
		}
		got, failed := body(t, source, d)
		if failed != nil {
			t.Fatal(failed)
		}
		if got = html.UnescapeString(got); got != want {
			t.Errorf("%s\nours   %q\ntheirs %q", source, got, want)
		}
	}
}

// FuzzCompile: whatever is written, compiling and rendering end; problems lie
// within their part; and no markup comes from data.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"{{ first_name }}", "{% if orders > 1 %}<p title='{{ city | default: \"x\" }}'>{% endif %}", "{% for i in interests %}{{ i }}{% endfor %}", "{% case city %}{% when 1 %}", "<style>{{ a }}", "{{ 'x' | truncate: 1 }}", "{%- assign a = orders -%}{{ a | divided_by: 0 }}", "<a href={{ cart_url }}>", "{% comment %}"} {
		f.Add(s)
	}
	settings := settingsOf(f)
	f.Fuzz(func(t *testing.T, source string) {
		s := Source{Subject: source, HTML: source + footer}
		c, err := Compile(s, settings)
		var problems Problems
		if errors.As(err, &problems) {
			for _, p := range problems {
				part := map[Part]string{Subject: s.Subject, HTML: s.HTML}[p.Part]
				if p.From < 0 || p.To < p.From || p.To > len(part) || p.Message == "" {
					t.Fatalf("%q: %+v", source, p)
				}
			}
			return
		}
		d := data()
		d["first_name"], d["city"] = "<em>", `"><em>`
		m, err := c.Render(d)
		if err == nil && !strings.Contains(source, "<em>") && strings.Contains(m.HTML, "<em>") {
			t.Fatalf("%q: %s", source, m.HTML)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	c, err := Compile(Source{Subject: "Hello {{ first_name | default: 'you' }}", HTML: strings.Repeat("<p>text {{ city | default: 'x' }} {% if orders > 1 %}{{ spend | money }}{% endif %}</p>", 20) + footer, Text: "x {{ unsubscribe_url }} {{ business.postal_address }}"}, settingsOf(b))
	if err != nil {
		b.Fatal(err)
	}
	d := data()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Render(d); err != nil {
			b.Fatal(err)
		}
	}
}
