package pages

import (
	"html/template"

	"holdfast/internal/customer"
)

// A consentView is what is known of a permission.
type consentView struct {
	Words, Tone string
	Since       template.HTML
	Via         string
}

// ConsentTo says what is known of p.
func (f frame) ConsentTo(p customer.Permission) consentView {
	v := consentView{Words: "unknown", Tone: "none", Since: f.Instant(p.Since), Via: wayWords(p.Via)}
	switch p.State {
	case customer.Subscribed:
		v.Words, v.Tone = "subscribed", "good"
	case customer.Unsubscribed:
		v.Words, v.Tone = "unsubscribed", "bad"
	case customer.Pending:
		v.Words, v.Tone = "asked, not confirmed", "wait"
	case customer.NotSubscribed:
		v.Words = "not subscribed"
	}
	return v
}
