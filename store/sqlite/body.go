package sqlite

import (
	"bytes"
	"encoding/binary"

	"github.com/instep-go/instep"
)

// The body of a link is what its pack holds of it besides the ids:
//
//	flags    byte
//	gen      varint, then the number of the mapping and of the rule's word
//	sums     8 bytes of each side; of one if they are equal
//	bases    length and bytes of the left one, then of the right one unless
//	         they are equal
//	keys     count, 8 bytes of each hash, little-endian
//	more     the rest; see more.go
const (
	bodySameBase = 1 << iota
	bodySameSum
)

// appendBody appends the body of a link to b.
func appendBody(b []byte, l *instep.Link, rule int64) []byte {
	left, right := &l.Sides[instep.Left], &l.Sides[instep.Right]
	var flags byte
	if bytes.Equal(left.Base, right.Base) {
		flags |= bodySameBase
	}
	if left.Sum == right.Sum {
		flags |= bodySameSum
	}
	b = append(b, flags)
	b = binary.AppendUvarint(b, l.Gen)
	b = binary.AppendUvarint(b, uint64(l.Map))
	b = binary.AppendUvarint(b, uint64(rule))
	b = binary.LittleEndian.AppendUint64(b, left.Sum)
	if flags&bodySameSum == 0 {
		b = binary.LittleEndian.AppendUint64(b, right.Sum)
	}
	b = appendBytes(b, left.Base)
	if flags&bodySameBase == 0 {
		b = appendBytes(b, right.Base)
	}
	b = binary.AppendUvarint(b, uint64(len(l.Keys)))
	for _, k := range l.Keys {
		b = binary.LittleEndian.AppendUint64(b, k.Hash)
	}
	return append(b, moreOf(l).encode()...)
}

// body is a link's body, taken apart. Its slices are parts of it.
type body struct {
	gen, mapping, rule uint64
	sums               [2]uint64
	bases              [2][]byte
	keys               []byte // 8 bytes each
	more               []byte
}

func readBody(b []byte) (body, error) {
	r := reader{rest: b}
	flags := r.take(1)[0]
	var o body
	o.gen, o.mapping, o.rule = r.whole(), r.whole(), r.whole()
	o.sums[0] = binary.LittleEndian.Uint64(r.take(8))
	if o.sums[1] = o.sums[0]; flags&bodySameSum == 0 {
		o.sums[1] = binary.LittleEndian.Uint64(r.take(8))
	}
	o.bases[0] = r.take(r.number())
	if o.bases[1] = o.bases[0]; flags&bodySameBase == 0 {
		o.bases[1] = r.take(r.number())
	}
	o.keys = r.take(8 * r.number())
	o.more = r.rest
	if r.bad {
		return body{}, damaged("what is known of a link cannot be read")
	}
	return o, nil
}

// present says on which sides there is a record, as KeyHash.Sides does.
func (p *packed) present() (sides uint8) {
	for s := range p.ids {
		if p.ids[s] != "" {
			sides |= 1 << s
		}
	}
	return sides
}

// keyHashes returns the match keys of a link.
func (o *body) keyHashes(p *packed) ([]instep.KeyHash, more, error) {
	m, err := decodeMore(o.more)
	return m.keys(p.present(), o.keys), m, err
}

// link puts the link together. Of its row it holds the ids, which it shares
// with the others of the pack.
func (d *db) link(id instep.LinkID, p *packed) (instep.Link, error) {
	o, err := readBody(p.rest)
	if err != nil {
		return instep.Link{}, err
	}
	rule, err := d.words.text(int64(o.rule))
	if err != nil {
		return instep.Link{}, err
	}
	keys, m, err := o.keyHashes(p)
	if err != nil {
		return instep.Link{}, err
	}
	l := instep.Link{ID: id, Gen: o.gen, Map: uint32(o.mapping), Rule: rule, Keys: keys, Drift: m.drift, Meeting: m.meeting}
	for s := range l.Sides {
		l.Sides[s] = instep.LinkSide{
			ID: p.ids[s], Identity: m.identity[s], Version: m.version[s], Sum: o.sums[s], Base: bytes.Clone(o.bases[s]), Former: m.former[s],
		}
	}
	return l, nil
}
