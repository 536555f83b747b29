package sqlite

import (
	"encoding/binary"
	"time"

	"github.com/instep-go/instep"
)

// The column fields of a fence holds one field after the other, without
// anything before or between them:
//
//	number   four times the rule, and fieldPending and fieldTimed where so
//	byte     Back
//	4 bytes  Hash, little-endian
//	4 bytes  Was
//	signed   microseconds since the time of the field before, since 1970 for
//	         the first one that has a time; only if fieldTimed
//
// Numbers are varints. Most fields of a fence have the same time, so that
// they take eleven bytes each, an eighth of what they would take as JSON: a
// first load may leave a fence for every record.
const (
	fieldTimed   = 1 << iota // At is not zero
	fieldPending             // Pending
	fieldBits    = iota
)

func encodeFields(fields []instep.FencedField) []byte {
	b := make([]byte, 0, 12*len(fields)+8)
	last := int64(0)
	for _, f := range fields {
		n := uint64(f.Rule) << fieldBits
		if f.Pending {
			n |= fieldPending
		}
		if !f.At.IsZero() {
			n |= fieldTimed
		}
		b = append(binary.AppendUvarint(b, n), f.Back)
		b = binary.LittleEndian.AppendUint32(b, f.Hash)
		b = binary.LittleEndian.AppendUint32(b, f.Was)
		if n&fieldTimed != 0 {
			us := f.At.UnixMicro()
			b = binary.AppendVarint(b, us-last)
			last = us
		}
	}
	return b
}

func decodeFields(b []byte) ([]instep.FencedField, error) {
	var fields []instep.FencedField
	r := reader{rest: b}
	last := int64(0)
	for len(r.rest) > 0 && !r.bad {
		n := r.number()
		f := instep.FencedField{Rule: uint16(n >> fieldBits), Pending: n&fieldPending != 0, Back: r.take(1)[0]}
		f.Hash, f.Was = binary.LittleEndian.Uint32(r.take(4)), binary.LittleEndian.Uint32(r.take(4))
		r.bad = r.bad || n>>fieldBits != int(f.Rule)
		if n&fieldTimed != 0 {
			last += r.signed()
			f.At = time.UnixMicro(last).UTC()
		}
		fields = append(fields, f)
	}
	if r.bad {
		return nil, damaged("the fields of a fence cannot be read")
	}
	return fields, nil
}
