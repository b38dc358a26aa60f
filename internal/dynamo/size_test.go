package dynamo

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/storetest"
)

// size returns how large DynamoDB counts an item, in bytes: names and texts in
// UTF-8, a number as about one byte for two significant digits and one more,
// three bytes for a list or map and one for each of its elements.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func size(it item) int {
	n := 0
	for name, v := range it {
		n += len(name) + valueSize(v)
	}
	return n
}

func valueSize(v types.AttributeValue) int {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		digits := strings.Trim(strings.TrimPrefix(v.Value, "-"), "0")
		n := (len(digits)+1)/2 + 1
		if strings.HasPrefix(v.Value, "-") {
			n++
		}
		return n
	case *types.AttributeValueMemberBOOL:
		return 1
	case *types.AttributeValueMemberL:
		n := 3
		for _, e := range v.Value {
			n += 1 + valueSize(e)
		}
		return n
	case *types.AttributeValueMemberM:
		return 3 + len(v.Value) + size(v.Value)
	}
	panic("an attribute of a kind that the store never writes")
}

func TestSizeCountsAsDynamoDBDoes(t *testing.T) {
	for _, c := range []struct {
		name string
		it   item
		want int
	}{
		{"a text is its bytes", item{"pk": text("größe")}, 2 + 7},
		{"a number is half its digits and one", item{"v": number(12345)}, 1 + 4},
		{"zeros at the end do not count", item{"v": number(1200000)}, 1 + 2},
		{"a minus counts", item{"v": number(-12)}, 1 + 3},
		{"a list is three and one each", item{"n": &types.AttributeValueMemberL{Value: []types.AttributeValue{text("ab"), text("")}}}, 1 + 3 + 2 + 2},
		{"a map is three and one each, with names", item{"a": &types.AttributeValueMemberM{Value: item{"company": text("x")}}}, 1 + 3 + 1 + 8},
		{"a truth is one", item{"d": &types.AttributeValueMemberBOOL{Value: true}}, 1 + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := size(c.it); got != c.want {
				t.Errorf("got %d bytes, want %d", got, c.want)
			}
		})
	}
}

func TestTheReferenceProfileCostsOneWriteUnit(t *testing.T) {
	got := size(profileItem(storetest.ReferenceProfile()))
	t.Logf("the reference profile is stored in %d bytes", got)
	if got > 1024 {
		t.Errorf("stored in %d bytes, want at most 1,024", got)
	}
}

func TestTheReferenceFactCostsOneWriteUnit(t *testing.T) {
	f := storetest.ReferenceFact()
	it, err := factItem("caaaaaaaaaaaaaaaa", f)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the reference fact is stored in %d bytes", size(it))
	if got := size(it); got > 1024 {
		t.Errorf("stored in %d bytes, want at most 1,024", got)
	}
}
