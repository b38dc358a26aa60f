package playbook

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/customer"
	"holdfast/internal/segment"
)

// currencies are those of ISO 4217 that shops take.
var currencies = strings.Fields(`AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
	COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
	KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
	PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
	UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`)

// Defaults of what holdfast.yaml may leave out.
const (
	defaultActive  = 365 * 24 * time.Hour
	defaultHorizon = 180 * 24 * time.Hour
)

func (l *loading) settings(r *reader, n *yaml.Node) {
	m := r.mapping(n, "the file")
	if m == nil {
		return
	}
	p := l.playbook
	if b := m.get("business"); b == nil {
		m.missing("business", "say who writes the mails")
	} else if of := r.mapping(b, "`business`"); of != nil {
		p.Business = business(of)
		of.end()
	}
	p.Active = m.duration("active_window", defaultActive)
	p.Horizon = m.duration("horizon", defaultHorizon)
	for _, item := range m.list("caps") {
		l.cap(r, item)
	}
	if q := m.get("quiet_hours"); q != nil {
		if of := r.mapping(q, "`quiet_hours`"); of != nil {
			before := len(l.problems)
			p.Quiet = Quiet{From: of.clock("from"), To: of.clock("to")}
			of.end()
			if p.Quiet.From == p.Quiet.To && len(l.problems) == before {
				of.report(of.get("to"), "the quiet hours end when they begin", "give them another end, or leave `quiet_hours` out")
			}
		}
	}
	m.end()
}

func business(m *mapping) Business {
	var b Business
	b.Name, _ = m.required("name", "write the name that customers know")
	b.URL = m.web("url")
	if s := m.get("sender"); s == nil {
		m.missing("sender", "give the `name` and `address` that mails come from")
	} else if of := m.reader.mapping(s, "`sender`"); of != nil {
		b.SenderName, _ = of.required("name", "write the name that customers see")
		b.SenderAddress = of.email("address", true)
		of.end()
	}
	b.ReplyTo = m.email("reply_to", false)
	address, _ := m.required("postal_address", "the law of many countries asks for it in every mail")
	b.PostalAddress = strings.Join(strings.Fields(address), " ")
	b.Zone = m.zone("time_zone")
	b.Currency = m.currency("currency")
	b.Language = m.language("language")
	b.Margin = m.share("margin")
	return b
}

func (m *mapping) web(key string) string {
	s, n := m.required(key, "write it as https://example.com")
	if n != nil && !isWeb(s) {
		m.report(n, "`"+key+"` must be an address of the web", "write it as https://example.com")
	}
	return s
}

func (m *mapping) email(key string, must bool) customer.Email {
	s, n := m.textNode(key)
	if n == nil {
		if must {
			m.missing(key, "write it as hello@example.com")
		}
		return ""
	}
	e, err := customer.ParseEmail(s)
	if err != nil {
		m.report(n, "`"+key+"` must be a mail address", "write it as hello@example.com")
	}
	return e
}

func (m *mapping) zone(key string) *time.Location {
	s, n := m.required(key, "write it as Europe/Vienna")
	if n == nil {
		return time.UTC
	}
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		m.report(n, "there is no time zone `"+s+"`", "write it as Europe/Vienna or America/New_York")
		return time.UTC
	}
	return zone
}

var languagePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,4})?$`)

// language reads "de" or "de-AT"; English if it is not given.
func (m *mapping) language(key string) string {
	s, n := m.textNode(key)
	if n == nil {
		return "en"
	}
	if !languagePattern.MatchString(s) {
		m.report(n, "`"+key+"` must be a language of two letters (ISO 639)", "write it as en or de")
	}
	return s
}

func (m *mapping) currency(key string) customer.Currency {
	s, n := m.required(key, "write it as EUR")
	if n == nil {
		return ""
	}
	c, err := customer.ParseCurrency(s)
	if err != nil {
		m.report(n, "`"+key+"` must be a currency of three letters", "write it as EUR")
	} else if !slices.Contains(currencies, string(c)) {
		m.report(n, "there is no currency `"+string(c)+"`", cmp.Or(segment.DidYouMean(string(c), currencies), "write it as EUR"))
	}
	return c
}

// clock reads "21:30" as minutes since midnight.
func (m *mapping) clock(key string) int {
	s, n := m.required(key, `write it as "21:00"`)
	if n == nil {
		return 0
	}
	hours, minutes, ok := strings.Cut(s, ":")
	h, errH := strconv.Atoi(hours)
	min, errM := strconv.Atoi(minutes)
	if !ok || errH != nil || errM != nil || h < 0 || h > 23 || min < 0 || min > 59 {
		m.report(n, "`"+key+"` must be a time of day", `write it as "21:00", with the quotes`)
		return 0
	}
	return h*60 + min
}

func (l *loading) cap(r *reader, item *yaml.Node) {
	m := r.mapping(item, "a cap")
	if m == nil {
		return
	}
	before := len(l.problems)
	c := Cap{Mails: m.whole("mails"), Within: m.duration("within", 0)}
	m.end()
	if (c.Mails == 0 || c.Within == 0) && len(l.problems) == before {
		r.reportAt(item.Line, item.Column, "", "a cap needs `mails` and `within`", "write it as {mails: 2, within: 7d}")
	}
	l.playbook.Caps = append(l.playbook.Caps, c)
}
