package peer

import (
	"encoding/json"
	"net/http"
	"testing"
)

// A Mail is one accepted SendEmail request with simple content.
type Mail struct {
	MessageID        string
	From             string
	To, ReplyTo      []string
	Subject          string
	HTML, Text       string
	Headers          map[string]string // as given by the sender, in its own case
	Tags             map[string]string
	ConfigurationSet string
}

// Mails returns what the SES at endpoint accepted so far, in order.
func Mails(t testing.TB, endpoint string) []Mail {
	t.Helper()
	res, err := http.Get(endpoint + "/requests")
	if err != nil {
		t.Fatalf("read the outbox: %v", err)
	}
	defer res.Body.Close()
	var received []struct {
		MessageID string
		Request   request
	}
	if err := json.NewDecoder(res.Body).Decode(&received); err != nil {
		t.Fatalf("read the outbox: %v", err)
	}
	mails := make([]Mail, len(received))
	for i, r := range received {
		mails[i] = r.Request.mail(r.MessageID)
	}
	return mails
}

type request struct {
	ConfigurationSetName string
	FromEmailAddress     string
	ReplyToAddresses     []string
	Destination          struct{ ToAddresses []string }
	EmailTags            []pair
	Content              struct {
		Simple struct {
			Subject struct{ Data string }
			Body    struct{ Html, Text struct{ Data string } }
			Headers []pair
		}
	}
}

type pair struct{ Name, Value string }

func (r request) mail(id string) Mail {
	content := r.Content.Simple
	return Mail{
		MessageID:        id,
		From:             r.FromEmailAddress,
		To:               r.Destination.ToAddresses,
		ReplyTo:          r.ReplyToAddresses,
		Subject:          content.Subject.Data,
		HTML:             content.Body.Html.Data,
		Text:             content.Body.Text.Data,
		Headers:          named(content.Headers),
		Tags:             named(r.EmailTags),
		ConfigurationSet: r.ConfigurationSetName,
	}
}

func named(pairs []pair) map[string]string {
	m := make(map[string]string, len(pairs))
	for _, p := range pairs {
		m[p.Name] = p.Value
	}
	return m
}
