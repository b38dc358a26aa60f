package metric

import (
	"encoding/binary"
	"errors"
)

// integers are a table of numbers that packs to a few bytes a number.
type integers []int64

func (v integers) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint(nil, uint64(len(v)))
	for _, n := range v {
		out = binary.AppendVarint(out, n)
	}
	return out, nil
}

var errIntegers = errors.New("numbers are broken off")

// UnmarshalBinary reads what MarshalBinary wrote.
func (v *integers) UnmarshalBinary(data []byte) error {
	n, k := binary.Uvarint(data)
	if k <= 0 || n > uint64(len(data)) {
		return errIntegers
	}
	data = data[k:]
	*v = make(integers, n)
	for i := range *v {
		value, k := binary.Varint(data)
		if k <= 0 {
			return errIntegers
		}
		(*v)[i], data = value, data[k:]
	}
	if len(data) > 0 {
		return errIntegers
	}
	return nil
}
