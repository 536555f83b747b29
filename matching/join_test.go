package matching_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/matching"
)

// TestTiles joins registers large enough for several goroutines. They consist
// of small ones that have nothing to do with each other, so that the oracle can
// tell of each.
func TestTiles(t *testing.T) {
	t.Parallel()
	const tiles = 1500 // more than one goroutine takes
	for i, sh := range append(shapes[:len(shapes):len(shapes)], several[2]) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			if testing.Short() && i%3 != 0 {
				t.Skip("the other shapes are as good")
			}
			rng := rand.New(rand.NewPCG(5, uint64(i)))
			var all sample
			want := [2]map[string]string{{}, {}}
			for n := range tiles {
				regs := sh.make(rng, 16)
				prefix(regs, fmt.Sprintf("%d-", n))
				for s, found := range ask(regs).lines() {
					all[s] = append(all[s], regs[s]...)
					maps.Copy(want[s], found)
				}
			}
			for s := range all {
				rng.Shuffle(len(all[s]), func(i, j int) { all[s][i], all[s][j] = all[s][j], all[s][i] })
			}
			if diff := cmp.Diff(want, lines(mustJoin(t, all))); diff != "" {
				t.Errorf("differs from the rules (-rules +got):\n%.2000s", diff)
			}
		})
	}
}

// prefix makes the ids and keys of registers differ from those of others.
func prefix(regs sample, p string) {
	for s := range regs {
		for i := range regs[s] {
			r := &regs[s][i]
			r.id = p + r.id
			for k := range r.keys {
				r.keys[k].Value = p + r.keys[k].Value
			}
		}
	}
}

// TestOneKey has everybody have the same key: it must not take long, nor much
// room.
func TestOneKey(t *testing.T) {
	t.Parallel()
	const n = 50_000
	j := matching.New()
	for s := range 2 {
		for i := range n {
			j.Side(instep.Side(s)).Add(fmt.Sprint(i), instep.MatchKey{Rank: 1, Value: "x"}, instep.MatchKey{Rank: 1, Value: "y"},
				instep.MatchKey{Rank: 2, Value: "x", Weak: true})
		}
	}
	res, err := j.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]matching.Count{{State: matching.InDoubt, Rank: 1, Code: "ambiguous", Left: n, Right: n}}, res.Counts()); diff != "" {
		t.Error(diff)
	}
	f, _ := res.Of(instep.Right, 3)
	others := 0
	for range f.Others() {
		others++
	}
	if others != 2*n-1 {
		t.Errorf("%d others", others)
	}
}

// TestTwice has ids come again and records go away.
func TestTwice(t *testing.T) {
	t.Parallel()
	key := func(v string) instep.MatchKey { return instep.MatchKey{Rank: 1, Value: v} }
	j := matching.New()
	l, r := j.Side(instep.Left), j.Side(instep.Right)
	l.Add("1", key("a"))
	l.Add("2", key("b"))
	l.Add("1", key("c"))
	l.Remove("2")
	l.Remove("3")
	l.Add("4", key("d"))
	l.Remove("4")
	l.Add("4", key("e"))
	r.Add("a", key("a"))
	r.Add("b", key("b"))
	r.Add("c", key("c"))
	r.Add("e", key("e"))
	if l.Len() != 8 || r.Len() != 4 {
		t.Errorf("%d and %d records were added", l.Len(), r.Len())
	}
	res, err := j.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	want := [2]map[string]string{
		{"1": "matched c by 1", "4": "matched e by 1"},
		{"a": "alone", "b": "alone", "c": "matched 1 by 1", "e": "matched 4 by 1"},
	}
	if diff := cmp.Diff(want, lines(res)); diff != "" {
		t.Error(diff)
	}
	if _, ok := res.Of(instep.Left, 0); ok {
		t.Error("a record that was replaced counts")
	}
	if f, ok := res.Of(instep.Left, 7); !ok || f.Record.Index != 7 || f.Partner.Index != 3 {
		t.Errorf("got %+v, %t", f, ok)
	}
	if f, _ := res.Of(instep.Right, 0); f.Message(nil).Code != "" {
		t.Error("a record alone has a message")
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 4097)
	tests := map[string]func(*matching.Join){
		"id too long": func(j *matching.Join) { j.Side(instep.Right).Add(long) },
		"in bytes":    func(j *matching.Join) { j.Side(instep.Left).Begin([]byte(long)) },
	}
	for name, fill := range tests {
		j := matching.New()
		fill(j)
		j.Side(instep.Left).Add("1", instep.MatchKey{Rank: 1, Value: "a"})
		_, err := j.Resolve()
		if instep.KindOf(err) != instep.Malformed || strings.Contains(err.Error(), "xx") {
			t.Errorf("%s: %v", name, err)
		}
	}
	j := matching.New()
	j.Side(instep.Left).Key(instep.MatchKey{Rank: 1}, []byte("before any record"))
	j.Side(instep.Left).Add(long[:4096])
	if _, err := j.Resolve(); err != nil {
		t.Error(err)
	}
	j.Side(instep.Left).Add("late")
	if _, err := j.Resolve(); instep.KindOf(err) != instep.Config {
		t.Errorf("resolved twice: %v", err)
	}
}

// TestIDs reads ids of every length back, which fill more than one block.
func TestIDs(t *testing.T) {
	t.Parallel()
	id := func(i int) string { return strings.Repeat("ä", i%2000) + fmt.Sprint(i) }
	j := matching.New()
	for i := range 5000 {
		j.Side(instep.Left).Begin([]byte(id(i)))
		j.Side(instep.Right).Add(id(i))
	}
	res, err := j.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		for s := range 2 {
			if f, ok := res.Of(instep.Side(s), i); !ok || f.Record.ID != id(i) {
				t.Fatalf("record %d of side %d: %q, %t", i, s, f.Record.ID, ok)
			}
		}
	}
}

var errRead = errors.New("the line is down")

// TestRecordsEnds has reading end early, on each side and for every reason.
func TestRecordsEnds(t *testing.T) {
	t.Parallel()
	endless := func(yield func(instep.Record, error) bool) {
		for i := 0; ; i++ {
			if !yield(instep.Record{Ref: instep.Ref{ID: fmt.Sprint(i)}}, nil) {
				return
			}
		}
	}
	failing := func(yield func(instep.Record, error) bool) {
		_ = yield(instep.Record{Ref: instep.Ref{ID: "1"}}, nil) && yield(instep.Record{}, errRead)
	}
	tooLong := func(yield func(instep.Record, error) bool) {
		for {
			if !yield(instep.Record{Ref: instep.Ref{ID: strings.Repeat("x", 5000)}}, nil) {
				return
			}
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name        string
		ctx         context.Context
		left, right iter.Seq2[instep.Record, error]
		want        func(error) bool
	}{
		{"left fails", t.Context(), failing, endless, func(err error) bool {
			return errors.Is(err, errRead) && strings.HasPrefix(err.Error(), "left side")
		}},
		{"right fails", t.Context(), endless, failing, func(err error) bool {
			return errors.Is(err, errRead) && strings.HasPrefix(err.Error(), "right side")
		}},
		{"context ended", ended, endless, endless, func(err error) bool { return errors.Is(err, context.Canceled) }},
		{"refused", t.Context(), tooLong, endless, func(err error) bool { return instep.KindOf(err) == instep.Malformed }},
	}
	m := instep.MatcherFunc(func(_ instep.Side, _ instep.Fields, dst []instep.MatchKey) []instep.MatchKey { return dst })
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if res, err := matching.Records(test.ctx, m, test.left, test.right); !test.want(err) || res != nil {
				t.Errorf("got %v, %v", res, err)
			}
		})
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	pages := func(steps ...instep.Page) instep.SourceFunc {
		return func(_ context.Context, from instep.Cursor) (instep.Page, error) {
			for i, p := range steps {
				if from == "" || p.Next == from {
					if from != "" {
						i++
					}
					if i == len(steps) {
						return instep.Page{}, errRead
					}
					return steps[i], nil
				}
			}
			return instep.Page{}, errRead
		}
	}
	rec := func(id string) []instep.Record { return []instep.Record{{Ref: instep.Ref{ID: id}}} }
	tests := []struct {
		name string
		src  instep.SourceFunc
		ids  string
		want func(error) bool
	}{
		{"to the end", pages(instep.Page{Records: rec("1"), Next: "a", More: true}, instep.Page{Records: rec("2"), Next: "b"}), "12",
			func(err error) bool { return err == nil }},
		{"read fails", pages(instep.Page{Records: rec("1"), Next: "a", More: true}), "1",
			func(err error) bool { return errors.Is(err, errRead) }},
		{"cursor stands", func(context.Context, instep.Cursor) (instep.Page, error) {
			return instep.Page{Records: rec("1"), More: true}, nil
		}, "1", func(err error) bool { return instep.KindOf(err) == instep.Malformed }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ids, last := "", error(nil)
			for rec, err := range matching.Walk(t.Context(), test.src) {
				ids += rec.Ref.ID
				last = err
			}
			if ids != test.ids || !test.want(last) {
				t.Errorf("got %q, %v", ids, last)
			}
		})
	}
}
