package hubspot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Record is the present state of one object. A property that is null or was
// not given is absent.
type Record struct {
	Object
	Properties map[string]string
	Updated    time.Time // zero if not given
	Archived   bool
}

// properties are what is read of each type. HubSpot ignores those that a
// portal does not have.
var properties = map[string][]string{
	contacts: {
		"associatedcompanyid", "city", "country", "createdate", "email", "firstname", "hs_country_region_code", "hs_email_optout",
		"hs_language", "hs_lead_status", "hs_marketable_status", "hs_merged_object_ids", "hs_timezone", "jobtitle", "lastmodifieddate", "lastname",
		"lifecyclestage", "notes_last_contacted", "num_associated_deals", "phone", "recent_deal_amount", "recent_deal_close_date",
		"state", "total_revenue", "zip",
	},
	companies: {
		"annualrevenue", "country", "domain", "hs_is_target_account", "hs_lastmodifieddate", "industry", "name", "numberofemployees",
	},
	deals: {
		"amount", "amount_in_home_currency", "closedate", "deal_currency_code", "dealname", "dealstage", "hs_is_closed",
		"hs_is_closed_won", "hs_lastmodifieddate", "pipeline",
	},
	tickets: {
		"closed_date", "createdate", "hs_lastmodifieddate", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject",
		"time_to_close",
	},
}

type input struct {
	ID    string `json:"id"`
	After string `json:"after,omitempty"`
}

// Read returns the present state of objects of one type, sorted by id, by as
// few calls as there are hundreds of them. An object that is gone is missing
// from the result. A record that was merged answers with the one that stands
// for it now, under that one's id: compare.
func (c *Client) Read(ctx context.Context, portal, kind string, ids []string) ([]Record, error) {
	var all []Record
	for page := range slices.Chunk(ids, pageSize) {
		request := struct {
			Properties []string `json:"properties"`
			History    []string `json:"propertiesWithHistory"`
			Inputs     []input  `json:"inputs"`
		}{Properties: properties[kind], History: []string{}}
		for _, id := range page {
			request.Inputs = append(request.Inputs, input{ID: id})
		}
		var answer struct {
			Results []result `json:"results"`
			problems
		}
		err := c.post(ctx, portal, c.objectsPath(kind), request, &answer)
		if err = cmp.Or(err, answer.check()); err != nil {
			return nil, fmt.Errorf("read %d %s of portal %s: %w", len(page), kind, portal, err)
		}
		for _, r := range answer.Results {
			if record, ok := r.record(portal, kind); ok {
				all = append(all, record)
			}
		}
	}
	slices.SortFunc(all, func(a, b Record) int { return compareObjects(a.Object, b.Object) })
	return slices.CompactFunc(all, func(a, b Record) bool { return a.Object == b.Object }), nil
}

func (c *Client) objectsPath(kind string) string {
	if c.Version == "" || c.Version == "v3" {
		return "/crm/v3/objects/" + kind + "/batch/read"
	}
	return "/crm/objects/" + c.Version + "/" + kind + "/batch/read"
}

type result struct {
	ID         json.Number        `json:"id"`
	Properties map[string]*string `json:"properties"`
	UpdatedAt  string             `json:"updatedAt"`
	Archived   bool               `json:"archived"`
}

func (r result) record(portal, kind string) (Record, bool) {
	id := number(r.ID)
	if id == "" {
		return Record{}, false
	}
	record := Record{
		Object:     Object{Portal: portal, Type: kind, ID: id},
		Properties: map[string]string{},
		Updated:    parseTime(r.UpdatedAt),
		Archived:   r.Archived,
	}
	for name, value := range r.Properties {
		if value != nil && *value != "" {
			record.Properties[name] = *value
		}
	}
	return record, true
}

// problems are what a batch that was answered in part says of the rest.
type problems struct {
	Errors []struct {
		Category    string `json:"category"`
		SubCategory string `json:"subCategory"`
	} `json:"errors"`
}

// check returns an error unless all that is missing is missing for good: an
// object that HubSpot could not read just now must not pass for a deleted one.
func (p problems) check() error {
	for _, e := range p.Errors {
		if e.Category != "OBJECT_NOT_FOUND" && !strings.HasSuffix(e.SubCategory, "NO_ASSOCIATIONS_FOUND") {
			return fmt.Errorf("%w: answered in part only", ErrUnavailable)
		}
	}
	return nil
}

// parseTime reads a time as the API writes it, RFC 3339, or as webhooks do, in
// milliseconds; zero if s is neither.
func parseTime(s string) time.Time {
	s = strings.TrimSpace(s)
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil && ms > 0 && ms <= maxMillis {
		return time.UnixMilli(ms).UTC()
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.UTC().Year() < 1900 || t.UTC().Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// An Association joins an object to another.
type Association struct {
	To string // id
	// Primary: HubSpot calls it the main one, or does not say what it is.
	Primary bool
}

// Associations returns what objects of type from are associated with among the
// objects of type to, by id, each list sorted by id.
func (c *Client) Associations(ctx context.Context, portal, from, to string, ids []string) (map[string][]Association, error) {
	all := map[string][]Association{}
	var inputs []input
	for _, id := range ids {
		inputs = append(inputs, input{ID: id})
	}
	for len(inputs) > 0 {
		page := inputs[:min(pageSize, len(inputs))]
		inputs = inputs[len(page):]
		var answer associations
		path := "/crm/v4/associations/" + from + "/" + to + "/batch/read"
		err := c.post(ctx, portal, path, map[string]any{"inputs": page}, &answer)
		if err = cmp.Or(err, answer.check()); err != nil {
			return nil, fmt.Errorf("read associations of %d %s of portal %s: %w", len(page), from, portal, err)
		}
		for _, r := range answer.Results {
			id := number(r.From.ID)
			for _, t := range r.To {
				if a := t.association(); id != "" && a.To != "" {
					all[id] = append(all[id], a)
				}
			}
			if after := r.Paging.Next.After; id != "" && after != "" {
				inputs = append(inputs, input{ID: id, After: after})
			}
		}
	}
	for _, list := range all {
		slices.SortFunc(list, func(a, b Association) int { return compareIDs(a.To, b.To) })
	}
	return all, nil
}

type associations struct {
	Results []struct {
		From   struct{ ID json.Number }
		To     []associated
		Paging struct{ Next struct{ After string } }
	}
	problems
}

type associated struct {
	ToObjectID json.Number `json:"toObjectId"`
	Types      []struct {
		Category string `json:"category"`
		TypeID   int    `json:"typeId"`
	} `json:"associationTypes"`
}

// The numbers HubSpot gives to a contact's main company, either way.
const (
	contactToPrimaryCompany = 1
	companyToPrimaryContact = 2
)

func (a associated) association() Association {
	r := Association{To: number(a.ToObjectID), Primary: len(a.Types) == 0}
	for _, t := range a.Types {
		if t.Category == "HUBSPOT_DEFINED" && (t.TypeID == contactToPrimaryCompany || t.TypeID == companyToPrimaryContact) {
			r.Primary = true
		}
	}
	return r
}
