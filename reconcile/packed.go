package reconcile

import (
	"encoding/binary"
	"slices"

	"github.com/instep-go/instep"
)

// packed keeps the fields of many records in little room, until they are
// written. Values that repeat, such as countries and groups, are kept once.
type packed struct {
	n      int
	shapes []shape
	bytes  arena
	odd    []instep.Value // those that are no text and do not repeat
	buf    []byte
	pieces slab[instep.Field]
}

// shape is what fields records have. Nearly all of a register have the same.
type shape struct {
	names   []string
	repeats []repeats // aligned with names
}

// repeats are the first values of one field.
type repeats struct {
	numbers map[instep.Value]byte
	values  []instep.Value
}

// A value is a byte: its number among those that repeat, or one of these.
const (
	asText      = 0xff // its length and bytes follow
	asOdd       = 0xfe // its number among the odd ones follows
	mostRepeats = 0xfe
)

// add packs the fields of a record; nowhere if there is no room.
func (p *packed) add(f instep.Fields) place {
	shape := p.shapeOf(f)
	b := binary.AppendUvarint(p.buf[:0], uint64(shape))
	for i := range f.Len() {
		b = p.appendValue(b, &p.shapes[shape].repeats[i], f.At(i).Value)
	}
	p.buf = b
	at := p.bytes.add(b)
	if at != nowhere {
		p.n++
	}
	return at
}

// shapeOf returns the number of a record's shape.
func (p *packed) shapeOf(f instep.Fields) int {
	at := slices.IndexFunc(p.shapes, func(s shape) bool { return s.fits(f) })
	if at >= 0 {
		return at
	}
	s := shape{make([]string, f.Len()), make([]repeats, f.Len())}
	for i := range s.names {
		s.names[i], s.repeats[i].numbers = f.At(i).Name, map[instep.Value]byte{}
	}
	p.shapes = append(p.shapes, s)
	return len(p.shapes) - 1
}

func (s shape) fits(f instep.Fields) bool {
	if len(s.names) != f.Len() {
		return false
	}
	for i, name := range s.names {
		if f.At(i).Name != name {
			return false
		}
	}
	return true
}

func (p *packed) appendValue(b []byte, r *repeats, v instep.Value) []byte {
	if n, ok := r.numbers[v]; ok {
		return append(b, n)
	}
	if n := len(r.values); n < mostRepeats {
		r.numbers[v] = byte(n)
		r.values = append(r.values, v)
		return append(b, byte(n))
	}
	if s, ok := v.AsString(); ok {
		return append(binary.AppendUvarint(append(b, asText), uint64(len(s))), s...)
	}
	p.odd = append(p.odd, v)
	return binary.AppendUvarint(append(b, asOdd), uint64(len(p.odd)-1))
}

// appendTo appends the fields of the record at a place: to a piece of memory
// that is nobody else's, if there is nothing to append to.
func (p *packed) appendTo(fields []instep.Field, at place) []instep.Field {
	r := packedReader{p.bytes.from(at)}
	s := &p.shapes[r.number()]
	if fields == nil {
		fields = p.pieces.take(len(s.names), 1<<10)[:0]
	}
	for i, name := range s.names {
		fields = append(fields, instep.Field{Name: name, Value: r.value(p, &s.repeats[i])})
	}
	return fields
}

// packedReader reads what packed.add has written.
type packedReader struct{ rest string }

func (r *packedReader) number() (n int) {
	for shift := 0; ; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

func (r *packedReader) text() string {
	n := r.number()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *packedReader) value(p *packed, known *repeats) instep.Value {
	tag := r.rest[0]
	r.rest = r.rest[1:]
	switch tag {
	case asText:
		return instep.String(r.text())
	case asOdd:
		return p.odd[r.number()]
	default:
		return known.values[tag]
	}
}
