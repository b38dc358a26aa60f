package outbox

import (
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"holdfast/internal/customer"
)

// Tick reports what has happened to the mails by now, the earliest first, and
// returns how many events there were. If the process dies, or Report returns an
// error, some come again: as with SES, each is reported at least once.
func (b *Outbox) Tick(ctx context.Context, now time.Time) (int, error) {
	count := 0
	for {
		o, ok := b.next(now)
		if !ok {
			break
		}
		if b.options.Report != nil {
			event, err := o.event()
			if err == nil {
				err = b.options.Report(ctx, event)
			}
			if err != nil {
				b.putBack(o)
				return count, fmt.Errorf("report what became of mail %s: %w", o.mail.ID, err)
			}
		}
		count++
	}
	if count == 0 {
		return 0, nil
	}
	return count, write(filepath.Join(b.dir, watermark), now.UTC())
}

// watermark is the file that holds up to when everything has been reported.
const watermark = "reported"

func (b *Outbox) reported() (time.Time, error) {
	var t time.Time
	text, err := os.ReadFile(filepath.Join(b.dir, watermark))
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	return t, err
}

// next takes the earliest occasion that has come by now.
func (b *Outbox) next(now time.Time) (occasion, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.due) == 0 || b.due[0].at.After(now) {
		return occasion{}, false
	}
	return heap.Pop(&b.due).(occasion), true
}

func (b *Outbox) putBack(o occasion) {
	b.mu.Lock()
	defer b.mu.Unlock()
	heap.Push(&b.due, o)
}

// event returns o as EventBridge brings SES's events.
func (o occasion) event() ([]byte, error) {
	at := o.at.Format(time.RFC3339Nano)
	to := []map[string]string{{"emailAddress": string(o.mail.To)}}
	tags := map[string][]string{"ses:configuration-set": {"local"}}
	for _, t := range o.mail.Tags {
		tags[t.Name] = []string{t.Value}
	}
	detail := map[string]any{
		"eventType": o.kind,
		"mail": map[string]any{
			"timestamp": o.mail.Sent.Format(time.RFC3339Nano), "source": o.mail.From, "messageId": o.mail.ID,
			"destination": []customer.Email{o.mail.To}, "tags": tags,
		},
	}
	const browser = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
	name := ""
	switch o.kind {
	case "Send":
		name, detail["send"] = "Email Sent", map[string]any{}
	case "Delivery":
		name, detail["delivery"] = "Email Delivered", map[string]any{"timestamp": at, "recipients": []customer.Email{o.mail.To}, "smtpResponse": "250 kept"}
	case "Bounce":
		name, detail["bounce"] = "Email Bounced", map[string]any{
			"timestamp": at, "bounceType": o.sub, "bounceSubType": "General", "bouncedRecipients": to, "feedbackId": o.mail.ID + "-bounce",
		}
	case "Complaint":
		name, detail["complaint"] = "Email Complaint Received", map[string]any{
			"timestamp": at, "complaintFeedbackType": "abuse", "complainedRecipients": to, "feedbackId": o.mail.ID + "-complaint",
		}
	case "Open":
		agent := browser
		if o.sub == "Prefetch" {
			agent = "Mozilla/5.0"
		}
		name, detail["open"] = "Email Opened", map[string]any{"timestamp": at, "ipAddress": "192.0.2.1", "userAgent": agent}
	case "Click":
		name, detail["click"] = "Email Clicked", map[string]any{"timestamp": at, "ipAddress": "192.0.2.1", "userAgent": browser, "link": o.link}
	}
	return json.Marshal(map[string]any{
		"version": "0", "id": o.mail.ID + "-" + o.kind + o.sub, "detail-type": name, "source": "aws.ses", "account": "000000000000",
		"time": at, "region": "local", "resources": []string{}, "detail": detail,
	})
}
