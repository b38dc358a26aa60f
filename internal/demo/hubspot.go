package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// HubSpot returns a stand-in for HubSpot's API that answers what hydration
// asks: objects by id, singly or in batches, and their associations, under the
// old and the dated paths. It wants a bearer token, and takes any.
//
// Properties are those of the end of the history, so that what is read does not
// depend on how far the reader lags behind. Existence follows the deliveries
// yielded so far: a record that is not created yet, or is deleted, is missing,
// and an old id answers with the record it was merged into. While nothing has
// been yielded the state is that of the end.
func (s *Shop) HubSpot() http.Handler {
	mux := http.NewServeMux()
	for _, prefix := range []string{"/crm/v3/objects/{type}", "/crm/objects/{version}/{type}"} {
		mux.HandleFunc("POST "+prefix+"/batch/read", s.readObjects)
		mux.HandleFunc("GET "+prefix+"/{id}", s.readObject)
	}
	for _, prefix := range []string{"/crm/v4/associations", "/crm/associations/{version}"} {
		mux.HandleFunc("POST "+prefix+"/{from}/{to}/batch/read", s.readAssociations)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json;charset=utf-8")
		h.Set("X-HubSpot-RateLimit-Max", "10000")
		h.Set("X-HubSpot-RateLimit-Remaining", "9999")
		h.Set("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
		h.Set("X-HubSpot-RateLimit-Daily", "10000000")
		h.Set("X-HubSpot-RateLimit-Daily-Remaining", "9999999")
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !ok || token == "" {
			refuse(w, http.StatusUnauthorized, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

type refusal struct {
	Status        string `json:"status"`
	Message       string `json:"message"`
	CorrelationID string `json:"correlationId"`
	Category      string `json:"category"`
}

func refuse(w http.ResponseWriter, status int, category, message string) {
	w.WriteHeader(status)
	_, _ = w.Write(encode(refusal{"error", message, "c033cdaa-2c40-4a64-ae48-b4cec88dad24", category})) // the client is gone if it fails
}

type wireObject struct {
	ID         string             `json:"id"`
	Properties map[string]*string `json:"properties"`
	CreatedAt  string             `json:"createdAt"`
	UpdatedAt  string             `json:"updatedAt"`
	Archived   bool               `json:"archived"`
	ArchivedAt *string            `json:"archivedAt,omitempty"`
}

type reply[T any] struct {
	Status      string    `json:"status"`
	Results     []T       `json:"results"`
	NumErrors   int       `json:"numErrors,omitempty"`
	Errors      []problem `json:"errors,omitempty"`
	StartedAt   string    `json:"startedAt"`
	CompletedAt string    `json:"completedAt"`
}

type problem struct {
	Status      string              `json:"status"`
	Category    string              `json:"category"`
	SubCategory string              `json:"subCategory,omitempty"`
	Message     string              `json:"message"`
	Context     map[string][]string `json:"context"`
}

// send writes a reply: 200, or 207 if something was not found.
func send[T any](s *Shop, w http.ResponseWriter, results []T, problems []problem, missing int) {
	now := iso(s.now())
	status := http.StatusOK
	if missing > 0 {
		status = http.StatusMultiStatus
	}
	w.WriteHeader(status)
	_, _ = w.Write(encode(reply[T]{"COMPLETE", results, missing, problems, now, now})) // the client is gone if it fails
}

type batchRead struct {
	Properties []string `json:"properties"`
	IDProperty string   `json:"idProperty"`
	Inputs     []struct {
		ID string `json:"id"`
	} `json:"inputs"`
}

// batch reads a request of at most 100 ids, or refuses it.
func batch(w http.ResponseWriter, r *http.Request, kinds ...string) (batchRead, bool) {
	var b batchRead
	if slices.Contains(kinds, "") {
		refuse(w, http.StatusBadRequest, "VALIDATION_ERROR", "Unable to infer object type.")
		return b, false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&b); err != nil {
		refuse(w, http.StatusBadRequest, "VALIDATION_ERROR", "Invalid input JSON.")
		return b, false
	}
	if len(b.Inputs) > 100 {
		refuse(w, http.StatusBadRequest, "VALIDATION_ERROR", "The maximum number of inputs is 100.")
		return b, false
	}
	return b, true
}

func (s *Shop) readObjects(w http.ResponseWriter, r *http.Request) {
	kind := kindOf(r.PathValue("type"))
	b, ok := batch(w, r, kind)
	if !ok {
		return
	}
	archived := r.URL.Query().Get("archived") == "true"
	results, seen, missing := []wireObject{}, map[int64]bool{}, []string{}
	for _, in := range b.Inputs {
		found := s.crm.find(kind, in.ID, b.IDProperty, s.now(), archived)
		switch {
		case found == nil:
			missing = append(missing, in.ID)
		case !seen[found.id]:
			seen[found.id] = true
			results = append(results, found.object(b.Properties, archived))
		}
	}
	var problems []problem
	if len(missing) > 0 {
		problems = []problem{{Status: "error", Category: "OBJECT_NOT_FOUND", Context: map[string][]string{"ids": missing},
			Message: "Could not get some " + strings.ToUpper(singular(kind)) + " objects, they may be deleted or not exist. Check that ids are valid."}}
	}
	send(s, w, results, problems, len(missing))
}

func (s *Shop) readObject(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	archived := q.Get("archived") == "true"
	found := s.crm.find(kindOf(r.PathValue("type")), r.PathValue("id"), q.Get("idProperty"), s.now(), archived)
	if found == nil {
		refuse(w, http.StatusNotFound, "OBJECT_NOT_FOUND", "Object not found.")
		return
	}
	var wanted []string
	for _, p := range q["properties"] {
		wanted = append(wanted, strings.Split(p, ",")...)
	}
	_, _ = w.Write(encode(found.object(wanted, archived))) // the client is gone if it fails
}

type wireAssociations struct {
	From wireFrom `json:"from"`
	To   []wireTo `json:"to"`
}

type wireFrom struct {
	ID string `json:"id"`
}

type wireTo struct {
	ID    int64          `json:"toObjectId"`
	Types []wireRelation `json:"associationTypes"`
}

type wireRelation struct {
	Category string  `json:"category"`
	TypeID   int     `json:"typeId"`
	Label    *string `json:"label"`
}

func (s *Shop) readAssociations(w http.ResponseWriter, r *http.Request) {
	from, to := kindOf(r.PathValue("from")), kindOf(r.PathValue("to"))
	b, ok := batch(w, r, from, to)
	if !ok {
		return
	}
	results, problems, now := []wireAssociations{}, []problem{}, s.now()
	for _, in := range b.Inputs {
		a := wireAssociations{From: wireFrom{in.ID}}
		if found := s.crm.find(from, in.ID, "", now, false); found != nil {
			for _, other := range found.links {
				if other.kind == to && other.exists(now) {
					a.To = append(a.To, wireTo{other.id, []wireRelation{{"HUBSPOT_DEFINED", associationType(from, to), nil}}})
				}
			}
		}
		if len(a.To) > 0 {
			results = append(results, a)
			continue
		}
		problems = append(problems, problem{Status: "error", Category: "OBJECT_NOT_FOUND", SubCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
			Message: "No " + singular(to) + " is associated with " + singular(from) + " " + in.ID + ".",
			Context: map[string][]string{"fromObjectId": {in.ID}, "fromObjectType": {singular(from)}, "toObjectType": {singular(to)}}})
	}
	send(s, w, results, problems, len(problems))
}

// now is the instant the fake answers for.
func (s *Shop) now() time.Time {
	if at := s.yielded.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return s.options.End
}

// find returns the record that an id, or an address if by is "email", names at
// an instant; nil if there is none.
func (c *crm) find(kind, id, by string, at time.Time, archived bool) *record {
	if by == "email" {
		for _, r := range c.records {
			if r.kind == kind && r.into == nil && strings.EqualFold(r.properties["email"], id) && r.exists(at) {
				return r
			}
		}
		return nil
	}
	r := c.byID[kind+"/"+id]
	if r == nil || r.born.After(at) {
		return nil
	}
	for r.into != nil && past(r.merged, at) {
		r = r.into
	}
	if past(r.died, at) != archived || r.erased && archived {
		return nil
	}
	return r
}

func (r *record) exists(at time.Time) bool {
	return !r.born.After(at) && !past(r.died, at) && !past(r.merged, at)
}

// object returns r with the properties asked for, null where it has none, and
// the few that always come.
func (r *record) object(wanted []string, archived bool) wireObject {
	o := wireObject{ID: strconv.FormatInt(r.id, 10), Properties: map[string]*string{}, CreatedAt: iso(r.born), UpdatedAt: iso(r.modified), Archived: archived}
	if archived {
		o.ArchivedAt = text(iso(r.died))
	}
	modified := "hs_lastmodifieddate"
	if r.kind == contacts {
		modified = "lastmodifieddate"
	}
	for _, name := range append([]string{"createdate"}, wanted...) {
		if v, ok := r.properties[name]; ok {
			o.Properties[name] = &v
		} else {
			o.Properties[name] = nil
		}
	}
	o.Properties["hs_object_id"], o.Properties[modified] = &o.ID, &o.UpdatedAt
	return o
}

func kindOf(name string) string {
	switch name {
	case "contacts", "contact", "0-1":
		return contacts
	case "companies", "company", "0-2":
		return companies
	case "deals", "deal", "0-3":
		return deals
	case "tickets", "ticket", "0-5":
		return tickets
	}
	return ""
}
