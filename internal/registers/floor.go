package registers

import "github.com/instep-go/instep"

// Floor matches rows by a Go map a rank: what one writes for the purpose. It
// gives the same pairs as the rules of this module, but for the right side no
// reasons, for the left one the rank alone, and it has neither strong nor weak
// keys. A key is made when it is needed.
type Floor struct {
	sides [2]floorSide
}

type floorSide struct {
	rows    []Row
	partner []int32 // of the rows with a rank
	rank    []uint8 // that decided
}

// several stands in place of a partner, where there is more than one.
const several = -1

// Grow makes room for n rows of a side.
func (f *Floor) Grow(s instep.Side, n int) { f.sides[s].rows = make([]Row, 0, n) }

// Add takes a row of a side over. The two sides may be filled at the same time.
func (f *Floor) Add(s instep.Side, r Row) {
	f.sides[s].rows = append(f.sides[s].rows, r)
}

// Match finds out who belongs together: rank by rank, those who alone have a
// key. Several with one key on both sides are in doubt.
func (f *Floor) Match() {
	for s := range f.sides {
		side := &f.sides[s]
		side.partner, side.rank = make([]int32, len(side.rows)), make([]uint8, len(side.rows))
	}
	claims := make([]uint8, len(f.sides[instep.Right].rows))
	open := len(claims)
	for rank, field := range [...]func(*Row) string{
		func(r *Row) string { return r.Code }, func(r *Row) string { return r.BusinessID }, func(r *Row) string { return r.Name },
	} {
		clear(claims)
		open -= f.matchRank(uint8(rank+1), open, field, claims)
	}
}

func (f *Floor) matchRank(rank uint8, open int, field func(*Row) string, claims []uint8) (settled int) {
	l, r := &f.sides[instep.Left], &f.sides[instep.Right]
	index := make(map[string]int32, open)
	for i := range r.rows {
		if r.rank[i] != 0 {
			continue
		}
		key := Key(field(&r.rows[i]))
		if _, twice := index[key]; twice {
			index[key] = several
		} else {
			index[key] = int32(i)
		}
	}
	for i := range l.rows {
		if l.rank[i] != 0 {
			continue
		}
		at, found := index[Key(field(&l.rows[i]))]
		if !found {
			continue
		}
		l.partner[i], l.rank[i] = at, rank
		if at >= 0 && claims[at] < 2 {
			claims[at]++
		}
	}
	for i := range l.rows {
		if p := l.partner[i]; l.rank[i] == rank && p >= 0 {
			r.rank[p] = rank
			settled++
			if claims[p] > 1 {
				l.partner[i] = several
			}
		}
	}
	return settled
}

// All calls verdict for each left row: its id, its partner's, or "" if there is
// none, and the rank that decided, or 0. A rank without partner is a doubt.
func (f *Floor) All(verdict func(left, right string, rank uint8)) {
	l, r := &f.sides[instep.Left], &f.sides[instep.Right]
	for i := range l.rows {
		right := ""
		if p := l.partner[i]; l.rank[i] > 0 && p != several {
			right = r.rows[p].ID
		}
		verdict(l.rows[i].ID, right, l.rank[i])
	}
}
