package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// sampleRow is a row of the log, which has one thing or another by chance.
func sampleRow(random *rand.Rand, link instep.LinkID) instep.Activity {
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	a := instep.Activity{
		Link: link, Run: pick("run 1", "run 1", "run 2"), Entity: "product", Actor: pick("", "engine"), Cause: pick("first load", ""),
		Action: "create right", Outcome: instep.Outcome(random.IntN(3)), LeftID: pick("", fmt.Sprintf("L%09d", link), "\xff\x00"),
		RightID: pick("", "31", fmt.Sprintf("%040d", link)),
	}
	if random.IntN(4) > 0 {
		a.At = time.UnixMicro(random.Int64N(1 << 52)).UTC()
	}
	for r := range random.IntN(4) {
		a.Fields = append(a.Fields, fmt.Sprintf("field %d", r))
	}
	for _, to := range []*[]instep.Trace{&a.Before, &a.After} {
		kind := random.IntN(5)
		for range []int{0, len(a.Fields), len(a.Fields), len(a.Fields), 2}[kind] {
			var trace instep.Trace
			if kind > 1 {
				trace.Hash = random.Uint32N(3)
			}
			if kind == 3 && random.IntN(2) == 0 {
				trace.Sealed = []byte{0, byte(random.Uint32())}
			}
			*to = append(*to, trace)
		}
	}
	if random.IntN(3) == 0 {
		a.Message = instep.Message{Code: "written", Args: []instep.Arg{{Name: "id", Value: "\xff"}, {}}[:random.IntN(3)]}
	}
	if len(a.Message.Args) == 0 {
		a.Message.Args = nil
	}
	return a
}

// A log written and erased at random is what a slice holds, by pages, by pairs
// and by links.
func TestLogAgainstSlice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	random := rand.New(rand.NewPCG(7, 8))
	pairs := []string{"p", "q"}
	var want []instep.Activity
	highest, rounds := uint64(0), 40
	if testing.Short() {
		rounds = 10
	}
	for round := range rounds {
		b := instep.Batch{Pair: pairs[random.IntN(2)]}
		if random.IntN(3) == 0 {
			for range random.IntN(40) {
				b.Erased = append(b.Erased, instep.LinkID(1+random.IntN(150)))
			}
		}
		first := instep.LinkID(random.IntN(100))
		for i := range random.IntN(120) {
			link := first + instep.LinkID(i/2)
			if random.IntN(20) == 0 {
				link = instep.LinkID(random.IntN(150))
			}
			b.Activity = append(b.Activity, sampleRow(random, link))
		}
		if err := s.Commit(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		want = slices.DeleteFunc(want, func(a instep.Activity) bool { return a.Pair == b.Pair && slices.Contains(b.Erased, a.Link) })
		for _, a := range b.Activity {
			highest++
			a.N, a.Pair = highest, b.Pair
			want = append(want, a)
		}
		if round%9 == 8 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = Open(t.Context(), dir, nil); err != nil {
				t.Fatal(err)
			}
		}
		compareLog(t, s, random, want)
	}
}

func compareLog(t *testing.T, s *Store, random *rand.Rand, want []instep.Activity) {
	t.Helper()
	for _, pair := range []string{"", "p", "q"} {
		var of, all []instep.Activity
		for _, a := range want {
			if pair == "" || a.Pair == pair {
				of = append(of, a)
			}
		}
		for after, page := uint64(0), 1+random.IntN(300); ; {
			rows, err := s.Activity(t.Context(), pair, after, page)
			if err != nil || len(rows) > page {
				t.Fatalf("Activity of %d: %d rows, %v", page, len(rows), err)
			}
			if all = append(all, rows...); len(rows) < page {
				break
			}
			after = rows[len(rows)-1].N
		}
		if got, want := fmt.Sprintf("%+v", all), fmt.Sprintf("%+v", of); got != want {
			t.Fatalf("Activity of pair %q returns\n%s\nwant\n%s", pair, got, want)
		}
		if pair == "" {
			continue
		}
		link, limit := instep.LinkID(1+random.IntN(150)), 1+random.IntN(20)
		var told []instep.Activity
		for _, a := range slices.Backward(of) {
			if a.Link == link && len(told) < limit {
				told = append(told, a)
			}
		}
		rows, err := s.History(t.Context(), pair, link, limit)
		if diff := cmp.Diff(told, rows); err != nil || diff != "" {
			t.Fatalf("History: %v (- want, + got):\n%s", err, diff)
		}
	}
}

// Rows that are much alike take few rows of the file, and little more than
// what they do not share.
func TestLogIsPacked(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := instep.Batch{Pair: "p"}
	for i := range 100 {
		a := instep.Activity{
			At: time.UnixMicro(1e15 + int64(i)), Run: "run", Link: instep.LinkID(i + 33), LeftID: fmt.Sprintf("L%09d", i), Action: "create right",
			Fields: []string{"name", "price"}, Before: make([]instep.Trace, 2), After: []instep.Trace{{Hash: 1}, {Hash: 2}},
		}
		b.Activity = append(b.Activity, a)
	}
	if err := s.Commit(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if got, want := ask(t, s, "SELECT count(*) || ' ' || (sum(length(body)) < 2200) FROM activity"), "4 1"; got != want {
		t.Errorf("rows and whether they are small: %s, want %s", got, want)
	}
}

// samplesOfLog are bodies of rows with number 1000, and the words in them.
func samplesOfLog(tb testing.TB) (w words, bodies [][]byte) {
	tb.Helper()
	w.ids = map[string]int64{}
	word := func(text string) (int64, error) {
		if id, ok := w.ids[text]; ok || text == "" {
			return id, nil
		}
		return w.add(text), nil
	}
	random := rand.New(rand.NewPCG(9, 10))
	for n := range uint64(20) {
		var lw logWriter
		for i := range n + 1 {
			a := sampleRow(random, instep.LinkID(i))
			a.N = 900 + 3*i
			if err := lw.add(&a, word); err != nil {
				tb.Fatal(err)
			}
		}
		bodies = append(bodies, lw.take(1000))
	}
	return w, bodies
}

// What can be read can be written, and reads the same again; what cannot is an
// error and no panic.
func FuzzLog(f *testing.F) {
	w, bodies := samplesOfLog(f)
	for _, b := range bodies {
		f.Add(b)
	}
	f.Add([]byte("0Z00\a\x02\x00\x04\x05\x060\x02\b\t\x96\xf3\xab\u0280\xbd0\x00\x00\x010")) // traces, but none
	f.Add([]byte{0, logSame | logBefore, 0, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 0x03})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := w.readLog(1000, b, nil)
		if err != nil {
			if instep.KindOf(err) != instep.Malformed {
				t.Errorf("error %v", err)
			}
			return
		}
		if len(list) == 0 {
			return
		}
		var lw logWriter
		for i := range list {
			if err := lw.add(&list[i], func(text string) (int64, error) { return w.ids[text], nil }); err != nil {
				t.Fatal(err)
			}
		}
		again, err := w.readLog(1000, lw.take(1000), nil)
		if diff := cmp.Diff(list, again); err != nil || diff != "" {
			t.Errorf("%x: error %v, difference %s", b, err, diff)
		}
		last := list[len(list)-1]
		some, err := w.readLog(1000, b, func(n uint64, link instep.LinkID) bool { return n == last.N && link == last.Link })
		if err != nil || len(some) == 0 || !cmp.Equal(some[len(some)-1], last) {
			t.Errorf("%x: the last row reads as %+v, %v, want %+v", b, some, err, last)
		}
	})
}

// Damaged rows are told of, or read as something else; they take nobody down
// and little memory.
func TestDamagedLog(t *testing.T) {
	t.Parallel()
	w, bodies := samplesOfLog(t)
	random := rand.New(rand.NewPCG(11, 12))
	told := 0
	for range 20_000 {
		b := slices.Clone(bodies[random.IntN(len(bodies))])
		b = b[:random.IntN(len(b)+1)]
		for range min(len(b), random.IntN(4)) {
			b[random.IntN(len(b))] = byte(random.Uint32())
		}
		if _, err := w.readLog(1000, b, nil); err != nil {
			told++
		}
	}
	if told < 1000 {
		t.Errorf("only %d damaged bodies were told of", told)
	}
}
