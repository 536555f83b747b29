package instep

import "encoding/binary"

// AppendCanonical appends the one and only byte form of the value to dst and
// returns it. Equal values have equal bytes and no form is a prefix of
// another, so the bytes can be hashed, compared and put one after the other.
// The form is stable: state on disk depends on it.
func (v Value) AppendCanonical(dst []byte) []byte {
	dst = append(dst, byte(v.typ))
	switch v.typ {
	case TypeAbsent, TypeNull:
		return dst
	case TypeBool, TypeInt, TypeDate:
		return binary.AppendVarint(dst, v.n)
	case TypeTime:
		return binary.AppendUvarint(binary.AppendVarint(dst, v.n), uint64(v.nanos))
	default:
		return appendText(dst, v.s)
	}
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// decoder reads canonical bytes. These come only from AppendCanonical of this
// process, never from outside, hence no error returns.
type decoder struct{ rest string }

func (d *decoder) uvarint() uint64 {
	var n uint64
	for shift := 0; d.rest != ""; shift += 7 {
		b := d.rest[0]
		d.rest = d.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			break
		}
	}
	return n
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) text() string {
	n := min(d.uvarint(), uint64(len(d.rest)))
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) value() Value {
	v := Value{typ: Type(d.rest[0])}
	d.rest = d.rest[1:]
	switch v.typ {
	case TypeAbsent, TypeNull:
	case TypeBool, TypeInt, TypeDate:
		v.n = d.varint()
	case TypeTime:
		v.n = d.varint()
		v.nanos = uint32(d.uvarint())
	default:
		v.s = d.text()
	}
	return v
}
