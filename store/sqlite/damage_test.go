package sqlite

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// damagedBatch has something of all that a store keeps.
func damagedBatch() *instep.Batch {
	at := time.UnixMicro(1).UTC()
	b := &instep.Batch{
		Pair:      "p",
		Units:     []instep.Unit{{ID: 1, Intents: []instep.Intent{{Link: 1, Target: "a"}}}},
		Marks:     []instep.Mark{{Link: 1, Outcome: instep.Review}},
		Fences:    []instep.Fence{{Link: 1, Fields: []instep.FencedField{{Rule: 1, At: at}}}},
		Decisions: []instep.Decision{{DecisionID: instep.DecisionID{Left: "a", Verdict: instep.KeepAlone}, By: "somebody"}},
		Activity:  []instep.Activity{{Run: "run", Link: 1, Entity: "product"}},
	}
	for id := range instep.LinkID(3) {
		b.Links = append(b.Links, damagedLink(id+1, 1))
	}
	return b
}

// damagedLink has other keys in each generation.
func damagedLink(id instep.LinkID, gen uint64) instep.Link {
	return instep.Link{
		ID: id, Gen: gen, Rule: "code", Sides: [2]instep.LinkSide{{ID: fmt.Sprint("l", id)}, {ID: fmt.Sprint("r", id)}},
		Keys: []instep.KeyHash{{Hash: uint64(id)<<40 | gen<<32, Sides: 3}},
	}
}

// damagedCalls are all calls that look at what a pair has, in the order in
// which one that succeeds does not make the next one do so.
var damagedCalls = []struct {
	name string
	call func(ctx context.Context, s *Store) error
}{
	{"Lookup", func(ctx context.Context, s *Store) error {
		return s.Lookup(ctx, "p", instep.Left, []string{"l1"}, make([]instep.Known, 1))
	}},
	{"Links", func(ctx context.Context, s *Store) error { _, err := s.Links(ctx, "p", []instep.LinkID{1}); return err }},
	{"Scan", func(ctx context.Context, s *Store) error { _, err := s.Scan(ctx, "p", 0, 9); return err }},
	{"Keys", func(ctx context.Context, s *Store) error {
		_, err := s.Keys(ctx, "p", []uint64{damagedLink(1, 1).Keys[0].Hash})
		return err
	}},
	{"Open", func(ctx context.Context, s *Store) (first error) {
		for _, err := range s.Open(ctx, "p") {
			if first == nil {
				first = err
			}
		}
		return first
	}},
	{"Activity", func(ctx context.Context, s *Store) error { _, err := s.Activity(ctx, "p", 0, 9); return err }},
	{"History", func(ctx context.Context, s *Store) error { _, err := s.History(ctx, "p", 1, 9); return err }},
	{"erase", damagedCommit(instep.Batch{Erased: []instep.LinkID{3}})},
	{"drop", damagedCommit(instep.Batch{Dropped: []instep.LinkID{2}})},
	{"replace", damagedCommit(instep.Batch{Links: []instep.Link{damagedLink(1, 2)}})},
	{"add", damagedCommit(instep.Batch{Links: []instep.Link{damagedLink(4, 1)}})},
	{"mark", damagedCommit(instep.Batch{Marks: []instep.Mark{{Link: 1}}})},
}

func damagedCommit(b instep.Batch) func(ctx context.Context, s *Store) error {
	b.Pair = "p"
	return func(ctx context.Context, s *Store) error { return s.Commit(ctx, &b) }
}

// unreadable is a pack of three links of which nothing but the ids can be read.
func unreadable() []byte {
	var p pack
	for id := range instep.LinkID(3) {
		p[id+1] = packed{ids: [2]string{fmt.Sprint("l", id+1), fmt.Sprint("r", id+1)}, rest: []byte{0}}
	}
	return p.appendTo(nil)
}

// What SQLite does not find, as the file is whole for it, is an error of kind
// Malformed of each call that reads it; the others go on.
func TestDamage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		asked bool // for keys, so that they are in their index
		query string
		args  []any
		want  string
	}{
		"nothing":                 {want: "", query: "SELECT 1"},
		"links":                   {asked: true, query: "UPDATE link SET body = ?", args: []any{unreadable()}, want: "Links Scan Keys erase drop replace"},
		"links without index":     {query: "UPDATE link SET body = ?", args: []any{unreadable()}, want: "Links Scan Keys erase drop replace"},
		"a pack":                  {asked: true, query: "UPDATE link SET body = x'00'", want: "Links Scan Keys erase drop replace add mark"},
		"the index of left ids":   {asked: true, query: "UPDATE seg SET body = x'ff' WHERE part & 3 = 0", want: "Lookup erase drop replace add"},
		"the index of right ids":  {asked: true, query: "UPDATE seg SET body = x'ff' WHERE part & 3 = 1", want: "erase drop replace add"},
		"the index of keys":       {asked: true, query: "UPDATE seg SET body = x'ff' WHERE part & 3 = 2", want: "Keys erase drop replace"},
		"an entry of that":        {asked: true, query: "UPDATE seg SET body = x'0400000101' WHERE part & 3 = 2", want: "Keys"},
		"a word":                  {asked: true, query: "DELETE FROM word", want: "Links Scan Open Activity History erase"},
		"a row of the log":        {query: "UPDATE activity SET body = x'ff'", want: "Activity History erase"},
		"the intents of a unit":   {query: "UPDATE unit SET intents = x'ff'", want: "Open erase"},
		"the note of a mark":      {query: "UPDATE mark SET note = x'ff'", want: "Open"},
		"the fields of a fence":   {query: "UPDATE fence SET fields = x'ff'", want: "Open"},
		"the author of decisions": {query: "UPDATE decision SET who = 99", want: "Open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := damagedStore(t, test.asked, test.query, test.args...)
			var got []string
			for _, c := range damagedCalls {
				switch err := c.call(t.Context(), s); {
				case instep.KindOf(err) == instep.Malformed:
					got = append(got, c.name)
				case err != nil:
					t.Errorf("%s: %v", c.name, err)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("calls that say so (- want, + got):\n%s", diff)
			}
		})
	}
}

// damagedStore returns a store whose file was changed while it was closed.
func damagedStore(t *testing.T, asked bool, query string, args ...any) *Store {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), damagedBatch()); err != nil {
		t.Fatal(err)
	}
	if asked {
		if _, err := s.Keys(t.Context(), "p", []uint64{1}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.db.conn.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
