package campaign_test

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"

	"holdfast/internal/campaign"
	"holdfast/internal/customer"
)

var someToken = campaign.Token{Purpose: campaign.ForUnsubscribe, Key: customer.SendKey{
	Customer: customer.Account("shopify/kelp").Record("1").ID(), Campaign: "win_back", Occurrence: "20260615T120000Z", Step: 2}}

func TestTokens(t *testing.T) {
	fresh := campaign.Tokens{Keys: [][]byte{[]byte("new"), []byte("old")}}
	old := campaign.Tokens{Keys: [][]byte{[]byte("old")}}
	signed := old.Sign(someToken)
	for name, c := range map[string]struct {
		tokens  campaign.Tokens
		text    string
		purpose campaign.Purpose
		ok      bool
	}{
		"a token verifies":                        {old, signed, campaign.ForUnsubscribe, true},
		"a token of an old key verifies":          {fresh, signed, campaign.ForUnsubscribe, true},
		"a token of a key that is gone does not":  {campaign.Tokens{Keys: [][]byte{[]byte("new")}}, signed, campaign.ForUnsubscribe, false},
		"a token is good for one purpose":         {old, signed, campaign.ForPreferences, false},
		"an empty key verifies nothing":           {campaign.Tokens{Keys: [][]byte{nil}}, campaign.Tokens{Keys: [][]byte{{}}}.Sign(someToken), campaign.ForUnsubscribe, false},
		"no key verifies nothing":                 {campaign.Tokens{}, signed, campaign.ForUnsubscribe, false},
		"nothing is no token":                     {old, "", campaign.ForUnsubscribe, false},
		"what is not base64 is no token":          {old, signed + "=", campaign.ForUnsubscribe, false},
		"a token with more behind it is no token": {old, signed + "AA", campaign.ForUnsubscribe, false},
		"a token that was cut short is no token":  {old, signed[:len(signed)-2], campaign.ForUnsubscribe, false},
		"a bare signature is no token":            {old, signed[:20], campaign.ForUnsubscribe, false},
		"a token outside a mail verifies":         {old, old.Sign(campaign.Token{Purpose: campaign.ForSurvey, Key: customer.SendKey{Customer: someToken.Key.Customer}}), campaign.ForSurvey, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.tokens.Verify(c.text, c.purpose)
			if (err == nil) != c.ok || err != nil && !errors.Is(err, customer.ErrInvalid) {
				t.Errorf("%+v, %v", got, err)
			}
			if c.ok && got.Key.Customer != someToken.Key.Customer {
				t.Errorf("token of %s", got.Key.Customer)
			}
		})
	}
	if got, _ := old.Verify(signed, campaign.ForUnsubscribe); got != someToken {
		t.Errorf("%+v, want %+v", got, someToken)
	}
	if url.PathEscape(signed) != signed || fresh.Sign(someToken) == signed {
		t.Errorf("token %s", signed)
	}
}

func TestATokenWithAnyBitChangedIsRefused(t *testing.T) {
	raw, err := base64.RawURLEncoding.DecodeString(tokens.Sign(someToken))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(raw) * 8 {
		raw[i/8] ^= 1 << (i % 8)
		if _, err := tokens.Verify(base64.RawURLEncoding.EncodeToString(raw), campaign.ForUnsubscribe); err == nil {
			t.Errorf("bit %d changed, and accepted", i)
		}
		raw[i/8] ^= 1 << (i % 8)
	}
}

func TestTheHashOfAnAddressDoesNotShowIt(t *testing.T) {
	e := customer.Email("ada@example.com")
	if h := tokens.Address(e); h == "" || strings.Contains(h, "ada") || h != tokens.Address(e) || h == tokens.Address("ada@example.org") {
		t.Errorf("hash %s", h)
	}
	if h := tokens.Address(""); h != "" {
		t.Errorf("the hash of no address is %s", h)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(tokens.Sign(someToken))
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := tokens.Verify(s, campaign.ForUnsubscribe)
		if err == nil && tokens.Sign(got) != s {
			t.Errorf("%q verifies as %+v, whose token it is not", s, got)
		}
	})
}

func FuzzParseMessage(f *testing.F) {
	f.Add([]byte(`{"customer":"caaaaaaaaaaaaaaaa","campaign":"win_back","occurrence":"once","step":1}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		k, err := campaign.ParseMessage(body)
		if err == nil && campaign.CheckKey(k) != nil || err != nil && !errors.Is(err, customer.ErrInvalid) {
			t.Errorf("%+v, %v", k, err)
		}
	})
}
