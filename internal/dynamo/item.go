package dynamo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// An item is one as the client gives and takes it.
type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// setText sets a text unless it is empty.
func setText(it item, name, s string) {
	if s != "" {
		it[name] = text(s)
	}
}

// getText returns a text, "" if there is none.
func getText(it item, name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

// getNumber returns a number, 0 if there is none.
func getNumber(it item, name string) (int64, error) {
	v, ok := it[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: attribute %s is not an integer", customer.ErrInvalid, name)
	}
	return n, nil
}

func setTexts[S ~string](it item, name string, all []S) {
	if len(all) == 0 {
		return
	}
	list := make([]types.AttributeValue, len(all))
	for i, s := range all {
		list[i] = text(string(s))
	}
	it[name] = &types.AttributeValueMemberL{Value: list}
}

func getTexts[S ~string](it item, name string) []S {
	v, ok := it[name].(*types.AttributeValueMemberL)
	if !ok || len(v.Value) == 0 {
		return nil
	}
	all := make([]S, len(v.Value))
	for i, e := range v.Value {
		if s, ok := e.(*types.AttributeValueMemberS); ok {
			all[i] = S(s.Value)
		}
	}
	return all
}

// setExpiry sets when DynamoDB may delete the item, in whole seconds and never
// too early, and what that leaves out.
func setExpiry(it item, t time.Time) {
	if t.IsZero() {
		return
	}
	at := t.Unix()
	if t.Nanosecond() > 0 {
		at++
		it["x"] = text(seconds(t))
	}
	it[TTL] = number(at)
}

func getExpiry(it item) (time.Time, error) {
	if exact := getText(it, "x"); exact != "" {
		return parseSeconds(exact)
	}
	if it[TTL] == nil {
		return time.Time{}, nil
	}
	at, err := getNumber(it, TTL)
	return time.Unix(at, 0).UTC(), err
}

// setJSON sets a text that holds v, without white space and HTML escapes.
func setJSON(it item, name string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("%w: %w", customer.ErrInvalid, err)
	}
	it[name] = text(strings.TrimSuffix(b.String(), "\n"))
	return nil
}

func getJSON(it item, name string, v any) error {
	return json.Unmarshal([]byte(getText(it, name)), v)
}
