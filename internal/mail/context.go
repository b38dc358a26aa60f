package mail

import "strings"

// context follows where in an HTML document a template stands, just as far as
// needed to tell what may come from data there.
type context struct {
	state contextState
	tag   string // the name of the element being read, small
	attr  string // the attribute whose value is being read
	fresh bool   // nothing of the value was read yet
	name  strings.Builder
}

type contextState int

const (
	inText contextState = iota
	inTagName
	inTag
	inAttribute // its name
	beforeValue
	inDouble
	inSingle
	inBare // a value without quotes
	inComment
	inRaw // style, script
)

// read moves over text of the template.
func (c *context) read(s string) {
	for i := 0; i < len(s); i++ {
		switch c.state {
		case inText:
			if strings.HasPrefix(s[i:], "<!--") {
				c.state = inComment
				i += 3
			} else if s[i] == '<' {
				c.state = inTagName
				c.name.Reset()
			}
		case inComment:
			if strings.HasPrefix(s[i:], "-->") {
				c.state = inText
				i += 2
			}
		case inRaw:
			if end := "</" + c.tag; len(s)-i >= len(end) && strings.EqualFold(s[i:i+len(end)], end) {
				c.state = inTag
				c.tag = ""
				i += len(end) - 1
			}
		default:
			c.readTag(s[i])
		}
	}
}

// readTag moves over one byte within < and >.
func (c *context) readTag(b byte) {
	space := b == ' ' || b == '\n' || b == '\t' || b == '\r'
	switch {
	case c.state == inDouble && b == '"', c.state == inSingle && b == '\'', c.state == inBare && space:
		c.state = inTag
	case c.state == inDouble, c.state == inSingle:
		c.fresh = false
	case b == '>':
		c.endTagName()
		c.state = inText
		if c.tag == "style" || c.tag == "script" {
			c.state = inRaw
		}
	case c.state == inBare:
		c.fresh = false
	case c.state == inTagName && space:
		c.endTagName()
		c.state = inTag
	case c.state == inTagName:
		c.name.WriteByte(b)
	case c.state == inTag && !space && b != '/':
		c.state = inAttribute
		c.name.Reset()
		c.name.WriteByte(b)
	case c.state == inAttribute && b == '=':
		c.attr, c.state = strings.ToLower(c.name.String()), beforeValue
	case c.state == inAttribute && space:
		c.state = inTag
	case c.state == inAttribute:
		c.name.WriteByte(b)
	case c.state == beforeValue && !space:
		c.fresh = true
		switch b {
		case '"':
			c.state = inDouble
		case '\'':
			c.state = inSingle
		default:
			c.state, c.fresh = inBare, false
		}
	}
}

func (c *context) endTagName() {
	if c.state == inTagName {
		c.tag = strings.ToLower(c.name.String())
	}
}

// output moves over an output.
func (c *context) output() { c.fresh = false }

// escape returns what makes a value safe where c stands, nil where
// nothing from data may stand.
func (c *context) escape() escape {
	switch c.state {
	case inText:
		return escapeText
	case inDouble, inSingle:
		switch {
		case c.attr == "style" || strings.HasPrefix(c.attr, "on"):
			return nil
		case c.fresh && (c.attr == "href" || c.attr == "src" || c.attr == "action" || c.attr == "background"):
			return escapeLink
		}
		return escapeText
	}
	return nil
}
