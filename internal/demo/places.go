package demo

import (
	"fmt"

	"holdfast/internal/customer"
)

// A place is a town where customers live.
type place struct {
	country, code, province, provinceCode string
	city, zip                             string // the zip's last digits are replaced by #
	locale                                string
	currency                              customer.Currency // what buyers there pay in
	names                                 *names
	weight                                float64
}

type names struct{ first, last, streets []string }

func places() []place {
	german, french, dutch, english := germanNames(), frenchNames(), dutchNames(), englishNames()
	return []place{
		{"Germany", "DE", "Berlin", "BE", "Berlin", "10###", "de-DE", "EUR", german, 15},
		{"Germany", "DE", "Hamburg", "HH", "Hamburg", "20###", "de-DE", "EUR", german, 12},
		{"Germany", "DE", "Bavaria", "BY", "Munich", "80###", "de-DE", "EUR", german, 11},
		{"Germany", "DE", "North Rhine-Westphalia", "NW", "Cologne", "50###", "de-DE", "EUR", german, 9},
		{"Germany", "DE", "Saxony", "SN", "Leipzig", "04###", "de-DE", "EUR", german, 6},
		{"Germany", "DE", "Bremen", "HB", "Bremen", "28###", "de-DE", "EUR", german, 3},
		{"Austria", "AT", "", "", "Vienna", "10#0", "de-AT", "EUR", german, 9},
		{"Austria", "AT", "", "", "Graz", "80#0", "de-AT", "EUR", german, 3},
		{"Switzerland", "CH", "", "", "Zurich", "80##", "de-CH", "CHF", german, 6},
		{"Switzerland", "CH", "", "", "Bern", "30##", "de-CH", "CHF", german, 2},
		{"France", "FR", "", "", "Lyon", "690##", "fr-FR", "EUR", french, 4},
		{"France", "FR", "", "", "Paris", "750##", "fr-FR", "EUR", french, 5},
		{"Netherlands", "NL", "", "", "Utrecht", "35## AB", "nl-NL", "EUR", dutch, 5},
		{"Netherlands", "NL", "", "", "Amsterdam", "10## CD", "nl-NL", "EUR", dutch, 4},
		{"United Kingdom", "GB", "England", "ENG", "Bristol", "BS# 4TR", "en-GB", "GBP", english, 2},
		{"United States", "US", "New York", "NY", "New York", "100##", "en-US", "USD", english, 3},
		{"United States", "US", "Oregon", "OR", "Portland", "972##", "en-US", "USD", english, 2},
	}
}

// exchange returns how many ten-thousandths of c one euro buys.
func exchange(c customer.Currency) int64 {
	switch c {
	case "CHF":
		return 9460
	case "USD":
		return 10920
	case "GBP":
		return 8580
	}
	return 10000
}

// phones hands out numbers that regulators keep free for films and books, each
// once.
type phones map[string]int

// next returns the next number for a country, "" where none is reserved or
// none is left.
func (p phones) next(code string) string {
	n := p[code]
	p[code]++
	switch {
	case code == "DE" && n < 5000:
		return fmt.Sprintf("+49%s%03d", []string{"3023125", "6990009", "4066969", "2214710", "8999998"}[n/1000], n%1000)
	case code == "FR" && n < 10000:
		return fmt.Sprintf("+3363998%04d", n)
	case code == "GB" && n < 1000:
		return fmt.Sprintf("+447700900%03d", n)
	case code == "US" && n < 900:
		return fmt.Sprintf("+1%d55501%02d", 201+n/100, n%100)
	}
	return ""
}

func germanNames() *names {
	return &names{
		first:   []string{"Anna", "Lena", "Jonas", "Lukas", "Mia", "Felix", "Clara", "Paul", "Emilia", "Maximilian", "Hannah", "Leon", "Sophie", "Elias", "Marie", "Noah", "Johanna", "Jakob", "Katharina", "Moritz", "Greta", "Anton", "Ida", "Theo", "Frieda", "Oskar", "Lotte", "Emil", "Martha", "Karl", "Ayse", "Mehmet", "Ivana", "Milan", "Nadia", "Tarek", "Jürgen", "Käthe"},
		last:    []string{"Keller", "Brandt", "Vogel", "Lindner", "Sommer", "Winkler", "Hartmann", "Seidel", "Pohl", "Albrecht", "Horn", "Busch", "Kühn", "Sauer", "Arnold", "Böhm", "Engel", "Kraus", "Otto", "Ritter", "Thiel", "Haas", "Graf", "Jung", "Roth", "Frank", "Ebert", "Voigt", "Behrens", "Yilmaz", "Demir", "Novak", "Horvat", "Steiner", "Gruber", "Moser"},
		streets: []string{"Lindenweg", "Hafenstraße", "Am Kanal", "Gartenstraße", "Bergweg", "Mühlenweg", "Rosenallee", "Schulstraße", "Marktgasse", "Uferpromenade"},
	}
}

func frenchNames() *names {
	return &names{
		first:   []string{"Camille", "Louise", "Hugo", "Jules", "Chloé", "Manon", "Léo", "Gabriel", "Inès", "Arthur", "Zoé", "Raphaël"},
		last:    []string{"Moreau", "Lefèvre", "Girard", "Rousseau", "Blanc", "Fontaine", "Chevalier", "Perrin", "Marchand", "Noël", "Gauthier"},
		streets: []string{"rue des Lilas", "quai du Port", "avenue des Tilleuls", "rue du Moulin"},
	}
}

func dutchNames() *names {
	return &names{
		first:   []string{"Sanne", "Daan", "Fleur", "Bram", "Lotte", "Sem", "Femke", "Thijs", "Noor", "Joris"},
		last:    []string{"de Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Peters", "van Dijk"},
		streets: []string{"Havenkade", "Lindelaan", "Molenstraat", "Kerkweg"},
	}
}

func englishNames() *names {
	return &names{
		first:   []string{"Olivia", "Ethan", "Grace", "Samuel", "Maya", "Daniel", "Nora", "Caleb", "Ruby", "Isaac", "Priya", "Marcus"},
		last:    []string{"Whitfield", "Harlow", "Beckett", "Osborne", "Carver", "Delgado", "Lockwood", "Nguyen", "Patel", "Sinclair", "O'Hara"},
		streets: []string{"Orchard Lane", "Mill Road", "Harbor Street", "Cedar Avenue"},
	}
}
