package sqlite

import (
	"math/bits"

	"github.com/instep-go/instep"
)

// A row of the table link is a pack: it holds the links of packSize numbers,
// 8 p to 8 p + 7, so that a batch touches few rows. A row for each link would
// take twice the time, for a statement of SQLite costs more than what it
// writes. Larger packs would leave more of each page of the file unused: five
// of these fit on one as a rule.
//
// Its column body begins with a byte whose bits say which of the links are
// there, from the lowest number on. Then follows for each of them:
//
//	ids    of the left and the right side, each with what it shares with the
//	       one of the link before; see appendShared
//	rest   length and bytes; see body.go
const (
	packBits = 3
	packSize = 1 << packBits
)

// pack is the content of a row, by the lowest bits of the links' numbers.
type pack [packSize]packed

// packed is a link in a pack.
type packed struct {
	ids  [2]string
	rest []byte // nil: there is no such link
}

// packNumber is the number of the pack that a link is in, slot its place there.
func packNumber(id instep.LinkID) uint64 { return uint64(id) >> packBits }

func slot(id instep.LinkID) int { return int(id & (packSize - 1)) }

// linkAt is the number of the link in a place.
func linkAt(pack uint64, slot int) instep.LinkID {
	return instep.LinkID(pack<<packBits) + instep.LinkID(slot)
}

// appendTo appends the column of the pack to b, or nothing if no link is in it.
func (p *pack) appendTo(b []byte) []byte {
	var there byte
	for i := range p {
		if p[i].rest != nil {
			there |= 1 << i
		}
	}
	if there == 0 {
		return b
	}
	b = append(b, there)
	var last [2]string
	for i := range p {
		if p[i].rest == nil {
			continue
		}
		for s, id := range p[i].ids {
			b = appendShared(b, last[s], id)
		}
		last = p[i].ids
		b = appendBytes(b, p[i].rest)
	}
	return b
}

// readPack reads what appendTo has written. The pack has parts of b.
func readPack(b []byte) (p pack, err error) {
	r := reader{rest: b}
	there := r.take(1)[0]
	var arena [2 * packSize * 48]byte // of ids, so that they need memory only once
	ids := arena[:0]
	var ends [2 * packSize]int
	var last [2][]byte
	for m := there; m != 0; m &= m - 1 {
		i := bits.TrailingZeros8(m)
		for s := range last {
			from := len(ids)
			ids = r.appendShared(ids, last[s])
			last[s], ends[2*i+s] = ids[from:], len(ids)
		}
		p[i].rest = r.take(r.number())
	}
	if r.bad || there == 0 || len(r.rest) > 0 {
		return pack{}, damaged("a pack of links cannot be read")
	}
	texts, from := string(ids), 0
	for i := range p {
		for s := range p[i].ids {
			if p[i].rest != nil {
				p[i].ids[s], from = texts[from:ends[2*i+s]], ends[2*i+s]
			}
		}
	}
	return p, nil
}
