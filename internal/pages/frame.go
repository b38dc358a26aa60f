package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"reflect"
	"time"
)

//go:embed templates/*.html
var files embed.FS

//go:embed style.css
var style string

// templates are the pages by name, each with what all have in common.
var templates = parse("overview", "mails", "mail", "customers", "customer", "problem")

func parse(names ...string) map[string]*template.Template {
	common := template.Must(template.New("").Funcs(functions).ParseFS(files, "templates/page.html", "templates/part.html"))
	all := make(map[string]*template.Template, len(names))
	for _, name := range names {
		all[name] = template.Must(template.Must(common.Clone()).ParseFS(files, "templates/"+name+".html"))
	}
	return all
}

// functions are what templates may call; their whole numbers are int or int64.
var functions = template.FuncMap{
	"address": address, "money": money, "percent": percent, "signed": signed, "rounded": rounded,
	"count":  func(n any) string { return count(whole(n)) },
	"plural": func(n any, one, many string) string { return plural(whole(n), one, many) },
}

func whole(n any) int64 { return reflect.ValueOf(n).Int() }

// A frame is what every page has around it.
type frame struct {
	Title    string
	Here     string // the part of the site: "overview", "customers", "outbox", or ""
	Business string
	Zone     *time.Location // the merchant's
	Now      time.Time
	Refused  string // what is wrong with the changed playbook, "" for nothing
	Style    template.CSS
}

func (s Site) frame(title, here string) frame {
	b := s.Playbook().Business
	f := frame{Title: title, Here: here, Business: b.Name, Zone: b.Zone, Now: s.Now(), Style: template.CSS(style)}
	if s.Refused != nil {
		if err := s.Refused(); err != nil {
			f.Refused = err.Error()
		}
	}
	return f
}

var styleHash = func() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// secure sets the headers that keep a page from loading, running or telling
// anything. A framed mail inherits the policy of its page and brings its own
// styles, so its page allows all styles.
func secure(h http.Header, mail bool) {
	styles := styleHash
	if mail {
		styles = "'unsafe-inline'"
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styles+"; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
