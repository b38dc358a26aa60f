package hubspot

import "testing"

func TestHubSpotsSpellingOfZones(t *testing.T) {
	for spelt, want := range map[string]string{
		"europe_slash_berlin":                 "Europe/Berlin",
		"america_slash_new_york":              "America/New_York",
		"america_slash_argentina_slash_jujuy": "America/Argentina/Jujuy",
		"local":                               "",
		"":                                    "",
		"mars_slash_olympus":                  "",
		"../etc/passwd":                       "",
	} {
		if got := timeZone(spelt); got != want {
			t.Errorf("%q is %q, want %q", spelt, got, want)
		}
	}
}
