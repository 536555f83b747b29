package reconcile

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// packed keeps the fields of many records in little room, until they are
// written. Names are kept once, and so are values that repeat, such as
// countries and groups.
type packed struct {
	spill  *spill // for all but the last blocks; nil: they are kept
	n      int
	fields []packedField
	sorted []int // the numbers of fields, in the order of their names
	in     []int // where in the record at hand each field is; -1: not there
	bytes  arena
	odd    []instep.Value // those that are no text and do not repeat
	full   bool
	rules  int // of the vectors
	buf    []byte
}

// packedField is a field that records have, and its first values.
type packedField struct {
	name    string
	numbers map[instep.Value]byte
	values  []instep.Value
}

// A value is a byte: its number among those that repeat, or one of these.
const (
	asText      = 0xff // its length and bytes follow
	asOdd       = 0xfe // its number among the odd ones follows
	asAbsent    = 0xfd
	mostRepeats = 0xfd
)

// keptBlocks is how many blocks are kept in memory of those that are spilled.
const keptBlocks = 16

// add packs the fields of a record, and its vector where it is spilled; nowhere
// if there is no room.
func (p *packed) add(f instep.Fields, vec vector) place {
	p.locate(f)
	b := p.buf[:0]
	if p.spill != nil {
		for _, h := range vec {
			b = binary.LittleEndian.AppendUint32(b, h)
		}
		p.rules = len(vec)
	}
	b = binary.AppendUvarint(b, uint64(len(p.fields)))
	for n, at := range p.in {
		if at < 0 {
			b = append(b, asAbsent)
		} else {
			b = p.appendValue(b, &p.fields[n], f.At(at).Value)
		}
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
	if p.spill != nil {
		return !p.full
	}
	return p.n < most
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

// locate finds out where in a record each field is, and takes up fields that no
// record had before.
func (p *packed) locate(f instep.Fields) {
	at := 0
	for _, n := range p.sorted {
		if p.in[n] = -1; at < f.Len() && f.At(at).Name == p.fields[n].name {
			p.in[n] = at
			at++
		}
	}
	if at == f.Len() {
		return
	}
	for name := range f.All() {
		at, known := slices.BinarySearchFunc(p.sorted, name, func(n int, name string) int { return strings.Compare(p.fields[n].name, name) })
		if !known {
			p.sorted = slices.Insert(p.sorted, at, len(p.fields))
			p.fields, p.in = append(p.fields, packedField{name: name, numbers: map[instep.Value]byte{}}), append(p.in, -1)
		}
	}
	p.locate(f)
}

func (p *packed) appendValue(b []byte, r *packedField, v instep.Value) []byte {
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

// appendTo appends the fields of the record at a place, if they can be had.
func (p *packed) appendTo(fields []instep.Field, at place) (all []instep.Field, ok bool) {
	text, ok := p.from(at)
	if !ok {
		return fields, false
	}
	r := packedReader{text[4*p.rules:]}
	values := make([]instep.Value, 0, 32)
	for n := range r.number() {
		values = append(values, r.value(p, &p.fields[n]))
	}
	fields = slices.Grow(fields, len(values))
	for _, n := range p.sorted {
		if n < len(values) && !values[n].IsAbsent() {
			fields = append(fields, instep.Field{Name: p.fields[n].name, Value: values[n]})
		}
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

func (r *packedReader) value(p *packed, field *packedField) instep.Value {
	tag := r.rest[0]
	r.rest = r.rest[1:]
	switch tag {
	case asText:
		return instep.String(r.text())
	case asOdd:
		return p.odd[r.number()]
	case asAbsent:
		return instep.Value{}
	default:
		return field.values[tag]
	}
}
