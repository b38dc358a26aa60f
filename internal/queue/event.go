package queue

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"strconv"
)

// An event is what Lambda's event source mapping gives a function.
type event struct {
	Records []record `json:"Records"`
}

type record struct {
	MessageID         string            `json:"messageId"`
	ReceiptHandle     string            `json:"receiptHandle"`
	Body              string            `json:"body"`
	Attributes        map[string]string `json:"attributes"`
	MessageAttributes struct{}          `json:"messageAttributes"`
	MD5OfBody         string            `json:"md5OfBody"`
	EventSource       string            `json:"eventSource"`
	EventSourceARN    string            `json:"eventSourceARN"`
	Region            string            `json:"awsRegion"`
}

func eventOf(name string, batch []receipt) []byte {
	var e event
	for _, m := range batch {
		sum := md5.Sum(m.body)
		r := record{
			MessageID:     m.id,
			ReceiptHandle: m.id + "#" + strconv.Itoa(m.receives),
			Body:          string(m.body),
			Attributes: map[string]string{
				"ApproximateReceiveCount":          strconv.Itoa(m.receives),
				"SentTimestamp":                    strconv.FormatInt(m.sent.UnixMilli(), 10),
				"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.first.UnixMilli(), 10),
				"SenderId":                         "holdfast",
			},
			MD5OfBody:      hex.EncodeToString(sum[:]),
			EventSource:    "aws:sqs",
			EventSourceARN: "arn:aws:sqs:local:000000000000:" + name,
			Region:         "local",
		}
		if m.group != "" {
			r.Attributes["MessageGroupId"] = m.group
		}
		e.Records = append(e.Records, r)
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return body
}

// failures returns the ids of the messages that a call did not handle, going
// by Lambda's rules for partial batch responses.
func failures(batch []receipt, answer []byte, err error) map[string]bool {
	given := map[string]bool{}
	for _, m := range batch {
		given[m.id] = true
	}
	if err != nil {
		return given
	}
	var response struct {
		Failures []struct {
			ID *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, &response); err != nil {
		return given
	}
	failed := map[string]bool{}
	for _, f := range response.Failures {
		if f.ID == nil || !given[*f.ID] {
			return given
		}
		failed[*f.ID] = true
	}
	return failed
}
