package mail

import "slices"

// A Filter is one filter that templates may use.
type Filter struct {
	Name    string `json:"name"`
	Usage   string `json:"usage"`
	Meaning string `json:"meaning"`
}

// Filters returns the filters, sorted by name.
func Filters() []Filter {
	all := make([]Filter, 0, len(filters))
	for _, name := range filterNames() {
		all = append(all, Filter{name, filters[name].usage, meanings[name]})
	}
	return slices.Clip(all)
}

var meanings = map[string]string{
	"append":     "with a text after it",
	"capitalize": "with a capital first letter",
	"ceil":       "rounded up to a whole number",
	"date":       "a date, in your time zone, in that form",
	"default":    "what to write where it is not known",
	"divided_by": "divided by a number",
	"downcase":   "in small letters",
	"first":      "the first of a list",
	"floor":      "rounded down to a whole number",
	"join":       "a list in one text, with that between",
	"last":       "the last of a list",
	"minus":      "less a number",
	"money":      "an amount, with your currency",
	"plus":       "plus a number",
	"prepend":    "with a text before it",
	"remove":     "without a text, wherever it is in it",
	"replace":    "with one text in another's place",
	"required":   "whoever lacks it does not get the mail",
	"round":      "rounded, to so many decimals",
	"size":       "how many a list has",
	"strip":      "without space around it",
	"times":      "times a number",
	"truncate":   "cut to so many characters",
	"upcase":     "in capital letters",
	"url_encode": "as part of a web address",
}
