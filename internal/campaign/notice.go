package campaign

import (
	"strings"
	"time"

	"holdfast/internal/customer"
)

// A NoticeKind is what a mail service reports of a mail.
type NoticeKind string

const (
	NoticeSend         NoticeKind = "send" // the service accepted it
	NoticeDelivery     NoticeKind = "delivery"
	NoticeDelay        NoticeKind = "delay"
	NoticeBounce       NoticeKind = "bounce"
	NoticeComplaint    NoticeKind = "complaint"
	NoticeReject       NoticeKind = "reject"    // the service found it bad after accepting it
	NoticeRendering    NoticeKind = "rendering" // the service could not make it
	NoticeOpen         NoticeKind = "open"
	NoticeClick        NoticeKind = "click"
	NoticeSubscription NoticeKind = "subscription" // a list of the service's own, which we do not use
)

// A Notice is one thing that a mail service reports of one mail. It may come
// twice, late, and in any order.
type Notice struct {
	Kind       NoticeKind
	At         time.Time
	MessageID  string
	Mailed     time.Time        // when the service accepted the mail
	Key        customer.SendKey // of the mail's tags; zero if it has none of ours
	Recipients []customer.Email // whom the notice is about
	Reason     string           // the service's word for why
	Permanent  bool             // a bounce: the address does not work
	NotSpam    bool             // a complaint that takes one back
	// Machine: the service says that no person opened or clicked.
	Machine   bool
	UserAgent string // of an open or click
	Link      string // of a click
}

// scanTime is how soon after acceptance no person clicks. Delivery takes
// seconds and its notice may come later than the click's, so acceptance, which
// every notice carries, stands for it.
const scanTime = 30 * time.Second

// byMachine reports whether an open or click of n is a program's: link
// scanners fetch every link as soon as the mail arrives, and Apple's mail
// privacy fetches pictures under a name that says nothing but "Mozilla/5.0".
func (n Notice) byMachine() bool {
	agent := strings.TrimSpace(n.UserAgent)
	switch {
	case n.Machine, agent == "Mozilla/5.0":
		return true
	case n.Kind == NoticeClick:
		return n.At.Before(n.Mailed.Add(scanTime))
	}
	return false
}

// fate returns what n says of its send. Whatever the service reports of a
// mail, it has accepted it.
func (n Notice) fate() customer.Fate {
	f := customer.Fate{Status: customer.Sent, At: n.Mailed, Accepted: n.Mailed, MessageID: n.MessageID}
	switch n.Kind {
	case NoticeDelivery:
		f.Status, f.At = customer.Delivered, n.At
	case NoticeBounce:
		f.Status, f.At, f.Reason = customer.Bounced, n.At, reasonTransient
		if n.Permanent {
			f.Reason = reasonPermanent
		}
	case NoticeComplaint:
		if !n.NotSpam {
			f.Status, f.At, f.Reason = customer.Complained, n.At, n.Reason
		}
	case NoticeReject:
		f.Status, f.At, f.Reason = customer.Failed, n.At, ReasonRejected
	case NoticeRendering:
		f.Status, f.At, f.Reason = customer.Failed, n.At, "rendering"
	case NoticeOpen:
		if !n.byMachine() {
			f.Opened = n.At
		}
	case NoticeClick:
		if !n.byMachine() {
			f.Clicked = n.At
		}
	}
	if f.At.IsZero() {
		f.At = n.At
	}
	return f
}

// Why a mail bounced, as stored at the send.
const (
	reasonPermanent = "permanent"
	reasonTransient = "transient"
)
