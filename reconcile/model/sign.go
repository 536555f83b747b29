package model

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"

	"github.com/instep-go/instep"
)

// names gives canonical names to ids and values as they come.
type names struct {
	plain  bool // everything keeps its name
	swap   bool // of the two keys
	turn   int  // 1: the sides are swapped
	ids    [2][]int8
	values [1 << 7]int8
	last   int8
}

func (n *names) key(k int8) int8 {
	if n.swap && (k == 1 || k == 2) {
		return 3 - k
	}
	return k
}

func (n *names) value(v int8) int8 {
	if v <= 0 || n.plain {
		return v
	}
	if n.values[v] == 0 {
		n.last++
		n.values[v] = n.last
	}
	return n.values[v]
}

func (n *names) id(s instep.Side, id int) int8 {
	if n.plain || id == 0 {
		return int8(id)
	}
	return n.ids[s][id]
}

func (n *names) side(i int) instep.Side { return instep.Side(i ^ n.turn) }

// fields appends two values.
func (n *names) fields(b []byte, f fields) []byte {
	return append(b, byte(n.key(f.key)), byte(n.value(f.val)))
}

// flags appends one byte for up to eight of them.
func flags(b []byte, all ...bool) []byte {
	var v byte
	for i, on := range all {
		if on {
			v |= 1 << i
		}
	}
	return append(b, v)
}

// sign tells states apart, but for the names of records, keys and, where the
// policy is its own mirror image, sides.
type sign [16]byte

func (s *state) key(p Policy) sign {
	least := s.text(0, false)
	turns := 1
	if p.mirror() == p {
		turns = 2
	}
	for turn := range turns {
		for _, swap := range []bool{false, true} {
			if b := s.text(turn, swap); bytes.Compare(b, least) < 0 {
				least = b
			}
		}
	}
	sum := sha256.Sum256(append(least, s.shape...))
	return sign(sum[:16])
}

// text writes the state with names of its own.
func (s *state) text(turn int, swap bool) []byte {
	n := &names{swap: swap, turn: turn}
	b := make([]byte, 0, 256)
	for i := range sides {
		side := n.side(i)
		n.ids[side] = make([]int8, len(s.world.sides[side])+1)
		rows := s.rows(side, n)
		b = append(b, byte(len(rows)))
		for j, r := range rows {
			n.ids[side][r.id] = int8(j) + 1
			b = flags(append(n.fields(b, r.fields), byte(r.status)), r.rev > s.may[0].read[side])
		}
	}
	for _, l := range s.world.late {
		id, err := strconv.Atoi(l.op.Ref.ID)
		if err != nil {
			id = 0 // a create has none
		}
		b = append(b, byte(int(l.side)^turn), byte(l.op.Action), byte(n.id(l.side, id)))
		b = n.fields(b, fromFields(l.op.Fields, fields{unset, unset}))
	}
	b = flags(b, s.used, s.gap == between)
	all := make([][]byte, len(s.may))
	for i, m := range s.may {
		all[i] = m.text(nil, n)
	}
	slices.SortFunc(all, bytes.Compare)
	for _, m := range all {
		b = append(append(b, '|'), m...)
	}
	return b
}

// rows lists the records that still matter, in an order that does not depend
// on who came first.
func (s *state) rows(side instep.Side, n *names) []record {
	var last int
	for _, r := range s.world.sides[side] {
		if r.status == gone {
			last = max(last, r.rev)
		}
	}
	rows := slices.DeleteFunc(slices.Clone(s.world.sides[side]), func(r record) bool {
		return r.status == gone && r.rev != last && !s.remembered(recordID{side, r.id})
	})
	slices.SortStableFunc(rows, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.status, b.status), cmp.Compare(n.key(a.fields.key), n.key(b.fields.key)))
	})
	return rows
}

func (s *state) remembered(r recordID) bool {
	return slices.ContainsFunc(s.may, func(m *notes) bool { return m.of(r) >= 0 })
}

// text appends the notes with canonical names.
func (m *notes) text(b []byte, n *names) []byte {
	b = flags(b, m.loaded)
	lines := make([][]byte, len(m.ties))
	for i := range m.ties {
		lines[i] = m.ties[i].text(make([]byte, 0, 64), n)
	}
	if !n.plain {
		slices.SortFunc(lines, bytes.Compare)
	}
	for _, line := range lines {
		b = append(append(b, ';'), line...)
	}
	return b
}

func (t *tie) text(b []byte, n *names) []byte {
	for j := range sides {
		s := n.side(j)
		b = append(b, byte(n.id(s, t.ids[s])), byte(n.key(t.keys[s])), byte(t.did[s]))
		b = flags(n.fields(b, t.base[s]), t.missed[s], t.veiled[s], t.doubt[s].open, t.away[s])
		if d := t.doubt[s]; d.open {
			b = flags(append(b, byte(d.action)), d.asked, d.erase)
			b = n.fields(n.fields(b, d.set), d.before)
		}
	}
	if t.made == 0 {
		b = append(b, 0)
	} else {
		b = append(b, 1+byte(n.side(int(t.made-1))))
	}
	b = flags(b, t.alone, t.lone, t.judged, t.crowded, t.unmatched, t.create, t.buried, t.held.on)
	b = append(b, byte(n.key(t.loneAs)))
	b = flags(b, t.back, t.fresh, t.had.has(n.key(1)), t.had.has(n.key(2)), t.drift[theKey], t.drift[theVal], t.wiped)
	if t.held.on {
		b = n.fields(append(b, byte(int(t.held.side)^n.turn)), t.held.was)
	}
	return b
}
