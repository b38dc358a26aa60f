package ses

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

// ParseNotice reads one event of SES: as the detail of an EventBridge event,
// as the message of an SNS notification, or bare. Event publishing names the
// kind eventType, the older feedback notifications notificationType. The error
// wraps [customer.ErrInvalid] and holds nothing of body.
func ParseNotice(body []byte) (campaign.Notice, error) {
	var envelope struct {
		Detail  json.RawMessage `json:"detail"`
		Message *string         `json:"Message"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return campaign.Notice{}, invalid("JSON")
	}
	switch {
	case len(envelope.Detail) > 0:
		body = envelope.Detail
	case envelope.Message != nil:
		body = []byte(*envelope.Message)
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return campaign.Notice{}, invalid("an event")
	}
	return e.notice()
}

func invalid(want string) error {
	return fmt.Errorf("%w: an SES event is %s, see event publishing in the SES developer guide", customer.ErrInvalid, want)
}

// An event is what SES publishes: the mail, and one part named after the kind.
type event struct {
	EventType        string `json:"eventType"`
	NotificationType string `json:"notificationType"`
	Mail             struct {
		Timestamp   time.Time           `json:"timestamp"`
		MessageID   string              `json:"messageId"`
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Delivery struct {
		Timestamp  time.Time `json:"timestamp"`
		Recipients []string  `json:"recipients"`
	} `json:"delivery"`
	Bounce struct {
		Timestamp  time.Time   `json:"timestamp"`
		Type       string      `json:"bounceType"`
		SubType    string      `json:"bounceSubType"`
		Recipients []recipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		Timestamp  time.Time   `json:"timestamp"`
		Type       string      `json:"complaintFeedbackType"`
		SubType    string      `json:"complaintSubType"`
		Recipients []recipient `json:"complainedRecipients"`
	} `json:"complaint"`
	Delay struct {
		Timestamp time.Time `json:"timestamp"`
		Type      string    `json:"delayType"`
	} `json:"deliveryDelay"`
	Subscription struct {
		Timestamp time.Time `json:"timestamp"`
	} `json:"subscription"`
	Open  interaction `json:"open"`
	Click interaction `json:"click"`
}

type recipient struct {
	Address string `json:"emailAddress"`
}

// An interaction is an open or a click.
type interaction struct {
	Timestamp time.Time
	UserAgent string
	Link      string
	Machine   bool
}

// UnmarshalJSON reads an interaction. SES marks those that a program made, but
// what is at hand of its documentation does not name the field: any flag that
// speaks of bots, machines or automation counts if it is true.
func (i *interaction) UnmarshalJSON(b []byte) error {
	var known struct {
		Timestamp time.Time `json:"timestamp"`
		UserAgent string    `json:"userAgent"`
		Link      string    `json:"link"`
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &known); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*i = interaction{Timestamp: known.Timestamp, UserAgent: known.UserAgent, Link: known.Link}
	for name, value := range all {
		name = strings.ToLower(name)
		if v := strings.ToLower(string(value)); (v == "true" || v == `"true"`) &&
			(strings.Contains(name, "bot") || strings.Contains(name, "automat") || strings.Contains(name, "machine")) {
			i.Machine = true
		}
	}
	return nil
}

func (e event) notice() (campaign.Notice, error) {
	n := campaign.Notice{
		At:         e.Mail.Timestamp.UTC(),
		MessageID:  e.Mail.MessageID,
		Mailed:     e.Mail.Timestamp.UTC(),
		Recipients: addresses(e.Mail.Destination),
		Key: campaign.KeyOfTags(func(name string) string {
			if values := e.Mail.Tags[name]; len(values) == 1 {
				return values[0]
			}
			return ""
		}),
	}
	at := time.Time{}
	kind := e.EventType
	if kind == "" {
		kind = e.NotificationType
	}
	switch kind {
	case "Send":
		n.Kind = campaign.NoticeSend
	case "Delivery":
		n.Kind, at = campaign.NoticeDelivery, e.Delivery.Timestamp
		n.Recipients = addresses(e.Delivery.Recipients)
	case "Bounce":
		n.Kind, at = campaign.NoticeBounce, e.Bounce.Timestamp
		n.Permanent = e.Bounce.Type == "Permanent"
		n.Reason = e.Bounce.SubType
		n.Recipients = addresses(of(e.Bounce.Recipients))
	case "Complaint":
		n.Kind, at = campaign.NoticeComplaint, e.Complaint.Timestamp
		n.NotSpam = e.Complaint.Type == "not-spam"
		n.Reason = e.Complaint.Type
		n.Recipients = addresses(of(e.Complaint.Recipients))
	case "Reject":
		n.Kind = campaign.NoticeReject
	case "Rendering Failure":
		n.Kind = campaign.NoticeRendering
	case "DeliveryDelay":
		n.Kind, at, n.Reason = campaign.NoticeDelay, e.Delay.Timestamp, e.Delay.Type
	case "Subscription":
		n.Kind, at = campaign.NoticeSubscription, e.Subscription.Timestamp
	case "Open":
		n.Kind, at = campaign.NoticeOpen, e.Open.Timestamp
		n.UserAgent, n.Machine = e.Open.UserAgent, e.Open.Machine
	case "Click":
		n.Kind, at = campaign.NoticeClick, e.Click.Timestamp
		n.UserAgent, n.Machine, n.Link = e.Click.UserAgent, e.Click.Machine, e.Click.Link
	default:
		return campaign.Notice{}, invalid("of a kind such as Delivery")
	}
	if !at.IsZero() {
		n.At = at.UTC()
	}
	if n.MessageID == "" || n.At.IsZero() {
		return campaign.Notice{}, invalid("of a mail with an id and a time")
	}
	return n, nil
}

func of(recipients []recipient) []string {
	all := make([]string, len(recipients))
	for i, r := range recipients {
		all[i] = r.Address
	}
	return all
}

// addresses returns those of list that are addresses, "Name <address>" as well.
func addresses(list []string) []customer.Email {
	var all []customer.Email
	for _, s := range list {
		if i := strings.LastIndexByte(s, '<'); i >= 0 {
			s = strings.TrimSuffix(strings.TrimSpace(s[i+1:]), ">")
		}
		if e, err := customer.ParseEmail(s); err == nil {
			all = append(all, e)
		}
	}
	return all
}
