package dynamo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holdfast/internal/customer"
	"holdfast/internal/storetest"
)

func TestInstantsAreDecimalSeconds(t *testing.T) {
	for _, c := range []struct {
		name string
		t    time.Time
		want string
	}{
		{"zero is nothing", time.Time{}, ""},
		{"1970 is 0", time.Unix(0, 0), "0"},
		{"whole seconds have no fraction", time.Unix(1700000000, 0), "1700000000"},
		{"a fraction is as long as need be", time.Unix(1700000000, 120_000_000), "1700000000.12"},
		{"nanoseconds stay", time.Unix(1, 1), "1.000000001"},
		{"half a second before 1970", time.Unix(-1, 500_000_000), "-0.5"},
		{"before 1970", time.Unix(-2, 250_000_000), "-1.75"},
		{"another zone is the same instant", time.Unix(5, 0).In(time.FixedZone("", 3600)), "5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := seconds(c.t); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			back, err := parseSeconds(c.want)
			if err != nil || !back.Equal(c.t) || back.Location() != time.UTC {
				t.Errorf("read as %v and error %v, want %v", back, err, c.t)
			}
		})
	}
	for _, bad := range []string{"x", "1.x", "1.-5", "1.0000000001", ".", "-", "1.5e3", "--1", " 1"} {
		if got, err := parseSeconds(bad); err == nil {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}

func TestAMalformedProfileIsAnErrorThatNamesIt(t *testing.T) {
	for name, value := range map[string]types.AttributeValue{
		"v": &types.AttributeValueMemberN{Value: "1.5"},
		"q": text("yesterday"),
		"b": text("1.2.3"),
		"m": text("subscribed ~soon"),
		"k": &types.AttributeValueMemberL{Value: []types.AttributeValue{text("EUR five")}},
		"S": &types.AttributeValueMemberL{Value: []types.AttributeValue{text("page_view;1 1;x 1")}},
		"j": text("nine"),
		"G": text("TEA-1 Assam tea 1 x"),
		"T": &types.AttributeValueMemberL{Value: []types.AttributeValue{text("0;1 x")}},
		"D": text("1 2 3 4;vip ~never"),
	} {
		t.Run(name, func(t *testing.T) {
			it := profileItem(storetest.ReferenceProfile())
			it[name] = value
			if p, err := profileOf(it); err == nil || !strings.Contains(err.Error(), string(storetest.ReferenceProfile().ID)) {
				t.Errorf("got %+v and error %v", p, err)
			}
		})
	}
}

func TestGoodsKeepWhatTheirNamesAreMadeOf(t *testing.T) {
	want := []customer.Good{
		{SKU: "A;1", Title: "100 % tea", Category: "=", Units: 1, Days: 1, First: 20000, Last: 20001},
		{Title: "=", Category: "=", Units: 2, Days: 2, First: 19000, Last: 20001},
		{SKU: "B", Category: "%3D", Units: 1, Days: 1, First: 18000, Last: 18000},
		{SKU: "C", Units: 1, Days: 1, First: -3, Last: -2},
		{SKU: "D", Units: 1, Days: 1, First: -3, Last: -3},
	}
	u := unpacker{s: packGoods(want)}
	if diff := cmp.Diff(want, goods(&u)); diff != "" || u.err != nil {
		t.Errorf("error %v (-want +got):\n%s", u.err, diff)
	}
}

func TestInstantsInPackedTextsStayWhatTheyAre(t *testing.T) {
	for _, want := range []time.Time{{}, time.Unix(0, 0), time.Unix(1_767_225_600, 0), time.Unix(1, 1), time.Unix(-1, 0), time.Unix(-2, 250_000_000), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)} {
		var w packer
		w.time(want)
		u := unpacker{s: w.String()}
		if got := u.time(); !got.Equal(want) || u.err != nil {
			t.Errorf("%v came back as %v from %q, error %v", want, got, w.String(), u.err)
		}
	}
}

func TestFieldsThatAreNotStoredYetReadAsZero(t *testing.T) {
	u := unpacker{s: "EUR 5"}
	want := customer.Book{Currency: "EUR", Orders: 5}
	if diff := cmp.Diff(want, book(&u)); diff != "" || u.err != nil {
		t.Errorf("error %v (-want +got):\n%s", u.err, diff)
	}
}

func TestOnlyWaitingSendsAreInTheDueIndex(t *testing.T) {
	for _, status := range []customer.SendStatus{
		customer.Planned, customer.Claimed, customer.Sent, customer.Delivered, customer.Bounced, customer.Complained,
		customer.Skipped, customer.HeldOut, customer.Failed, customer.Unknown,
	} {
		s := customer.Send{
			SendKey: customer.SendKey{Customer: "cabc", Campaign: "winback", Occurrence: "once", Step: 1}, Status: status,
			Due: time.Unix(0, 0), Claimed: time.Unix(60, 5), Settled: time.Unix(120, 0),
		}
		it, err := sendItem(s)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{getText(it, "due_shard"), getText(it, "due_at"), getText(it, "campaign"), getText(it, "status_at")}
		want := []string{"", "", "winback", string(status) + "#1970-01-01T00:02:00.000000000Z"}
		switch status {
		case customer.Planned:
			want = []string{"planned#6", "1970-01-01T00:00:00.000000000Z", "winback", "planned#0001-01-01T00:00:00.000000000Z"}
		case customer.Claimed:
			want = []string{"claimed#6", "1970-01-01T00:01:00.000000005Z", "winback", "claimed#1970-01-01T00:01:00.000000005Z"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", status, got, want)
		}
	}
}

func TestItemsExpireNeverTooEarly(t *testing.T) {
	for _, c := range []struct {
		name    string
		expires time.Time
		want    string
	}{
		{"never", time.Time{}, ""},
		{"at a whole second", time.Unix(1700000000, 0), "1700000000"},
		{"a little later", time.Unix(1700000000, 1), "1700000001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := item{}
			setExpiry(it, c.expires)
			got := ""
			if n, ok := it[TTL].(*types.AttributeValueMemberN); ok {
				got = n.Value
			}
			back, err := getExpiry(it)
			if got != c.want || err != nil || !back.Equal(c.expires) {
				t.Errorf("got ttl %q, read as %v and error %v; want %q and %v", got, back, err, c.want, c.expires)
			}
		})
	}
}

func FuzzPacked(f *testing.F) {
	for _, s := range []string{"", "EUR 5 100  0 1 2.5;1 1 1", "%3B%20%25%zz;; ;", "vip -0.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		it := item{"pk": text("c")}
		for _, name := range []string{"m", "h", "u", "w", "y", "j", "A", "D", "q", "b"} {
			it[name] = text(s)
		}
		for _, name := range []string{"k", "S"} {
			it[name] = &types.AttributeValueMemberL{Value: []types.AttributeValue{text(s)}}
		}
		p, err := profileOf(it)
		if err != nil {
			return
		}
		again, err := profileOf(profileItem(p))
		if diff := cmp.Diff(p, again, cmpopts.EquateNaNs()); diff != "" || err != nil {
			t.Errorf("error %v (-read +read again):\n%s", err, diff)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"winback#once#01", "a#b#c#-3", "##", "#", "a#b#+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := parseKey("c", s)
		if err != nil {
			return
		}
		if again, err := parseKey("c", k.String()); err != nil || again != k {
			t.Errorf("read %+v, then %+v and error %v", k, again, err)
		}
	})
}

func FuzzParseDueCursor(f *testing.F) {
	for _, s := range []string{"", "3", "15 2026-01-01T00:00:00.000000000Z cabc winback#a b#01", "16", "-1", "1 2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseDueCursor(s)
		if err != nil {
			return
		}
		if again, err := parseDueCursor(c.String()); err != nil || again != c && c.pk != "" {
			t.Errorf("read %+v, then %+v and error %v", c, again, err)
		}
	})
}
