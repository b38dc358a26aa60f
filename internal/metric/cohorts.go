package metric

import "holdfast/internal/customer"

// Cohorts are buyers by the month of their first order, and what they did in
// the months since. Parts merge by adding.
type Cohorts struct {
	// Cells holds, for the cohort of month c, what it did in month m ≥ c, at
	// m(m+1)/2 + c: the months are those of one calendar.
	Cells CohortCells `json:"cells"`
	// Before counts buyers who ordered before the data begin, Older those whose
	// first order lies before the calendar: neither is in a cohort.
	Before int64 `json:"before"`
	Older  int64 `json:"older"`
	// Cut counts buyers of the cohorts with so many days of purchases that the
	// oldest are not in their profiles: they may miss in months past.
	Cut int64 `json:"cut"`
}

// A CohortCell is what one cohort did in one month.
type CohortCell struct {
	Customers int64 `json:"customers"` // who ordered
	Orders    int64 `json:"orders"`
	Revenue   int64 `json:"revenue"` // net, minor units
}

// CohortCells pack to a short string in JSON.
type CohortCells []CohortCell

// NewCohorts returns the empty cohorts of as many months.
func NewCohorts(months int) Cohorts {
	return Cohorts{Cells: make(CohortCells, months*(months+1)/2)}
}

// Cell returns what the cohort of month c did in month m ≥ c.
func (c Cohorts) Cell(cohort, month int) CohortCell { return c.Cells[cohortCell(cohort, month)] }

func cohortCell(cohort, month int) int { return month*(month+1)/2 + cohort }

// Add counts one customer; months is the calendar that c was made for.
func (c *Cohorts) Add(p Purchases, months Calendar) {
	cohort := months.Index(p.First)
	switch {
	case p.Earlier:
		c.Before++
		return
	case cohort < 0:
		c.Older++
		return
	case cohort >= months.Len():
		return
	}
	if p.Cut() {
		c.Cut++
	}
	if len(p.Days) == 0 || months.Index(p.Days[0].Day) > cohort {
		c.Cells[cohortCell(cohort, cohort)].Customers++
	}
	for i := 0; i < len(p.Days); {
		month := months.Index(p.Days[i].Day)
		if month >= months.Len() {
			return
		}
		cell := &c.Cells[cohortCell(cohort, month)]
		cell.Customers++
		for ; i < len(p.Days) && months.Index(p.Days[i].Day) == month; i++ {
			cell.Orders += int64(p.Days[i].Orders)
			cell.Revenue = customer.AddMinor(cell.Revenue, p.Days[i].Net)
		}
	}
}

// Merge adds what other counted, of as many months.
func (c *Cohorts) Merge(other Cohorts) {
	c.Before += other.Before
	c.Older += other.Older
	c.Cut += other.Cut
	for i, o := range other.Cells {
		cell := &c.Cells[i]
		cell.Customers += o.Customers
		cell.Orders += o.Orders
		cell.Revenue = customer.AddMinor(cell.Revenue, o.Revenue)
	}
}

// MarshalText makes the cells one short string in JSON.
func (c CohortCells) MarshalText() ([]byte, error) {
	table := make(integers, 0, 3*len(c))
	for _, v := range c {
		table = append(table, v.Customers, v.Orders, v.Revenue)
	}
	return encodeText(table)
}

// UnmarshalText reads what MarshalText wrote.
func (c *CohortCells) UnmarshalText(text []byte) error {
	var table integers
	if err := decodeText(text, &table); err != nil {
		return err
	}
	if len(table)%3 != 0 {
		return errIntegers
	}
	*c = make(CohortCells, 0, len(table)/3)
	for ; len(table) > 0; table = table[3:] {
		*c = append(*c, CohortCell{table[0], table[1], table[2]})
	}
	return nil
}
