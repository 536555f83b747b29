package reconcile

import (
	"encoding/binary"
	"slices"

	"github.com/instep-go/instep"
)

// packed keeps the fields of many records in little room, until they are
// written. Values that repeat, such as countries and groups, are kept once.
type packed struct {
	spill  *spill // for all but the last blocks; nil: they are kept
	n      int
	shapes []shape
	bytes  arena
	odd    []instep.Value // those that are no text and do not repeat
	full   bool
	rules  int // of the vectors
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

// keptBlocks is how many blocks are kept in memory of those that are spilled.
const keptBlocks = 16

// add packs the fields of a record, and its vector where it is spilled; nowhere
// if there is no room.
func (p *packed) add(f instep.Fields, vec vector) place {
	shape := p.shapeOf(f)
	b := p.buf[:0]
	if p.spill != nil {
		for _, h := range vec {
			b = binary.LittleEndian.AppendUint32(b, h)
		}
		p.rules = len(vec)
	}
	b = binary.AppendUvarint(b, uint64(shape))
	for i := range f.Len() {
		b = p.appendValue(b, &p.shapes[shape].repeats[i], f.At(i).Value)
	}
	p.buf = b
	at := p.bytes.add(b)
	if at != nowhere {
		p.n++
		p.spillOne()
	}
	return at
}

// spillOne puts the latest block that is not kept into the file. If that fails,
// the disk being full, there is no more room than there is in memory.
func (p *packed) spillOne() {
	n := len(p.bytes) - 1 - keptBlocks
	if p.spill == nil || n < 0 || p.bytes[n].Len() == 0 || p.bytes[n].Len() > arenaBlock {
		return
	}
	if p.full = !p.spill.put(n, p.bytes[n].String()); !p.full {
		p.bytes[n].Reset()
	}
}

// hasRoom reports whether a further record can be held, where most are held in
// memory.
func (p *packed) hasRoom(most int) bool {
	return p.n < most && p.spill == nil || p.spill != nil && !p.full
}

// from returns the text at a place and those behind it, if it can be had.
func (p *packed) from(at place) (text string, ok bool) {
	if n := int(at / arenaBlock); p.spill != nil && p.bytes[n].Len() == 0 {
		text, ok = p.spill.get(n)
		return text[min(int(at%arenaBlock), len(text)):], ok
	}
	return p.bytes.from(at), true
}

// vec returns the vector of the record at a place; nil if it cannot be had.
func (p *packed) vec(at place) vector {
	text, ok := p.from(at)
	if !ok || p.rules == 0 {
		return nil
	}
	v := make(vector, p.rules)
	for i := range v {
		h := text[4*i : 4*i+4]
		v[i] = uint32(h[0]) | uint32(h[1])<<8 | uint32(h[2])<<16 | uint32(h[3])<<24
	}
	return v
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
func (p *packed) appendTo(fields []instep.Field, at place) (all []instep.Field, ok bool) {
	text, ok := p.from(at)
	if !ok {
		return fields, false
	}
	r := packedReader{text[4*p.rules:]}
	s := &p.shapes[r.number()]
	if fields == nil {
		fields = p.pieces.take(len(s.names), 1<<10)[:0]
	}
	for i, name := range s.names {
		fields = append(fields, instep.Field{Name: name, Value: r.value(p, &s.repeats[i])})
	}
	return fields, true
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
