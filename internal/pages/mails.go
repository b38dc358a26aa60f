package pages

import (
	"net/http"
	"regexp"
	"strconv"

	"holdfast/internal/outbox"
)

const mailsOnPage = 50

type mails struct {
	frame
	Rows         []mailRow
	Total        int
	Campaigns    []choice
	From, To     int // which rows these are, from 1
	Newer, Older string
}

type mailRow struct {
	outbox.Mail
	Campaign string
}

// mails lists the outbox, the latest first.
func (s Site) mails(r *http.Request) (answer, error) {
	m := mails{frame: s.frame("Outbox", "outbox")}
	book, name := s.Playbook(), r.FormValue("campaign")
	counts := map[string]int{}
	var shown []outbox.Mail
	for _, mail := range s.Outbox.Mails() {
		counts[mail.Key.Campaign]++
		if name == "" || mail.Key.Campaign == name {
			shown = append(shown, mail)
		}
	}
	for _, c := range book.Campaigns {
		if n := counts[c.Name]; n > 0 {
			m.Campaigns = append(m.Campaigns, choice{c.Name, title(c.Title, c.Name) + " (" + count(n) + ")", c.Name == name})
		}
	}
	m.Total = len(shown)
	page, _ := strconv.Atoi(r.FormValue("page")) // anything else is the first
	last := max(1, (m.Total+mailsOnPage-1)/mailsOnPage)
	page = min(max(page, 1), last)
	shown = shown[(page-1)*mailsOnPage : min(page*mailsOnPage, m.Total)]
	m.From, m.To = (page-1)*mailsOnPage+1, (page-1)*mailsOnPage+len(shown)
	for _, mail := range shown {
		m.Rows = append(m.Rows, mailRow{mail, campaignTitle(book, mail.Key.Campaign)})
	}
	if page > 1 {
		m.Newer = pathOf("/outbox", "campaign", name, page-1)
	}
	if page < last {
		m.Older = pathOf("/outbox", "campaign", name, page+1)
	}
	return answer{template: "mails", data: m}, nil
}

// A mail is shown in a frame of the page's own origin, in which no script can
// run: neither its sandbox nor the page's policy allows any.
type mail struct {
	frame
	outbox.Mail
	Campaign    string
	Document    string // the mail's HTML for a frame of its own
	Unsubscribe string // the address for it, "" if the mail has none
	Customer    string // what to call the recipient, "" if nobody is known any more
}

var webAddress = regexp.MustCompile(`<(https?://[^>\s]+)>`)

func (s Site) mail(r *http.Request) (answer, error) {
	of, err := s.Outbox.Mail(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	m := mail{frame: s.frame(of.Subject, "outbox"), Mail: of, Campaign: campaignTitle(s.Playbook(), of.Key.Campaign)}
	if of.HTML != "" {
		// Links of the mail open beside it: its frame is not meant for others.
		m.Document = `<base target="_blank">` + of.HTML
	}
	for _, h := range of.Headers {
		if found := webAddress.FindStringSubmatch(h.Value); h.Name == "List-Unsubscribe" && found != nil {
			m.Unsubscribe = found[1]
		}
	}
	switch p, err := s.resolve(r.Context(), of.Key.Customer); {
	case err == nil:
		m.Customer = nameOf(p)
	case !isNotFound(err):
		return answer{}, err
	}
	return answer{template: "mail", data: m, mail: true}, nil
}
