package metric

import (
	"bytes"
	"compress/gzip"
	"encoding"
	"encoding/base64"
	"fmt"
	"io"
)

// maxUnpacked bounds what a packed text may unfold to.
const maxUnpacked = 1 << 30

func encodeText(v encoding.BinaryMarshaler) ([]byte, error) {
	raw, err := v.MarshalBinary()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return []byte(base64.StdEncoding.EncodeToString(buf.Bytes())), nil
}

func decodeText(text []byte, v encoding.BinaryUnmarshaler) error {
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(text)))
	if err != nil {
		return fmt.Errorf("unpack counts: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, maxUnpacked))
	if err != nil {
		return fmt.Errorf("unpack counts: %w", err)
	}
	return v.UnmarshalBinary(raw)
}
