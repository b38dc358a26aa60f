package demo

import (
	"strings"
	"time"
)

// A visit is what a visitor does in one go; it is told in one delivery.
type visit struct {
	visitor *visitor
	start   time.Time
	at      time.Time // of the latest call
	server  bool      // told by a server, which knows no browser
	from    string    // URL of where they came from, "" for nowhere
	mail    bool      // they followed a link in a mail
	calls   []call
}

// A call is one of the Segment spec. Its properties are made when they are
// asked for.
type call struct {
	at       time.Time
	kind     string // identify, group, page, screen, track
	name     string // of the event, page or screen
	category string
	path     string // of the page it is called from
	title    string
	say      func() map[string]any // properties or traits; nil for none
	serial   uint64                // of the call, among the visitor's
	known    bool                  // the website knows who it is
}

func (v *visitor) visit(at time.Time) *visit {
	at = at.UTC().Truncate(time.Second)
	w := &visit{visitor: v, start: at, at: at}
	v.visits = append(v.visits, w)
	return w
}

// call adds a call, some time after the one before.
func (w *visit) call(after time.Duration, c call) {
	w.at = w.at.Add(after)
	c.at = w.at.Add(time.Duration(w.visitor.dice.IntN(1000)) * time.Millisecond)
	if n := len(w.calls); c.path == "" && n > 0 {
		c.path, c.title = w.calls[n-1].path, w.calls[n-1].title
	}
	w.calls = append(w.calls, c)
}

// pause is how long people stay with something.
func (w *visit) pause() time.Duration {
	return w.visitor.dice.between(6*time.Second, 70*time.Second)
}

func (w *visit) page(path, title, category string) {
	w.call(w.pause(), call{kind: "page", name: title, path: path, title: title, category: category})
}

func (w *visit) track(event string, after time.Duration, say func() map[string]any) {
	w.call(after, call{kind: "track", name: event, say: say})
}

// arrive opens the first page; those with a password often sign in.
func (w *visit) arrive() {
	d := w.visitor.dice
	w.from = pick(d, []string{"", "", "https://www.google.com/search?q=coffee", "https://duckduckgo.com/", "https://www.instagram.com/"})
	w.mail = d.chance(0.15)
	w.page("/", Vendor, "home")
	if w.visitor.person.registered && d.chance(0.6) && w.start.After(w.visitor.person.created) {
		w.track("Signed In", 12*time.Second, nil)
	}
}

// browse looks at some products that are to the visitor's taste.
func (w *visit) browse(n int) {
	d, taste := w.visitor.dice, w.visitor.person.taste
	for range n {
		p := weighted(d, Products(), func(p Product) float64 { return p.weight * (0.2 + taste.favourites[p.Category]) })
		w.look(p)
		if d.chance(0.1) {
			w.track("Product Added", w.pause(), func() map[string]any { return p.properties(w.visitor.shop, 1) })
		}
	}
}

func (w *visit) look(p Product) {
	if w.visitor.dice.chance(0.4) {
		w.page("/collections/"+slug(p.Category), strings.ToUpper(p.Category[:1])+p.Category[1:], p.Category)
	}
	w.page("/products/"+slug(p.Title), p.Title, p.Category)
	w.track("Product Viewed", time.Second, func() map[string]any { return p.properties(w.visitor.shop, 1) })
}

// fill puts products into the cart.
func (w *visit) fill(lines []line) {
	for _, l := range lines {
		w.look(l.product)
		w.track("Product Added", w.pause(), func() map[string]any { return l.product.properties(w.visitor.shop, l.quantity) })
	}
	w.page("/cart", "Cart", "cart")
	w.track("Cart Viewed", time.Second, func() map[string]any { return w.visitor.shop.basketProperties(lines) })
}

func (w *visit) checkout(lines []line, token string) {
	w.track("Checkout Started", w.pause(), func() map[string]any {
		p := w.visitor.shop.basketProperties(lines)
		p["checkout_id"] = token
		return p
	})
}

// buy goes on to the order, of which the website tells as the shop does.
func (w *visit) buy(o *order) {
	w.checkout(o.lines, o.checkout)
	after := max(time.Second, o.placed.Sub(w.at))
	w.track("Order Completed", after, func() map[string]any {
		s := w.visitor.shop
		p := s.basketProperties(o.lines)
		p["checkout_id"], p["order_id"], p["total"] = o.checkout, o.id, amount(o.total(), s.options.Currency)
		p["discount"], p["shipping"] = amount(o.discount, s.options.Currency), amount(o.shipping, s.options.Currency)
		if o.code != "" {
			p["coupon"] = o.code
		}
		return p
	})
}

// help reads articles, each for about as long as told.
func (w *visit) help(n int, about time.Duration) {
	for range n {
		a := pick(w.visitor.dice, [][2]string{
			{"grind-size", "Which grind for which brewer?"}, {"shipping", "Shipping and tracking"}, {"first-brew", "Your first brew"},
			{"descaling", "Descaling step by step"}, {"returns", "Returns and refunds"}, {"storage", "Keeping coffee and tea fresh"},
		})
		w.page("/help/"+a[0], a[1], "help")
		stay := w.visitor.dice.between(about/2, about*3/2)
		w.track("Help Viewed", stay, func() map[string]any {
			return map[string]any{"article": a[0], "category": "help", "seconds": int(stay.Seconds())}
		})
	}
}

// app uses the app.
func (w *visit) app() {
	w.track("Application Opened", 0, func() map[string]any { return map[string]any{"version": "3.2.0", "from_background": false} })
	for _, name := range []string{"Home", "Brew Timer", "Orders"}[:1+w.visitor.dice.IntN(3)] {
		w.call(w.pause(), call{kind: "screen", name: name, category: "app"})
	}
	if w.visitor.dice.chance(0.5) {
		w.track("Brew Finished", 4*time.Minute, func() map[string]any { return map[string]any{"method": "pour over", "seconds": 214} })
	}
}

// number gives the calls their numbers, and adds who it is as soon as the
// website knows: from when there is an account, after the first page.
func (w *visit) number(serial *uint64, identified *bool) {
	var calls []call
	for i, c := range w.calls {
		known := !c.at.Before(w.visitor.person.created)
		if c.known = known && (*identified || w.server); known && !c.known && (i > 0 || len(w.calls) == 1 || c.kind != "page") {
			*identified, c.known = true, true
			who := call{at: c.at.Add(-200 * time.Millisecond), kind: "identify", path: c.path, title: c.title, known: true, say: func() map[string]any { return w.visitor.traits }}
			calls = append(calls, who)
			if firm := w.visitor.firm(); firm != nil {
				who.kind, who.name, who.say = "group", firm["id"].(string), func() map[string]any { return firm }
				calls = append(calls, who)
			}
		}
		calls = append(calls, c)
	}
	for i := range calls {
		*serial++
		calls[i].serial = *serial
	}
	w.calls = calls
}
