package segment

import "time"

var serviceFields = []Field{
	number("tickets", "tickets", "support cases", "tickets", "3", func(e *env) (float64, bool) { return float64(e.p.Service.Tickets), true }).always(),
	number("open_tickets", "tickets", "support cases not closed yet", "tickets", "1", func(e *env) (float64, bool) { return float64(e.p.Service.Open), true }).always(),
	date("last_ticket", "when the latest support case was opened", "tickets", "2026-04-28T10:00:00Z", func(e *env) time.Time { return e.p.Service.Last }),
	number("nps", "score", "latest answer to how likely they would recommend us, 0 to 10", "survey answers", "9", func(e *env) (float64, bool) {
		return e.p.Surveys.NPS, !e.p.Surveys.NPSAt.IsZero()
	}),
	date("nps_at", "when they gave it", "survey answers", "2026-03-12T12:00:00Z", func(e *env) time.Time { return e.p.Surveys.NPSAt }),
	number("csat", "share", "latest satisfaction, 0 to 1", "survey answers", "0.8", func(e *env) (float64, bool) {
		return e.p.Surveys.CSAT, !e.p.Surveys.CSATAt.IsZero()
	}),
	date("csat_at", "when they gave it", "survey answers", "2026-03-12T12:00:00Z", func(e *env) time.Time { return e.p.Surveys.CSATAt }),
	number("deals", "deals", "deals at the CRM, open and closed", "deals", "2", func(e *env) (float64, bool) { return float64(e.p.Deals.Deals), true }).always(),
	number("deals_won", "deals", "deals that were won", "deals", "1", func(e *env) (float64, bool) { return float64(e.p.Deals.Won), true }).always(),
	money("deals_value", "value of the won deals", "deals", "12000.00", func(e *env) (float64, bool) { return e.money(e.p.Deals.Value) }),
}
