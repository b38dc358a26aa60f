package dynamo

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
	"holdfast/internal/storetest"
)

// A recording answers every request with one body.
type recording []byte

func (r recording) Do(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewReader(r)), ContentLength: int64(len(r)),
	}, nil
}

// BenchmarkScanPage reads a page of 1 MB of reference profiles through the
// client alone and through the store; the second may take 1.5 times the first.
func BenchmarkScanPage(b *testing.B) {
	page, n := scanPage(b)
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", HTTPClient: page, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	per := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/profile")
	}
	b.Run("client", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			out, err := client.Scan(b.Context(), &dynamodb.ScanInput{TableName: aws.String("profiles"), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
			if err != nil || len(out.Items) != n {
				b.Fatal(err)
			}
		}
		per(b)
	})
	b.Run("store", func(b *testing.B) {
		b.ReportAllocs()
		s := Open(client, Tables{Profiles: "profiles"})
		for b.Loop() {
			all, _, err := s.ScanProfiles(b.Context(), 0, 1, "")
			if err != nil || len(all) != n {
				b.Fatal(err)
			}
		}
		per(b)
	})
}

func BenchmarkProfileItem(b *testing.B) {
	p := storetest.ReferenceProfile()
	it := profileItem(p)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			profileItem(p)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := profileOf(it); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// scanPage returns the answer to a scan of as many reference profiles as fit
// into 1 MB, and how many those are.
func scanPage(b *testing.B) (recording, int) {
	var page bytes.Buffer
	page.WriteString(`{"Items":[`)
	n, total := 0, 0
	for ; total < 1<<20; n++ {
		p := storetest.ReferenceProfile()
		p.ID = customer.Identity(fmt.Sprint(n)).ID()
		it := profileItem(p)
		total += size(it)
		if n > 0 {
			page.WriteByte(',')
		}
		writeMap(b, &page, it)
	}
	fmt.Fprintf(&page, `],"Count":%d,"ScannedCount":%d,"ConsumedCapacity":{"CapacityUnits":128,"TableName":"profiles"}}`, n, n)
	return page.Bytes(), n
}

func writeMap(b *testing.B, w *bytes.Buffer, it item) {
	w.WriteByte('{')
	first := true
	for name, v := range it {
		if !first {
			w.WriteByte(',')
		}
		first = false
		fmt.Fprintf(w, "%q:", name)
		writeValue(b, w, v)
	}
	w.WriteByte('}')
}

func writeValue(b *testing.B, w *bytes.Buffer, v types.AttributeValue) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		fmt.Fprintf(w, `{"S":%q}`, v.Value)
	case *types.AttributeValueMemberN:
		fmt.Fprintf(w, `{"N":%q}`, v.Value)
	case *types.AttributeValueMemberBOOL:
		fmt.Fprintf(w, `{"BOOL":%t}`, v.Value)
	case *types.AttributeValueMemberL:
		w.WriteString(`{"L":[`)
		for i, e := range v.Value {
			if i > 0 {
				w.WriteByte(',')
			}
			writeValue(b, w, e)
		}
		w.WriteString(`]}`)
	case *types.AttributeValueMemberM:
		w.WriteString(`{"M":`)
		writeMap(b, w, v.Value)
		w.WriteByte('}')
	default:
		b.Fatalf("an attribute of a kind that the store never writes: %T", v)
	}
}
