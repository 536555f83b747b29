package sqltable

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// shop is a table whose writers take their time, and somebody who reads by a
// change column.
type shop struct {
	numbers bool // the column holds numbers of a sequence; else the times at which transactions begin
	clock   int64
	seq     int64
	began   int // transactions so far

	open []*writer
	rows map[int]version // committed

	seen map[int]int // by row, the newest edit that was read
	next *mark

	// The walk under way.
	walking bool
	first   bool
	from    raw
	at      [2]int64
	due     map[int]version // what was committed before it began
}

// version is what a transaction has made of a row.
type version struct {
	value int64 // of the change column
	edit  int
}

type writer struct {
	id       string
	began    int64
	prepared bool // it has no id to be told by any more
	rows     map[int]version
}

// horizon is what the database tells of itself.
func (s *shop) horizon() (h horizon, top raw) {
	for _, w := range s.open {
		if w.prepared {
			h.blind = true
		} else {
			h.open = append(h.open, w.id)
		}
	}
	if !s.numbers {
		return h, rawOf(s.clock)
	}
	for _, v := range s.rows {
		if top == "" || v.value > top.int() {
			top = rawOf(v.value)
		}
	}
	return h, top
}

func (s *shop) begin() {
	s.began++
	s.open = append(s.open, &writer{id: fmt.Sprint(s.began), began: s.clock, rows: map[int]version{}})
}

// write edits a row, unless somebody else has it locked.
func (s *shop) write(w *writer, row, edit int) {
	for _, other := range s.open {
		if _, locked := other.rows[row]; locked && other != w {
			return
		}
	}
	s.seq++
	w.rows[row] = version{w.began, edit}
	if s.numbers {
		w.rows[row] = version{s.seq, edit}
	}
}

func (s *shop) commit(i int) {
	maps.Copy(s.rows, s.open[i].rows)
	s.open = slices.Delete(s.open, i, i+1)
}

// step reads a page of at most two rows, and reports whether it was the last.
func (s *shop) step() (last bool) {
	if !s.walking {
		h, top := s.horizon()
		s.walking, s.first, s.at, s.due, s.from = true, s.next == nil, [2]int64{-1, -1}, maps.Clone(s.rows), ""
		if s.first {
			s.next = (&Reader{cfg: Config{Log: &Log{}}}).firstMark(horizon{open: h.open, blind: h.blind, top: top})
		} else {
			s.from, s.next = s.next.From, s.next.after(h, top)
		}
	}
	page := s.page()
	for _, row := range page[:min(2, len(page))] {
		s.at = s.place(row)
		s.seen[row] = max(s.seen[row], s.rows[row].edit)
	}
	s.walking = len(page) > 2
	return !s.walking
}

// place is where a row stands in the walk.
func (s *shop) place(row int) [2]int64 {
	if s.first {
		return [2]int64{int64(row), 0}
	}
	return [2]int64{s.rows[row].value, int64(row)}
}

// page lists the rows that are left of the walk.
func (s *shop) page() []int {
	order := func(a, b [2]int64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }
	var left []int
	for row, v := range s.rows {
		outside := s.from != "" && (v.value < s.from.int() || s.numbers && v.value == s.from.int())
		if !outside && order(s.place(row), s.at) > 0 {
			left = append(left, row)
		}
	}
	slices.SortFunc(left, func(a, b int) int { return order(s.place(a), s.place(b)) })
	return left
}

// missed names a row whose last edit before the walk was not seen, not even in
// an earlier one. A row that was edited once more while the walk went on may
// have moved behind it, and comes in the next.
func (s *shop) missed() (row int, ok bool) {
	for row, v := range s.due {
		if s.seen[row] < v.edit && s.rows[row] == v {
			return row, true
		}
	}
	return 0, false
}

// play has transactions begin, write, be prepared and end in the order of ops,
// while somebody reads page by page. Every walk must have shown what was
// committed before it began, whatever the values are that it was committed with;
// and when nobody writes any more, a walk must find nothing.
func play(t *testing.T, numbers bool, ops []byte) {
	t.Helper()
	s := &shop{numbers: numbers, rows: map[int]version{}, seen: map[int]int{}}
	for i, op := range ops {
		s.act(t, op&7, int(op>>3), i+1)
	}
	for len(s.open) > 0 {
		s.commit(0)
	}
	for s.walking {
		s.read(t)
	}
	for range 3 { // the first sees everything, the second begins where that did
		s.clock++
		for s.read(t); s.walking; {
			s.read(t)
		}
	}
	if s.at != [2]int64{-1, -1} && !s.first {
		t.Fatalf("nobody writes, and the walk reads from %q; the mark is %+v", s.from, *s.next)
	}
}

// act does one thing; the number n chooses whose.
func (s *shop) act(t *testing.T, what byte, n, edit int) {
	t.Helper()
	switch at := n % max(len(s.open), 1); {
	case what == 6:
		s.read(t)
	case what == 7:
		s.clock++
	case what < 2:
		if len(s.open) < 4 {
			s.begin()
		}
	case len(s.open) == 0:
	case what < 4:
		s.write(s.open[at], n%5, edit)
	case what == 4:
		s.commit(at)
	default:
		s.open[at].prepared = true
	}
}

// read reads a page, and looks at what was seen if it was the last.
func (s *shop) read(t *testing.T) {
	t.Helper()
	if !s.step() {
		return
	}
	if row, ok := s.missed(); ok {
		t.Fatalf("row %d was committed before a walk that does not show it; the mark is now %+v", row, *s.next)
	}
}

// FuzzMark is [play] with whatever comes.
func FuzzMark(f *testing.F) {
	f.Add(true, []byte{0, 0, 2, 0x0b, 0x0c, 6, 6, 4, 6, 6, 0, 2, 4, 6, 6})
	f.Add(false, []byte{0, 7, 6, 6, 2, 7, 4, 6, 6, 7, 0, 2, 5, 6, 6, 4, 6, 6, 6})
	f.Add(false, []byte{0, 2, 5, 7, 6, 0, 2, 6, 4, 7, 6, 6, 4, 6, 6})
	f.Fuzz(func(t *testing.T, numbers bool, ops []byte) { play(t, numbers, ops[:min(len(ops), 200)]) })
}

// TestMark plays many seeds.
func TestMark(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4000) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		ops := make([]byte, 20+rnd.IntN(120))
		for i := range ops {
			ops[i] = byte(rnd.Uint32())
		}
		play(t, seed%2 == 0, ops)
	}
}

// TestMarkFollows has somebody write all the time, in transactions of which the
// next begins before the last one ends: the mark is never far behind.
func TestMarkFollows(t *testing.T) {
	t.Parallel()
	for _, prepared := range []bool{false, true} {
		s := &shop{numbers: true, rows: map[int]version{}, seen: map[int]int{}}
		s.begin()
		last := int64(0)
		for i := range 40 {
			s.begin()
			s.write(s.open[1], i%9, i+1)
			s.open[0].prepared = prepared && i == 20 // for a while they cannot be told apart
			for s.read(t); s.walking; {
				s.read(t)
			}
			from := s.next.From.int()
			if from < last || i > 25 && from < s.seq-5 {
				t.Fatalf("walk %d of 40, prepared %t: the mark is %+v, the newest number %d; it was %d", i+1, prepared, *s.next, s.seq, last)
			}
			last = from
			s.commit(0)
		}
	}
}
