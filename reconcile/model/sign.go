package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// names gives canonical names to ids and values as they come.
type names struct {
	swap   bool // of the two keys
	turn   int  // 1: the sides are swapped
	ids    [2]map[int]int
	values map[int8]int8
}

func (n *names) key(k int8) int8 {
	if n.swap && (k == 1 || k == 2) {
		return 3 - k
	}
	return k
}

func (n *names) value(v int8) int8 {
	if v <= 0 {
		return v
	}
	if c, ok := n.values[v]; ok {
		return c
	}
	c := int8(len(n.values) + 1)
	n.values[v] = c
	return c
}

func (n *names) side(i int) instep.Side { return instep.Side(i ^ n.turn) }

func (n *names) fields(f fields) fields { return fields{n.key(f.key), n.value(f.val)} }

// text writes the state with names of its own.
func (s *state) text(turn int, swap bool) string {
	n := &names{swap: swap, turn: turn, values: map[int8]int8{}}
	var b strings.Builder
	for i := range sides {
		side := n.side(i)
		rows := s.rows(side, n)
		n.ids[side] = map[int]int{}
		for j, r := range rows {
			n.ids[side][r.id] = j + 1
			fmt.Fprint(&b, n.fields(r.fields), r.status, r.rev > s.may[0].read[side], ";")
		}
		b.WriteByte('|')
	}
	for _, l := range s.world.late {
		id := 0
		if _, err := fmt.Sscan(l.op.Ref.ID, &id); err != nil {
			id = 0 // a create has none
		}
		fmt.Fprint(&b, "late", int(l.side)^turn, l.op.Action, n.ids[l.side][id], n.fields(fromFields(l.op.Fields, fields{unset, unset})))
	}
	fmt.Fprint(&b, s.used, s.gap)
	all := make([]string, len(s.may))
	for i, m := range s.may {
		all[i] = m.text(n)
	}
	slices.Sort(all)
	for _, m := range all {
		b.WriteString(m)
	}
	return b.String()
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

// text writes the notes with canonical names.
func (m *notes) text(n *names) string {
	lines := make([]string, len(m.ties))
	for i, t := range m.ties {
		var b strings.Builder
		for j := range sides {
			s := n.side(j)
			fmt.Fprint(&b, n.ids[s][t.ids[s]], n.fields(t.base[s]), n.key(t.keys[s]), t.did[s], t.missed[s])
			if d := t.doubt[s]; d.open {
				fmt.Fprint(&b, "?", d.asked, d.action, n.fields(d.set), n.fields(d.before))
			}
		}
		made := t.made
		if made != 0 {
			made = 1 + int8(n.side(int(made-1)))
		}
		fmt.Fprint(&b, made, t.alone, t.lone, t.judged, t.crowded, t.unmatched, t.create, t.buried)
		if t.held.on {
			fmt.Fprint(&b, "held", int(t.held.side)^n.turn, n.fields(t.held.was))
		}
		lines[i] = b.String()
	}
	slices.Sort(lines)
	return fmt.Sprint(m.loaded, lines)
}
