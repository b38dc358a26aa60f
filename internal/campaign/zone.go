package campaign

import (
	"sync"
	"time"

	"holdfast/internal/customer"
)

// zones are the countries that have one time zone, as nearly everybody in them
// keeps it. Countries that span several are left out: a guess could be three
// hours into the night.
var zones = map[string]string{
	"AD": "Europe/Andorra", "AE": "Asia/Dubai", "AL": "Europe/Tirane", "AT": "Europe/Vienna", "BA": "Europe/Sarajevo", "BE": "Europe/Brussels",
	"BG": "Europe/Sofia", "CH": "Europe/Zurich", "CY": "Asia/Nicosia", "CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
	"EE": "Europe/Tallinn", "EG": "Africa/Cairo", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens",
	"HK": "Asia/Hong_Kong", "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem", "IN": "Asia/Kolkata",
	"IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "JP": "Asia/Tokyo", "KE": "Africa/Nairobi", "KR": "Asia/Seoul", "LI": "Europe/Vaduz",
	"LT": "Europe/Vilnius", "LU": "Europe/Luxembourg", "LV": "Europe/Riga", "MA": "Africa/Casablanca", "MC": "Europe/Monaco", "MT": "Europe/Malta",
	"NG": "Africa/Lagos", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "PH": "Asia/Manila", "PL": "Europe/Warsaw", "RO": "Europe/Bucharest",
	"RS": "Europe/Belgrade", "SA": "Asia/Riyadh", "SE": "Europe/Stockholm", "SG": "Asia/Singapore", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
	"TH": "Asia/Bangkok", "TR": "Europe/Istanbul", "TW": "Asia/Taipei", "UA": "Europe/Kyiv", "VN": "Asia/Ho_Chi_Minh", "ZA": "Africa/Johannesburg",
}

// zoneOf returns the customer's zone: what a source says, else their country's
// if it has one, else the merchant's.
func zoneOf(p customer.Profile, merchant *time.Location) *time.Location {
	for _, name := range []string{p.TimeZone, zones[p.Country]} {
		if zone := located(name); zone != nil {
			return zone
		}
	}
	if merchant == nil {
		return time.UTC
	}
	return merchant
}

// loaded are the zones that were asked for, by name: reading one costs a file.
// There are some six hundred.
var loaded sync.Map

// located returns the zone of that name, nil if there is none.
func located(name string) *time.Location {
	if name == "" {
		return nil
	}
	if have, ok := loaded.Load(name); ok {
		return have.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	loaded.Store(name, zone)
	return zone
}
