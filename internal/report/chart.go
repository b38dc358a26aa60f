package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// A series is one line of a chart. Values that are not there are NaN.
type series struct {
	name      string
	class     string // of the style sheet: c0 to c5
	values    []float64
	low, high []float64 // of the band around it; nil for none
	dashed    bool
}

// A chart is values over labels, as lines or as bars side by side.
type chart struct {
	labels []string
	series []series
	bars   bool
	pale   []bool               // labels whose bars are pale; nil for none
	unit   func(float64) string // writes a value of the axis
	top    float64              // of the axis; 0 takes it from the values
	title  string               // for those who cannot see it
}

// The two widths a chart is drawn in; the style sheet shows the one that fits.
const (
	wide   = 720
	narrow = 350
)

// draw returns the chart in both widths.
func (c chart) draw() template.HTML {
	return template.HTML(c.svg(wide, 250, "wide") + c.svg(narrow, 230, "narrow"))
}

// A plane maps values to the picture.
type plane struct {
	left, right, top, bottom float64
	low, high                float64
	n                        int
	bars                     bool
}

func (p plane) y(v float64) float64 {
	return p.bottom - (v-p.low)/(p.high-p.low)*(p.bottom-p.top)
}

func (p plane) x(i int) float64 {
	if p.bars {
		return p.left + (float64(i)+0.5)*(p.right-p.left)/float64(p.n)
	}
	if p.n == 1 {
		return (p.left + p.right) / 2
	}
	return p.left + float64(i)*(p.right-p.left)/float64(p.n-1)
}

func (c chart) svg(w, h int, class string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="%s" viewBox="0 0 %d %d" role="img" aria-label="%s">`, class, w, h, html.EscapeString(c.title))
	low, high := c.bounds()
	ticks := ticksOf(low, high, c.top > 0)
	longest := 0
	for _, t := range ticks {
		longest = max(longest, len([]rune(c.unit(t))))
	}
	p := plane{left: 14 + 6.6*float64(longest), right: float64(w) - 12, top: 12, bottom: float64(h) - 28, low: min(low, ticks[0]), high: max(high, ticks[len(ticks)-1]), n: len(c.labels), bars: c.bars}
	for _, t := range ticks {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`,
			p.left, p.right, p.y(t), p.y(t), p.left-6, p.y(t)+4, html.EscapeString(c.unit(t)))
	}
	c.axis(&b, p)
	for i, s := range c.series {
		if c.bars {
			s.drawBars(&b, p, i, len(c.series), c.pale)
		} else {
			s.drawLine(&b, p)
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// bounds returns the least and greatest value, 0 among them.
func (c chart) bounds() (low, high float64) {
	for _, s := range c.series {
		for _, values := range [][]float64{s.values, s.low, s.high} {
			for _, v := range values {
				if !math.IsNaN(v) {
					low, high = min(low, v), max(high, v)
				}
			}
		}
	}
	if c.top > 0 {
		high = c.top
	}
	if low == high {
		high = low + 1
	}
	return low, high
}

// ticksOf returns round values from low to high.
func ticksOf(low, high float64, within bool) []float64 {
	raw := (high - low) / 4
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * power
	for _, k := range []float64{1, 2, 2.5, 5} {
		if k*power >= raw*(1-1e-9) {
			step = k * power
			break
		}
	}
	var out []float64
	for i := math.Floor(low/step + 1e-9); ; i++ {
		v := i * step
		if within && v > high*(1+1e-9) {
			return out
		}
		out = append(out, v)
		if v >= high*(1-1e-9) {
			return out
		}
	}
}

// axis writes as many labels as fit.
func (c chart) axis(b *strings.Builder, p plane) {
	longest := 1
	for _, l := range c.labels {
		longest = max(longest, len([]rune(l)))
	}
	fit := max(1, int((p.right-p.left)/(float64(longest)*6.8+14)))
	every := max(1, (len(c.labels)+fit-1)/fit)
	for i := 0; i < len(c.labels); i += every {
		x := p.x(i)
		anchor := "middle"
		if half := float64(len([]rune(c.labels[i]))) * 3.3; !c.bars && x-half < p.left-10 {
			anchor = "start"
			x -= 4
		} else if x+half > p.right+10 {
			anchor = "end"
			x = p.right + 10
		}
		fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, p.bottom+18, anchor, html.EscapeString(c.labels[i]))
	}
}

func (s series) drawLine(b *strings.Builder, p plane) {
	if s.low != nil {
		var up, down []string
		for i := range s.values {
			if !math.IsNaN(s.low[i]) {
				up = append(up, fmt.Sprintf("%.1f,%.1f", p.x(i), p.y(s.high[i])))
				down = append([]string{fmt.Sprintf("%.1f,%.1f", p.x(i), p.y(s.low[i]))}, down...)
			}
		}
		if len(up) > 1 {
			fmt.Fprintf(b, `<polygon class="band %s" points="%s"/>`, s.class, strings.Join(append(up, down...), " "))
		}
	}
	var path strings.Builder
	pen, last := "M", -1
	for i, v := range s.values {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, p.x(i), p.y(v))
		pen, last = "L", i
	}
	dash := ""
	if s.dashed {
		dash = " dashed"
	}
	fmt.Fprintf(b, `<path class="line %s%s" d="%s"/>`, s.class, dash, path.String())
	if last >= 0 {
		fmt.Fprintf(b, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="3"/>`, s.class, p.x(last), p.y(s.values[last]))
	}
}

func (s series) drawBars(b *strings.Builder, p plane, at, of int, pale []bool) {
	slot := (p.right - p.left) / float64(p.n)
	width := slot * 0.76 / float64(of)
	for i, v := range s.values {
		if math.IsNaN(v) {
			continue
		}
		x := p.x(i) - slot*0.38 + float64(at)*width
		y0, y1 := p.y(max(0, v)), p.y(min(0, v))
		class := s.class
		if pale != nil && pale[i] {
			class += " pale"
		}
		fmt.Fprintf(b, `<rect class="bar %s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1.5"/>`, class, x, y0, max(0.8, width-1), max(0, y1-y0))
	}
}
