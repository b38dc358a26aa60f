package segment

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// shapes are what the values of a text field look like.
var shapes = map[string]struct {
	pattern *regexp.Regexp
	words   string
	example string
}{
	"country":  {regexp.MustCompile(`^[A-Z]{2}$`), "two capital letters", "AT"},
	"language": {regexp.MustCompile(`^[a-z]{2,3}$`), "two small letters", "de"},
}

// enumerations are the only values that a text field can have.
var enumerations = map[string][]string{
	"consent":     {"subscribed", "unsubscribed", "pending", "not_subscribed"},
	"sms_consent": {"subscribed", "unsubscribed", "pending", "not_subscribed"},
	"blocked":     {"bounce", "complaint"},
	"rfm.group":   {"champions", "loyal", "recent", "needs_attention", "at_risk", "inactive"},
}

// plausible reports texts that the field they are compared with never has.
func (c *compiler) plausible(n *node, operator string, a, b typed) bool {
	if a.field == nil || operator != "==" && operator != "!=" && operator != "in" {
		return true
	}
	var given []string
	switch v := b.constant.(type) {
	case string:
		given = []string{v}
	case []string:
		given = v
	}
	ok := true
	for i, s := range given {
		message, suggestion := implausible(a.field.Name, s)
		if message == "" {
			continue
		}
		at := n.parts[1]
		if at.kind == listNode {
			at = at.parts[i]
		}
		c.report(at, message, suggestion)
		ok = false
	}
	return ok
}

func implausible(field, value string) (message, suggestion string) {
	if shape, ok := shapes[field]; ok && !shape.pattern.MatchString(value) {
		return fmt.Sprintf("`%s` is always %s", field, shape.words), fmt.Sprintf("as in `%s == %q`", field, shape.example)
	}
	if values, ok := enumerations[field]; ok && !slices.Contains(values, value) {
		return fmt.Sprintf("`%s` is never %q", field, value), "it is one of " + strings.Join(values, ", ")
	}
	return "", ""
}
