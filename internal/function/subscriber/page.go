package subscriber

import (
	"fmt"
	"html"
	"strings"

	"holdfast/internal/campaign"
)

// A page is a title, a sentence, and the form that acts, if there is one.
type page struct {
	title string
	text  string
	form  string // markup of our own; nothing in it comes from outside
}

var (
	gone               = page{title: "This link does not work", text: "It may have been cut off by a mail program. Please use the link in a newer mail, or simply reply to it."}
	failed             = page{title: "Something went wrong on our side", text: "Nothing was changed. Please try again in a few minutes."}
	unsubscribed       = page{title: "You are unsubscribed", text: "You will get no more marketing mail from us. Mails about your orders are not affected."}
	subscribed         = page{title: "You are subscribed", text: "Good to have you back. Every mail has a link to unsubscribe."}
	thanks             = page{title: "Thank you", text: "Your answer has reached us."}
	confirmUnsubscribe = page{
		title: "Unsubscribe from our mails?",
		text:  "One click and you will get no more marketing mail from us.",
		form:  `<form method="post"><button name="unsubscribe" value="yes">Unsubscribe</button></form>`,
	}
)

func preferences(p campaign.Preference) page {
	switch {
	case p.Blocked:
		return page{title: "Your mails", text: "You get no mail from us, because mail to your address came back or was reported as unwanted. Reply to an older mail if that is a mistake."}
	case p.Subscribed:
		return page{title: "Your mails", text: "You are subscribed to our mails.", form: `<form method="post"><button name="mail" value="no">Stop all marketing mail</button></form>`}
	}
	return page{title: "Your mails", text: "You get no marketing mail from us.", form: `<form method="post"><button name="mail" value="yes">Send me mail again</button></form>`}
}

// question shows the scale; the score that a link in a mail carried is marked,
// and sent only by a click here.
func question(survey, score string) page {
	from, to, text := 0, 10, "How likely are you to recommend us to a friend?"
	if survey != "nps" {
		survey, from, to, text = "csat", 1, 5, "How satisfied are you with your last order?"
	}
	var b strings.Builder
	b.WriteString(`<form method="post"><input type="hidden" name="survey" value="` + survey + `"><p class="scale">`)
	for i := from; i <= to; i++ {
		class := ""
		if fmt.Sprint(i) == score {
			class = ` class="chosen"`
		}
		fmt.Fprintf(&b, `<button name="score" value="%d"%s>%d</button> `, i, class, i)
	}
	b.WriteString("</p></form>")
	return page{title: text, text: fmt.Sprintf("%d is the worst, %d the best.", from, to), form: b.String()}
}

const style = `body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#f6f5f2;color:#22302c}
main{max-width:32rem;margin:12vh auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002}
h1{font-size:1.4rem;margin:0 0 .5rem}button{font:inherit;padding:.6rem 1.1rem;border:0;border-radius:8px;background:#1f5f52;color:#fff;cursor:pointer}
.scale button{padding:.5rem .75rem;margin:0 .1rem .4rem 0;background:#e4ebe8;color:#22302c}.scale .chosen{background:#1f5f52;color:#fff}
small{color:#6b7772}@media(prefers-color-scheme:dark){body{background:#161b19;color:#e8ecea}main{background:#1f2624}}
@media(max-width:36rem){main{margin:0;min-height:100vh;border-radius:0;box-sizing:border-box}}`

func (p page) html(business string) string {
	return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>` +
		html.EscapeString(p.title) + `</title><style>` + style + `</style><main><h1>` + html.EscapeString(p.title) + `</h1><p>` +
		html.EscapeString(p.text) + `</p>` + p.form + `<small>` + html.EscapeString(business) + `</small></main></html>`
}
