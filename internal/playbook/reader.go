package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/segment"
)

// A reader reads one YAML file and collects what is wrong with it.
type reader struct {
	file     string
	lines    []string
	problems *Problems
}

func (r *reader) reportAt(line, column int, text, message, suggestion string) {
	p := r.problemAt(line, column, text)
	p.Message, p.Suggestion = message, suggestion
	*r.problems = append(*r.problems, p)
}

// problemAt returns a problem without words at a place of the file.
func (r *reader) problemAt(line, column int, text string) Problem {
	p := Problem{File: r.file, Line: line, Column: column, Text: text}
	if line >= 1 && line <= len(r.lines) {
		p.Excerpt = r.lines[line-1]
	}
	return p
}

func (r *reader) report(n *yaml.Node, message, suggestion string) {
	text := n.Value
	if n.Kind != yaml.ScalarNode {
		text = ""
	}
	r.reportAt(n.Line, n.Column, text, message, suggestion)
}

// starts say how a file begins that is empty.
var starts = map[string]string{
	settingsFile:  "begin with `business:`",
	segmentsFile:  "begin with `segments:`, and below it `  - name: …`",
	campaignsFile: "begin with `campaigns:`, and below it `  - name: …`",
	productsFile:  "begin with `products:`",
}

// document parses source; nil if that is impossible.
func (r *reader) document(source []byte) *yaml.Node {
	r.lines = Lines(string(source))
	if r.notText() {
		return nil
	}
	var n yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(source, []byte("\ufeff"))))
	err := d.Decode(&n)
	switch {
	case errors.Is(err, io.EOF), err == nil && (len(n.Content) == 0 || n.Content[0].Tag == "!!null"):
		r.reportAt(1, 1, "", "the file is empty", starts[r.file])
		return nil
	case err != nil:
		r.syntax(err)
		return nil
	}
	var second yaml.Node
	if err := d.Decode(&second); err == nil {
		r.reportAt(second.Line, 1, "", "a second document begins here, which nobody would read", "take the line `---` out")
	} else if !errors.Is(err, io.EOF) {
		r.syntax(err)
	}
	return n.Content[0]
}

// A mapping is a YAML mapping whose keys are asked for one by one; keys nobody
// asked for are problems.
type mapping struct {
	*reader
	node  *yaml.Node
	asked []string
}

// mapping returns n as a mapping, nil after reporting that it is none.
func (r *reader) mapping(n *yaml.Node, what string) *mapping {
	if n.Kind != yaml.MappingNode {
		r.report(n, what+" must have keys and values", "write `key: value` lines below it")
		return nil
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i]; seen[k.Value] {
			r.report(k, "`"+k.Value+"` is given twice", "keep one of them")
		} else {
			seen[k.Value] = true
		}
	}
	return &mapping{reader: r, node: n}
}

// get returns the value of key, nil if it is absent or empty.
func (m *mapping) get(key string) *yaml.Node {
	m.asked = append(m.asked, key)
	for i := 0; i+1 < len(m.node.Content); i += 2 {
		if m.node.Content[i].Value == key && m.node.Content[i+1].Tag != "!!null" {
			return m.node.Content[i+1]
		}
	}
	return nil
}

// end reports the keys that nobody asked for.
func (m *mapping) end() {
	for i := 0; i < len(m.node.Content); i += 2 {
		k := m.node.Content[i]
		if !slices.Contains(m.asked, k.Value) {
			suggestion := segment.DidYouMean(k.Value, m.asked)
			if suggestion == "" {
				suggestion = "known here are " + strings.Join(m.asked, ", ")
			}
			m.report(k, "unknown key `"+k.Value+"`", suggestion)
		}
	}
}

// missing reports that key must be there.
func (m *mapping) missing(key, suggestion string) {
	m.reportAt(m.node.Line, m.node.Column, "", "`"+key+"` is missing", suggestion)
}

// text returns the text under key, "" if it is absent.
func (m *mapping) text(key string) string {
	s, _ := m.textNode(key)
	return s
}

func (m *mapping) textNode(key string) (string, *yaml.Node) {
	n := m.get(key)
	if n == nil {
		return "", nil
	}
	if n.Kind != yaml.ScalarNode {
		m.report(n, "`"+key+"` must be a text", "write it behind the colon, in \"double quotes\" if it begins with a bracket")
		return "", nil
	}
	return strings.TrimSpace(n.Value), n
}

// required is text that must be there.
func (m *mapping) required(key, suggestion string) (string, *yaml.Node) {
	s, n := m.textNode(key)
	if s == "" && (n != nil || m.get(key) == nil) {
		m.missing(key, suggestion)
		return "", nil
	}
	return s, n
}

func (m *mapping) whole(key string) int {
	s, n := m.textNode(key)
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < 0 || v > 1_000_000 {
		m.report(n, "`"+key+"` must be a whole number", "write it as 50")
		return 0
	}
	return v
}

func (m *mapping) flag(key string) bool {
	s, n := m.textNode(key)
	if n != nil && s != "true" && s != "false" {
		m.report(n, "`"+key+"` must be true or false", "without quotes")
	}
	return s == "true"
}

// share reads "10%" or 0.1.
func (m *mapping) share(key string) float64 {
	s, n := m.textNode(key)
	if n == nil {
		return 0
	}
	digits, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) || math.IsNaN(v) {
		m.report(n, "`"+key+"` must be a share from 0% to 100%", "write it as 10%")
		return 0
	}
	return v
}

// duration reads "21d"; fallback is for an absent key.
func (m *mapping) duration(key string, fallback time.Duration) time.Duration {
	s, n := m.textNode(key)
	if n == nil {
		return fallback
	}
	d, ok := ParseDuration(s)
	if !ok {
		m.report(n, "`"+key+"` must be a length of time", "write it as 3d, 12h or 30m, up to 20 years")
	}
	return d
}

// list returns the items under key.
func (m *mapping) list(key string) []*yaml.Node {
	n := m.get(key)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		m.report(n, "`"+key+"` must be a list", "begin each item with `- `")
		return nil
	}
	return n.Content
}

var durationPart = regexp.MustCompile(`^(\d{1,5})(w|d|h|m)`)

// ParseDuration reads a length of time as playbooks write it: 2w, 21d, 12h, 30m
// or several of them, greatest first: 1d12h. Days have 24 hours.
func ParseDuration(s string) (d time.Duration, ok bool) {
	units := map[string]time.Duration{"w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour, "m": time.Minute}
	last := time.Duration(math.MaxInt64)
	for s != "" {
		m := durationPart.FindStringSubmatch(s)
		if m == nil || units[m[2]] >= last {
			return 0, false
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, false
		}
		last = units[m[2]]
		d += time.Duration(n) * last
		s = s[len(m[0]):]
	}
	return d, last != math.MaxInt64 && d <= 20*365*24*time.Hour
}

// FormatDuration writes d as playbooks do, exact to the minute: "21d", "1d12h", "0d".
func FormatDuration(d time.Duration) string {
	var b strings.Builder
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := d / unit.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.name)
			d -= n * unit.size
		}
	}
	if b.Len() == 0 {
		return "0d"
	}
	return b.String()
}
