package sqlite

import (
	"encoding/binary"
	"slices"

	"github.com/instep-go/instep"
)

// more is what few links have, at the end of their bodies: parts one after the
// other, each a byte that says which, and its content.
type more struct {
	identity [2]uint64
	version  [2]string
	former   [2]string
	drift    []uint16
	meeting  bool
	sides    []uint8 // of the match keys; nil: those on which the link has records
}

// The parts of more. Those of the two sides stand next to each other.
const (
	partIdentity = 1 // 8 bytes
	partVersion  = 3 // length, bytes
	partDrift    = 5 // count, numbers
	partSides    = 6 // count, bytes
	partMeeting  = 7 // nothing: it is there or not
	partFormer   = 8 // length, bytes
)

// moreOf collects what does not stand elsewhere in the body of the link.
func moreOf(l *instep.Link) more {
	m := more{drift: l.Drift, meeting: l.Meeting}
	for s := range l.Sides {
		m.identity[s], m.version[s], m.former[s] = l.Sides[s].Identity, l.Sides[s].Version, l.Sides[s].Former
	}
	present := presentSides(l)
	if slices.ContainsFunc(l.Keys, func(k instep.KeyHash) bool { return k.Sides != present }) {
		for _, k := range l.Keys {
			m.sides = append(m.sides, k.Sides)
		}
	}
	return m
}

// presentSides says on which sides a link has a record, as KeyHash.Sides does.
func presentSides(l *instep.Link) (sides uint8) {
	for s := range l.Sides {
		if l.Sides[s].ID != "" {
			sides |= 1 << s
		}
	}
	return sides
}

// encode returns nil if there is nothing.
func (m more) encode() []byte {
	var b []byte
	for s := range m.identity {
		if m.identity[s] != 0 {
			b = binary.LittleEndian.AppendUint64(append(b, byte(partIdentity+s)), m.identity[s])
		}
		b = appendPart(b, partVersion+s, m.version[s])
		b = appendPart(b, partFormer+s, m.former[s])
	}
	if len(m.drift) > 0 {
		b = binary.AppendUvarint(append(b, partDrift), uint64(len(m.drift)))
		for _, n := range m.drift {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	if m.meeting {
		b = append(b, partMeeting)
	}
	if len(m.sides) > 0 {
		b = binary.AppendUvarint(append(b, partSides), uint64(len(m.sides)))
		b = append(b, m.sides...)
	}
	return b
}

// appendPart appends a part that is a text, unless it is empty.
func appendPart(b []byte, part int, text string) []byte {
	if text == "" {
		return b
	}
	b = binary.AppendUvarint(append(b, byte(part)), uint64(len(text)))
	return append(b, text...)
}

func decodeMore(b []byte) (more, error) {
	var m more
	r := reader{rest: b}
	for len(r.rest) > 0 && !r.bad {
		switch part := r.take(1)[0]; part {
		case partIdentity, partIdentity + 1:
			m.identity[part-partIdentity] = binary.LittleEndian.Uint64(r.take(8))
		case partVersion, partVersion + 1:
			m.version[part-partVersion] = string(r.take(r.number()))
		case partFormer, partFormer + 1:
			m.former[part-partFormer] = string(r.take(r.number()))
		case partDrift:
			for range min(r.number(), len(r.rest)) { // a number has at least a byte
				m.drift = append(m.drift, uint16(r.number()))
			}
		case partMeeting:
			m.meeting = true
		case partSides:
			m.sides = slices.Clone(r.take(r.number()))
		default:
			r.bad = true
		}
	}
	if r.bad {
		return more{}, damaged("what a link has more cannot be read")
	}
	return m, nil
}

// keys puts match keys together from the hashes and their sides.
func (m more) keys(present uint8, hashes []byte) []instep.KeyHash {
	keys := make([]instep.KeyHash, len(hashes)/8)
	for i := range keys {
		keys[i] = instep.KeyHash{Hash: binary.LittleEndian.Uint64(hashes[8*i:]), Sides: present}
		if i < len(m.sides) {
			keys[i].Sides = m.sides[i]
		}
	}
	return keys
}
