package orders

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var now = time.Date(2025, 6, 30, 12, 0, 0, 0, time.UTC)

func read(t testing.TB, data string, opts Options) (*Ledger, error) {
	t.Helper()
	if opts.Name == "" {
		opts.Name = "orders.csv"
	}
	if opts.Now.IsZero() {
		opts.Now = now
	}
	return Read(context.Background(), strings.NewReader(data), opts)
}

// told is a ledger as text: every customer with the day and the amount of each
// entry.
func told(l *Ledger) []string {
	h := l.Histories(1 << 30)
	var out []string
	for i := range h.Len() {
		s := l.Customers.Name(i) + ":"
		for _, e := range h.Of(i) {
			s += fmt.Sprintf(" %s %d", time.Unix(int64(e.Day)*86400, 0).UTC().Format("2006-01-02"), e.Cents)
		}
		out = append(out, s)
	}
	return out
}

func encoded(t *testing.T, s string, latin bool, order unicode.Endianness) string {
	t.Helper()
	if latin {
		out, err := charmap.ISO8859_1.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	out, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOrdersAreRead(t *testing.T) {
	umlaut := "customer,date,amount\nMüller,2025-01-02,1.50\n"
	for _, c := range []struct {
		name, data string
		opts       Options
		want       []string
	}{
		{"plain rows", "customer,date,amount\na,2025-01-02,10.00\nb,2025-01-03,5\na,2025-02-01,0.5\n", Options{},
			[]string{"a: 2025-01-02 1000 2025-02-01 50", "b: 2025-01-03 500"}},
		{"without an end of the last line, and with CRLF", "customer,date,amount\r\na,2025-01-02,10.00\r\nb,2025-01-03,5", Options{},
			[]string{"a: 2025-01-02 1000", "b: 2025-01-03 500"}},
		{"entries come out by day", "customer,date,amount\na,2025-02-02,1\na,2025-01-02,2\na,2025-01-02,3\n", Options{},
			[]string{"a: 2025-01-02 200 2025-01-02 300 2025-02-02 100"}},
		{"one customer", "customer,date,amount\na,2025-01-02,10.00\n", Options{}, []string{"a: 2025-01-02 1000"}},
		{"addresses mean the same in capitals", "email,date,amount\nA@X.com,2025-01-02,1\na@x.com,2025-01-03,1\n", Options{},
			[]string{"a@x.com: 2025-01-02 100 2025-01-03 100"}},
		{"quoted newlines, quotes and delimiters", "customer,date,amount\n\"Smith, \"\"Jo\"\"\nLtd\",2025-01-02,\"1,000.50\"\nb,2025-01-03,2\n", Options{},
			[]string{"Smith, \"Jo\"\nLtd: 2025-01-02 100050", "b: 2025-01-03 200"}},
		{"a quote inside a field stands for itself", "customer,date,amount\n5\" pipe,2025-01-02,1\nb,2025-01-03,2\n", Options{},
			[]string{"5\" pipe: 2025-01-02 100", "b: 2025-01-03 200"}},
		{"a quote that is never closed stands for itself", "customer,date,amount\n\"a,2025-01-02,1\nb,2025-01-03,2\n", Options{},
			[]string{"\"a: 2025-01-02 100", "b: 2025-01-03 200"}},
		{"Excel's semicolons, decimal commas and dots between days", "Kunde;Datum;Betrag\na;02.01.2025;1.234,56\nb;31.12.2024;7\n",
			Options{Columns: Columns{Customer: "kunde", Date: "DATUM", Amount: "3"}}, []string{"a: 2025-01-02 123456", "b: 2024-12-31 700"}},
		{"Excel's line that names the separator", "sep=;\ncustomer;date;amount\na;2025-01-02;3,5\n", Options{}, []string{"a: 2025-01-02 350"}},
		{"a decimal comma that only the last row has", "customer,date,amount\na,2025-01-02,\"1.234,50\"", Options{}, []string{"a: 2025-01-02 123450"}},
		{"tabs", "customer\tdate\tamount\na b\t2025-01-02\t1\n", Options{}, []string{"a b: 2025-01-02 100"}},
		{"Latin-1", encoded(t, umlaut, true, unicode.LittleEndian), Options{}, []string{"Müller: 2025-01-02 150"}},
		{"UTF-16 as Excel saves it", encoded(t, umlaut, false, unicode.LittleEndian), Options{}, []string{"Müller: 2025-01-02 150"}},
		{"UTF-16 the other way", encoded(t, umlaut, false, unicode.BigEndian), Options{}, []string{"Müller: 2025-01-02 150"}},
		{"UTF-16 without a mark", encoded(t, umlaut, false, unicode.LittleEndian)[2:], Options{}, []string{"Müller: 2025-01-02 150"}},
		{"UTF-16 the other way without a mark", encoded(t, umlaut, false, unicode.BigEndian)[2:], Options{}, []string{"Müller: 2025-01-02 150"}},
		{"UTF-8 with a mark", "\xef\xbb\xbf" + umlaut, Options{}, []string{"Müller: 2025-01-02 150"}},
		{"lines that end as on an old Macintosh", "customer,date,amount\ra,2025-01-02,1\rb,2025-01-03,2\r", Options{},
			[]string{"a: 2025-01-02 100", "b: 2025-01-03 200"}},
		{"a day that proves the order of all dates", "customer,date,amount\na,03/04/2025,1\nb,13/01/2025,1\n", Options{},
			[]string{"a: 2025-04-03 100", "b: 2025-01-13 100"}},
		{"a day that proves the American order", "customer,date,amount\na,3/4/25 8:26,1\nb,1/13/25 23:59,1\n", Options{},
			[]string{"a: 2025-03-04 100", "b: 2025-01-13 100"}},
		{"the order that was asked for", "customer,date,amount\na,03/04/2025,1\n", Options{DateOrder: DayFirst}, []string{"a: 2025-04-03 100"}},
		{"months by name, compact dates and seconds", "customer,date,amount\na,\"Jan 2, 2025\",1\nb,3 February 2025,1\nc,20250301,1\nd,1735776000,1\ne,04-Mar-2025,1\nf,\"March 5th, 2025 2:05 PM\",1\n", Options{},
			[]string{"a: 2025-01-02 100", "b: 2025-02-03 100", "c: 2025-03-01 100", "d: 2025-01-02 100", "e: 2025-03-04 100", "f: 2025-03-05 100"}},
		{"instants keep the day they are written with", "customer,date,amount\na,2025-01-02 23:30:00 -0500,1\nb,2025-01-02T23:30:00Z,1\n", Options{},
			[]string{"a: 2025-01-02 100", "b: 2025-01-02 100"}},
		{"instants move into the merchant's zone", "customer,date,amount\na,2025-01-02 23:30:00 -0500,1\nb,2025-01-02T23:30:00Z,1\nc,2025-01-02 23:30,1\n",
			Options{Zone: time.FixedZone("CET", 3600)}, []string{"a: 2025-01-03 100", "b: 2025-01-03 100", "c: 2025-01-02 100"}},
		{"a currency written with the amount, and missing from some", "customer,date,amount\na,2025-01-02,€1.50\nb,2025-01-02,2 EUR\nc,2025-01-02,(3.00)\nd,2025-01-02,\"1,234.5\"\n", Options{},
			[]string{"a: 2025-01-02 150", "b: 2025-01-02 200", "c: 2025-01-02 -300", "d: 2025-01-02 123450"}},
		{"currencies written with the amounts are not added", "customer,date,amount\na,2025-01-02,€1.50\nb,2025-01-02,$2\nc,2025-01-02,USD 3\nd,2025-01-02,4\n", Options{},
			[]string{"a:", "b: 2025-01-02 200", "c: 2025-01-02 300", "d:"}},
		{"unit prices with their currencies", "customer,date,qty,price\na,2025-01-02,2,€1.50\nb,2025-01-02,1,$2\nc,2025-01-02,1,€2\n", Options{}, []string{"a: 2025-01-02 300", "b:", "c: 2025-01-02 200"}},
		{"what floats leave behind is rounded", "customer,date,amount\na,2025-01-02,15.299999999999999\nb,2025-01-02,1e2\nc,2025-01-02,0.005\n", Options{},
			[]string{"a: 2025-01-02 1530", "b: 2025-01-02 10000", "c: 2025-01-02 1"}},
		{"yen have no cents", "customer,date,amount,currency\na,2025-01-02,1500,JPY\n", Options{}, []string{"a: 2025-01-02 1500"}},
		{"the currency of most rows", "customer,date,amount,currency\na,2025-01-02,1,EUR\nb,2025-01-02,2,USD\nc,2025-01-02,3,usd\n", Options{},
			[]string{"a:", "b: 2025-01-02 200", "c: 2025-01-02 300"}},
		{"the currency that was asked for", "customer,date,amount,currency\na,2025-01-02,1,EUR\nb,2025-01-02,2,USD\nc,2025-01-02,3,USD\n", Options{Currency: "EUR"},
			[]string{"a: 2025-01-02 100", "b:", "c:"}},
		{"an order of nothing is none", "customer,date,amount\na,2025-01-02,0\nb,2025-01-02,1\n", Options{}, []string{"a:", "b: 2025-01-02 100"}},
		{"unless it is asked for", "customer,date,amount\na,2025-01-02,0\nb,2025-01-02,1\n", Options{FreeOrders: true}, []string{"a: 2025-01-02 0", "b: 2025-01-02 100"}},
		{"a repeated order counts once", "order_id,customer,date,amount\n7,a,2025-01-02,1\n8,b,2025-01-02,2\n7,a,2025-01-02,1\n", Options{},
			[]string{"a: 2025-01-02 100", "b: 2025-01-02 200"}},
		{"a refund of an order is taken off", "order_id,customer,date,amount\nx-7,a,2025-01-02,10\nx-8,b,2025-01-02,2\nx-7,a,2025-01-09,-4\n", Options{},
			[]string{"a: 2025-01-02 600", "b: 2025-01-02 200"}},
		{"an order that was cancelled in its first row stays out", "order,customer,date,amount,product,status\nx-1,a,2025-01-02,5,mug,Cancelled\nx-1,a,2025-01-02,5,hat,\nx-2,b,2025-01-02,5,mug,\n", Options{},
			[]string{"a:", "b: 2025-01-02 500"}},
		{"lines of an order add up, by quantity and price", "Invoice,StockCode,Quantity,InvoiceDate,Price,Customer ID\n536365,A,6,12/1/2010 8:26,2.55,17850\n536365,B,2,12/1/2010 8:26,0.125,17850\nC536380,A,-1,12/15/2010 9:00,2.55,17850\n", Options{},
			[]string{"17850: 2010-12-01 1555 2010-12-15 -255"}},
		{"lines without ids are one order a day", "customer,date,product,amount\na,2025-01-02,mug,1\na,2025-01-02,hat,2\na,2025-01-03,hat,2\n", Options{},
			[]string{"a: 2025-01-02 300 2025-01-03 200"}},
		{"columns by number, without a header", "00004,19970101,2,29.33\n00004,19970118,2,29.73\n", Options{Columns: Columns{Customer: "1", Date: "2", Amount: "4"}},
			[]string{"00004: 1997-01-01 2933 1997-01-18 2973"}},
		{"columns set apart by spaces, in a table of fixed width", " 00004     1 19970101  2   29.33\r\n 00004     1 19970118 12  129.73 \r\n 00021     2 19970101  3   63.34\r\n", Options{Columns: Columns{Customer: "1", Date: "3", Amount: "5"}},
			[]string{"00004: 1997-01-01 2933 1997-01-18 12973", "00021: 1997-01-01 6334"}},
		{"columns set apart by spaces, with a header", "customer date  amount\na   2025-01-02   1\nb   2025-01-03  10\n", Options{}, []string{"a: 2025-01-02 100", "b: 2025-01-03 1000"}},
		{"headers that may mean the customer and the amount", "cust_id,date,qty,spent\n1,2025-01-02,3,4\n", Options{}, []string{"1: 2025-01-02 400"}},
		{"which are not asked where there is better", "id,sample-id,date,spent,dollar_value\n1,7,2025-01-02,3,4\n", Options{}, []string{"1: 2025-01-02 400"}},
		{"nor where they are named", "masterid,sampleid,date,money,spent\n1,7,2025-01-02,3,4\n", Options{Columns: Columns{Customer: "sampleid", Amount: "spent"}}, []string{"7: 2025-01-02 400"}},
		{"amounts of another currency may be great", "customer,date,amount,currency\na,2025-01-02,92233720368547758.07,USD\na,2025-01-02,1,EUR\nb,2025-01-02,92233720368547757.07,EUR\n", Options{Currency: "EUR"},
			[]string{"a: 2025-01-02 100", "b: 2025-01-02 9223372036854775707"}},
		{"numbers of customers that were floats once", "CustomerID,date,amount\n6017850178501.0,2025-01-02,1\n6017850178501,2025-01-03,1\n17850.5,2025-01-03,1\nx.0,2025-01-03,1\n", Options{},
			[]string{"6017850178501: 2025-01-02 100 2025-01-03 100", "17850.5: 2025-01-03 100", "x.0: 2025-01-03 100"}},
		{"the second column of customers where the first is empty", "customer_id,email,date,amount\n1,,2025-01-02,1\n,b@x,2025-01-02,2\n", Options{},
			[]string{"1: 2025-01-02 100", "b@x: 2025-01-02 200"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := read(t, c.data, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, told(l)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestFilesThatCannotBeReadSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name, data string
		opts       Options
		kind       error
		want       string
	}{
		{"an empty file", "", Options{}, ErrEmpty, "orders.csv: no orders: the file is empty"},
		{"blank lines only", "\n\n", Options{}, ErrEmpty, "orders.csv: no orders: the file is empty"},
		{"a header only", "customer,date,amount\n", Options{}, ErrEmpty, "orders.csv: no orders: there is a header and no row after it"},
		{"no order that counts", "customer,date,amount\na,2025-01-02,0\n,2025-01-02,4\n", Options{}, ErrEmpty,
			"orders.csv: no orders: of 2 rows none is an order that counts (1 of no value, 1 without a customer)"},
		{"refunds only", "customer,date,amount\na,2025-01-02,-5\nb,2025-01-02,-5\n", Options{}, ErrEmpty,
			"orders.csv: no orders: of 2 rows none is an order that counts (2 that give money back)"},
		{"a spreadsheet", "PK\x03\x04\x14\x00", Options{}, ErrNotText, "orders.csv: not a text file: it is a spreadsheet or an archive; save it as CSV, or unpack it"},
		{"anything but text", "a\x00b,\xff\x01\n", Options{}, ErrNotText, "orders.csv: not a text file: it has bytes of zero; export it as CSV"},
		{"a column that is not found", "who,date,amount\na,2025-01-02,0\n", Options{}, ErrColumns,
			"orders.csv:1: columns unclear: no column looks like the customer; name it with --customer NAME; the columns are: who, date, amount"},
		{"a column that is not there", "customer,date,amount\na,2025-01-02,0\n", Options{Columns: Columns{Amount: "net"}}, ErrColumns,
			`orders.csv:1: columns unclear: --amount "net" is not among the columns: customer, date, amount`},
		{"no header: the first row is shown, with what its columns tell", " 00001     1 19970101  1   11.77\n 00002     2 19970112  5    9\n", Options{}, ErrColumns,
			"orders.csv:1: columns unclear: the first line is data, not a header; say by number which column is which, with --customer N --date N --amount N; the first row is:" +
				"\n  1  00001\n  2  1\n  3  19970101  (looks like a date)\n  4  1\n  5  11.77  (has decimals)"},
		{"no header, and addresses that are nobody's business", "a@x.com,2025-01-02,,0,1\nb@x.com,some day,,0,1\n", Options{Columns: Columns{Customer: "1"}}, ErrColumns,
			"orders.csv:1: columns unclear: the first line is data, not a header; say by number which column is which, with --customer N --date N --amount N; the first row is:" +
				"\n  1  …@…\n  2  2025-01-02\n  3    (empty)\n  4  0\n  5  1"},
		{"two columns that may be the customer", "masterid,sampleid,date,cds,sales\n4,1,19970108,8,80.68\n", Options{}, ErrColumns,
			"orders.csv:1: columns unclear: the customer may be masterid or sampleid; name it with --customer NAME; the columns are: masterid, sampleid, date, cds, sales"},
		{"two that may be the amount, and none for the date", "cust,money,spent\n4,1,8\n", Options{}, ErrColumns,
			"orders.csv:1: columns unclear: no column looks like the date, and the amount may be money or spent; name it with --date NAME --amount NAME; the columns are: cust, money, spent"},
		{"amounts that are too much together", "customer,date,amount\na,2025-01-02,92233720368547000\na,2025-01-03,1\nb,2025-01-02,757.08\n", Options{}, ErrTooMuch,
			"orders.csv:2: amounts too large: together they are more than 92233720368547758.07, the most that can be added up exactly; the greatest is in this line: is it right, and is --amount the right column?"},
		{"lines of one order that are too much together, with refunds", "order_id,customer,date,product,amount,currency\n1,a,2025-01-02,mug,5,EUR\n1,a,2025-01-02,pot,-92233720368547758.03,EUR\n", Options{}, ErrTooMuch,
			"orders.csv:3: amounts too large: together they are more than 92233720368547758.07 EUR, the most that can be added up exactly; the greatest is in this line: is it right, and is --amount the right column?"},
		{"dates of either order", "customer,date,amount\na,2025-01-02,1\na,03/04/2025,1\n", Options{}, ErrAmbiguous,
			"orders.csv:3: ambiguous dates: no date in the file tells whether 03/04/2025 begins with the day or the month; say it with --date-order dmy or --date-order mdy"},
		{"dates of both orders", "customer,date,amount\na,13/04/2025,1\na,04/13/2025,1\n", Options{}, ErrAmbiguous,
			"orders.csv:2: ambiguous dates: 13/04/2025 begins with the day, and 04/13/2025 in line 3 with the month; say which is right with --date-order dmy or --date-order mdy"},
		{"more than one bad row in twenty", "customer,date,amount\na,2025-01-02,1\nb,soon,1\n", Options{}, ErrTooBad,
			"orders.csv: too many bad rows: 1 of 2 are not understood (50.0 %, at most 5 % may be); look at them with --rejects FILE, or go on without them with --lenient\n  orders.csv:3: date not understood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(t, c.data, c.opts)
			if !errors.Is(err, c.kind) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestBadRowsAreCountedAndKept(t *testing.T) {
	data := "order_id,customer,date,amount,currency\n" +
		"1,a,2025-01-02,1,EUR\n" +
		"2,b,2025-02-30,1,EUR\n" +
		"3,b,,1,EUR\n" +
		"4,b,2025-01-02,one,EUR\n" +
		"5,b,2025-01-02,92233720368547758.08,EUR\n" + // 2^63 cents
		"6,b,2025-07-30,1,EUR\n" +
		"7,b\n" +
		"8,\"b\nb\",2025-01-02,1,Euro\n" +
		"9,b,2025-01-02,\"2,50\",EUR\n" +
		"10,b,2025-01-02,,EUR\n" +
		"11,b,1812-01-02,1,EUR\n" +
		"12,b,2025-01-02,92233720368547757.07,EUR\n"
	var rejects bytes.Buffer
	l, err := read(t, data, Options{Lenient: true, Rejects: &rejects})
	if err != nil {
		t.Fatal(err)
	}
	want := Reading{File: "orders.csv", Encoding: "UTF-8", Delimiter: ",", Decimal: ".", Rows: 12, Bad: 10, Currency: "EUR",
		Columns: map[string]string{"order": "order_id", "customer": "customer", "date": "date", "amount": "amount", "currency": "currency"},
		Left:    map[Why]int64{},
		Reasons: map[string]int64{"no such day": 1, "date is empty": 1, "amount not understood": 1, "amount too large": 1, "date in the future": 1,
			"too few fields": 1, "currency not understood": 1, commaAmount: 1, "amount is empty": 1, "year out of range": 1},
		Examples: []Problem{{3, "no such day"}, {4, "date is empty"}, {5, "amount not understood"}, {6, "amount too large"}, {7, "date in the future"},
			{8, "too few fields"}, {9, "currency not understood"}, {11, commaAmount}, {13, "year out of range"}, {12, "amount is empty"}}}
	if diff := cmp.Diff(want, l.Reading); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := strings.Count(rejects.String(), "\n"); got != 12 || !strings.Contains(rejects.String(), "5,amount not understood,\"4,b,2025-01-02,one,EUR\"\n") {
		t.Errorf("rejects:\n%s", rejects.String())
	}
	if diff := cmp.Diff([]string{"a: 2025-01-02 100", "b: 2025-01-02 9223372036854775707"}, told(l)[:2]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestProductsAreCodesWithTitles(t *testing.T) {
	data := "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID\n" +
		"1,A,?,-6,2010-12-01,2.55,17850\n2,A,,1,2010-12-02,1,17850\n2,B,,1,2010-12-02,1,17850\n3,A,RED MUG,1,2010-12-03,1,17850\n4,A,red mug,1,2010-12-04,1,17850\n"
	for _, c := range []struct {
		name, data string
		opts       Options
		titled     bool
		want       []string
	}{
		{"the first description that was sold, and the code where there is none", data, Options{}, true, []string{"A: RED MUG", "B: B"}},
		{"unless the products are named", data, Options{Columns: Columns{Product: "stockcode"}}, false, []string{"A: A", "B: B"}},
		{"names of products need none", "customer,date,amount,product,description\na,2025-01-02,1,mug,red\n", Options{}, false, []string{"mug: mug"}},
	} {
		l, err := read(t, c.data, c.opts)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range l.Products.Len() {
			got = append(got, l.Products.Name(i)+": "+l.Title(uint32(i)))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || l.Titled() != c.titled {
			t.Errorf("%s: titled %v: -want +got\n%s", c.name, l.Titled(), diff)
		}
	}
}

func TestExportsAreRecognised(t *testing.T) {
	for _, c := range []struct {
		name, data, export string
		want               []string
		left               map[Why]int64
		lines              int
	}{
		{"Shopify's, with several rows an order, refunds, voids and phones",
			"Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Cancelled at,Refunded Amount,Vendor,Id,Phone\n" +
				"#1003,ann@x.com,paid,2025-01-05,EUR,30,5,0,35.00,2025-01-05 10:00:00 +0100,1,Mug,10,,5.00,Acme,103,\n" +
				"#1003,ann@x.com,,,,,,,,2025-01-05 10:00:00 +0100,2,Hat,10,,,Acme,,\n" +
				"#1002,,paid,2025-01-04,EUR,10,0,0,10.00,2025-01-04 10:00:00 +0100,1,Mug,10,,0.00,Acme,102,+491\n" +
				"#1001,bob@x.com,voided,,EUR,10,0,0,10.00,2025-01-03 10:00:00 +0100,1,Mug,10,,0.00,Acme,101,\n" +
				"#1000,bob@x.com,refunded,,EUR,10,0,0,10.00,2025-01-02 10:00:00 +0100,1,Mug,10,,10.00,Acme,100,\n" +
				"#1000,bob@x.com,,,,,,,,2025-01-02 10:00:00 +0100,2,Hat,10,,,Acme,,\n" +
				"#999,bob@x.com,paid,,EUR,10,0,0,10.00,2025-01-02 09:00:00 +0100,1,Mug,10,2025-01-02 10:00:00 +0100,0.00,Acme,99,\n",
			"Shopify", []string{"ann@x.com: 2025-01-05 3000", "+491: 2025-01-04 1000", "bob@x.com:"}, map[Why]int64{Cancelled: 2, Refunded: 1}, 3},
		{"Stripe's, with failed and refunded payments",
			"id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email,Description\n" +
				"ch_1,2025-01-05 23:30:00,20.00,0.00,eur,Paid,cus_1,ann@x.com,first\n" +
				"ch_2,2025-01-06 23:30:00,20.00,20.00,eur,Refunded,cus_1,ann@x.com,\n" +
				"ch_3,2025-01-07 23:30:00,20.00,0.00,eur,Failed,cus_1,ann@x.com,\n" +
				"ch_4,2025-01-08 23:30:00,7.50,2.50,eur,Paid,cus_2,,\n",
			"Stripe", []string{"ann@x.com: 2025-01-05 2000", "cus_2: 2025-01-08 500"}, map[Why]int64{Cancelled: 1, Refunded: 1}, 0},
		{"WooCommerce's, with a row for every line and the total in each",
			"Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Item Name,Quantity,Item Cost\n" +
				"12,Completed,2025-01-05,ann@x.com,30.00,Mug,1,10\n" +
				"12,Completed,2025-01-05,ann@x.com,30.00,Hat,2,10\n" +
				"13,Pending payment,2025-01-05,bob@x.com,10.00,Mug,1,10\n" +
				"14,Processing,2025-01-06,bob@x.com,10.00,Mug,1,10\n",
			"WooCommerce", []string{"ann@x.com: 2025-01-05 3000", "bob@x.com: 2025-01-06 1000"}, map[Why]int64{Cancelled: 1, Repeated: 1}, 3},
		{"WooCommerce's of orders, in which guests have the id 0, and refunds a column",
			"order_id,order_number,date,status,order_total,refunded_total,order_currency,customer_id,billing_email\n" +
				"1,1001,2023-01-05 10:11:12,completed,35.00,0.00,EUR,17,ann@x.com\n" +
				"2,1002,2023-01-06 10:11:12,cancelled,35.00,0.00,EUR,0,bob@x.com\n" +
				"3,1003,2023-01-07 10:11:12,processing,35.00,10.00,EUR,0,bob@x.com\n" +
				"4,1004,2023-01-08 10:11:12,processing,35.00,0.00,EUR,0,cy@x.com\n",
			"WooCommerce", []string{"ann@x.com: 2023-01-05 3500", "bob@x.com: 2023-01-07 2500", "cy@x.com: 2023-01-08 3500"}, map[Why]int64{Cancelled: 1}, 0},
		{"WooCommerce's of its analytics, with amounts as they are shown and as they are",
			"Date,Order #,N. Revenue (formatted),Status,Customer,Product(s),Items sold,N. Revenue\n" +
				"2023-01-05 10:11:12,1001,€35.00,completed,Ann A,\"1× Mug, 2× Hat\",3,35\n" +
				"2023-01-06 10:11:12,1002,\"€1,035.00\",processing,Bob B,1× Mug,1,1035\n",
			"WooCommerce", []string{"Ann A: 2023-01-05 3500", "Bob B: 2023-01-06 103500"}, map[Why]int64{}, 2},
		{"Stripe's payments that were never made",
			"id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email\n" +
				"ch_1,2025-01-05 23:30:00,20.00,0.00,eur,Paid,cus_1,ann@x.com\n" +
				"ch_2,2025-01-06 23:30:00,20.00,0.00,eur,requires_payment_method,cus_1,ann@x.com\n" +
				"ch_3,2025-01-06 23:30:00,20.00,0.00,eur,Incomplete,cus_1,ann@x.com\n",
			"Stripe", []string{"ann@x.com: 2025-01-05 2000"}, map[Why]int64{Cancelled: 2}, 0},
		{"Stripe's balance, whose id is no customer",
			"id,Type,Amount,Net,Currency,Created (UTC),Customer ID (metadata),Customer Email (metadata)\n" +
				"txn_1,charge,20.00,19.50,eur,2023-01-05 10:11,,ann@x.com\n" +
				"txn_2,refund,-5.00,-5.00,eur,2023-01-06 10:11,,ann@x.com\n",
			"", []string{"ann@x.com: 2023-01-05 2000 2023-01-06 -500"}, map[Why]int64{}, 0},
		{"UCI's retail data, with cancelled invoices, gifts, bad debts and nobody's orders",
			"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" +
				"536365,85123A,HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom\n" +
				"536365,71053,LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom\n" +
				"536370,22728,CLOCK,24,12/13/2010 8:45,3.75,12583,France\n" +
				"C536379,D,Discount,-1,12/1/2010 9:41,27.50,14527,United Kingdom\n" +
				"536414,22139,,56,12/1/2010 11:52,0,,United Kingdom\n" +
				"536544,21773,ROSE,1,12/1/2010 14:32,2.51,,United Kingdom\n" +
				"A563186,B,Adjust bad debt,1,8/12/2011 14:51,-11062.06,,United Kingdom\n" +
				"C536383,35004C,DUCKS,-1,12/1/2010 9:49,4.65,17850,United Kingdom\n" +
				"581588,22138,CAF\xc9 SET,3,12/9/2011 12:50,4.95,12680,France\n",
			"", []string{"17850: 2010-12-01 3564 2010-12-01 -465", "12583: 2010-12-13 9000", "14527: 2010-12-01 -2750", "12680: 2011-12-09 1485"}, map[Why]int64{Free: 1, Guest: 2}, 5},
		{"UCI's second retail data, whose customers are floats",
			"Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n" +
				"489434,85048,LIGHTS,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom\n" +
				"C489449,22087,BUNTING,-12,2009-12-01 10:33:00,2.95,16321.0,Australia\n" +
				"489464,21733,85123a mixed,-96,2009-12-01 10:52:00,0.0,,United Kingdom\n",
			"", []string{"13085: 2009-12-01 8340", "16321: 2009-12-01 -3540"}, map[Why]int64{Free: 1}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := read(t, c.data, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if l.Reading.Export != c.export || len(l.Lines) != c.lines {
				t.Errorf("export %q with %d lines, want %q with %d", l.Reading.Export, len(l.Lines), c.export, c.lines)
			}
			if diff := cmp.Diff(c.want, told(l)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(c.left, l.Reading.Left); diff != "" {
				t.Errorf("left out: -want +got\n%s", diff)
			}
		})
	}
}

func TestCompressedFilesAreRead(t *testing.T) {
	plain := "customer,date,amount\na,2025-01-02,10.00\n"
	var gz, zst bytes.Buffer
	z := gzip.NewWriter(&gz)
	_, _ = z.Write([]byte(plain))
	_ = z.Close()
	s, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = s.Write([]byte(plain))
	_ = s.Close()
	for name, data := range map[string]string{"gz": gz.String(), "zst": zst.String()} {
		l, err := read(t, data, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff([]string{"a: 2025-01-02 1000"}, told(l)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	if _, err := read(t, gz.String()[:20], Options{}); err == nil {
		t.Error("a file that is broken off was read")
	}
}
