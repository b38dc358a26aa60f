package campaign

import (
	"testing"
	"time"

	"holdfast/internal/customer"
)

func TestWhoseZoneQuietHoursGoBy(t *testing.T) {
	merchant, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		contact customer.Contact
		want    string
	}{
		{"what a source says", customer.Contact{TimeZone: "America/New_York", Country: "JP"}, "America/New_York"},
		{"else the country's, if it has one", customer.Contact{Country: "JP"}, "Asia/Tokyo"},
		{"of a country with several, the merchant's", customer.Contact{Country: "US"}, "Europe/Berlin"},
		{"of nobody knows where, the merchant's", customer.Contact{}, "Europe/Berlin"},
		{"a zone that is none counts for nothing", customer.Contact{TimeZone: "Mars/Olympus", Country: "AT"}, "Europe/Vienna"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := customer.Profile{Folded: customer.Folded{Contact: tt.contact}}
			if got := zoneOf(p, merchant).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	for country, name := range zones {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", country, err)
		}
	}
}
