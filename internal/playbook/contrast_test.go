package playbook

import (
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	starter "holdfast/playbook"
)

// legible is the least contrast of text by WCAG 2.2, level AA.
const legible = 4.5

// luminance is that of WCAG 2.2 for a colour written as #rrggbb.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("%q is no colour as #rrggbb", colour)
	}
	channel := func(shift int) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	for pair, want := range map[[2]string]float64{{"#000000", "#ffffff"}: 21, {"#ffffff", "#777777"}: 4.48, {"#595959", "#ffffff"}: 7} {
		if got := contrast(t, pair[0], pair[1]); math.Abs(got-want) > 0.01 {
			t.Errorf("%v: %.2f, want %.2f", pair, got, want)
		}
	}
}

// The grounds on which the starter's mails write, by light.
var (
	byDay   = []string{"#ece5d8", "#ffffff", "#f6f1e7"} // around, card, panel
	byNight = map[string]string{"ground": "#141311", "card": "#1f1d1a", "panel": "#2b2824"}
)

var (
	inkAt   = regexp.MustCompile(`[;"]color:(#[0-9a-f]{6})`)
	element = regexp.MustCompile(`<(\w+)([^>]*)>`)
	nightly = regexp.MustCompile(`\.(\w+)[^{}]*\{ (background|color): (#[0-9a-f]{6}) !important`)
)

// Whatever a mail writes can be read, by day on every ground there is, and by
// night by the classes of the layout.
func TestTheStarterMailsCanBeRead(t *testing.T) {
	night := map[string]string{}
	p := load(t)
	m, err := p.Render("care", 1, "", elena(), links, now)
	if err != nil {
		t.Fatal(err)
	}
	_, dark, _ := strings.Cut(m.HTML, "prefers-color-scheme: dark")
	for _, rule := range nightly.FindAllStringSubmatch(dark, -1) {
		night[rule[1]+" "+rule[2]] = rule[3]
	}
	for name, ground := range byNight {
		if night[name+" background"] != ground {
			t.Errorf("by night %s is %q, want %s", name, night[name+" background"], ground)
		}
		for _, ink := range []string{"ink color", "quiet color", "accent color"} {
			if c := contrast(t, night[ink], ground); c < legible {
				t.Errorf("by night %s on %s has a contrast of %.2f", ink, name, c)
			}
		}
	}
	if c := contrast(t, "#12261a", night["button background"]); c < legible || !strings.Contains(dark, ".button a { color: #12261a !important; }") {
		t.Errorf("by night the button has a contrast of %.2f", c)
	}
	files, err := starter.FS.ReadDir(mailFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		source, err := starter.FS.ReadFile(path.Join(mailFolder, f.Name()))
		if err != nil || !strings.HasSuffix(f.Name(), htmlSuffix) {
			continue
		}
		legibleByDay(t, f.Name(), string(source))
	}
}

func legibleByDay(t *testing.T, name, source string) {
	t.Helper()
	for _, e := range element.FindAllStringSubmatch(source, -1) {
		ink := inkAt.FindStringSubmatch(e[2])
		if ink == nil {
			continue
		}
		if ink[1] == "#ffffff" { // on the button
			if c := contrast(t, ink[1], "#22432f"); c < legible {
				t.Errorf("%s: the button has a contrast of %.2f", name, c)
			}
			continue
		}
		for _, ground := range byDay {
			if c := contrast(t, ink[1], ground); c < legible {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, ink[1], ground, c)
			}
		}
		if !strings.Contains(e[2], `class="`) && name != "layout"+htmlSuffix {
			t.Errorf("%s: <%s> has the colour %s, and no class by which it changes at night", name, e[1], ink[1])
		}
	}
}
