package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// secondKey is the hash key that testdata/v2.sql was made with.
var secondKey = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}

// secondBatches are what version 2 was given to write testdata/v2.sql.
func secondBatches() []instep.Batch {
	at := time.Date(2026, time.March, 1, 8, 0, 0, 5000, time.UTC)
	base := []byte{1, 0, 0, 0, 255, 0, 0, 128}
	first := instep.Batch{Pair: "products", State: &instep.PairState{Gen: 1, Streams: [2]instep.Stream{{Cursor: "c", SweptAt: at, Still: 3}}, Mapping: 1,
		Mappings: []instep.MappingPrint{{ID: 1, Rules: []string{"name", "price"}, Prints: []string{"a", "b"}}}}}
	groups := instep.Batch{Pair: "groups"}
	for i := range instep.LinkID(20) {
		l := instep.Link{ID: 2*i + 1, Gen: 1, Map: 1, Rule: "code", Keys: []instep.KeyHash{{Hash: uint64(i) << 60, Sides: 3}, {Hash: 1<<63 | uint64(i), Sides: 1}}}
		l.Sides[0] = instep.LinkSide{ID: fmt.Sprintf("L%04d", i), Sum: 1 << 63, Base: base}
		if i%3 > 0 {
			l.Sides[1] = instep.LinkSide{ID: fmt.Sprint("nul\x00\xff", 40-i), Sum: uint64(i), Base: base[4:], Version: "v", Identity: 7}
			l.Drift, l.Meeting = []uint16{0, 65535}, i%2 == 0
		}
		first.Links = append(first.Links, l)
		a := instep.Activity{At: at.Add(time.Duration(i) * time.Second), Run: "run", Link: l.ID, Entity: "product", LeftID: l.Sides[0].ID, Actor: "engine",
			Cause: "first load", Action: "create right", Outcome: instep.Created, Fields: []string{"name", "price"},
			Before: []instep.Trace{{}, {}}, After: []instep.Trace{{Hash: uint32(i)}, {Hash: 1, Sealed: []byte{0, 255}}}}
		if i%5 == 0 {
			a = instep.Activity{Run: "other run", Link: l.ID, Message: instep.Message{Code: "written", Args: []instep.Arg{{Name: "key", Value: "Ä"}, {}}}}
		}
		first.Activity = append(first.Activity, a)
		groups.Links = append(groups.Links, instep.Link{ID: i + 1, Gen: 1, Sides: [2]instep.LinkSide{{ID: fmt.Sprint("g", i)}}})
		groups.Activity = append(groups.Activity, instep.Activity{Run: "run", Link: i + 1, Action: "none"})
	}
	first.Activity = append(first.Activity, instep.Activity{Run: "run", Action: "link", Outcome: instep.Linked})
	first.Units = []instep.Unit{{ID: 3}, {ID: 5, Side: instep.Right, Sent: at, Intents: []instep.Intent{
		{Link: 1, Action: instep.Update, Target: "nul\x00\xff", Rules: []uint16{0, 65535}, Hashes: []uint32{1, 1<<32 - 1}, Before: []uint32{0, 7}},
		{Link: 3, Action: instep.Create, Key: 1<<64 - 1, Token: "4f0c9a"}, {Link: 39, Action: instep.Deactivate, Target: "31"},
	}}}
	first.Marks = []instep.Mark{{Link: 3, Outcome: instep.Review, Due: at, Tries: 2, Create: true, Evidence: 1<<64 - 1,
		Message: instep.Message{Code: "two", Args: []instep.Arg{{Name: "n", Value: "2"}}}, Waits: []instep.Wait{{Pair: "groups", Side: instep.Right, ID: "\xff"}}}}
	first.Fences = []instep.Fence{{Link: 5, Side: instep.Right, Map: 1, Fields: []instep.FencedField{{Rule: 1, At: at, Hash: 1<<32 - 1, Back: 255, Pending: true}}}}
	first.Decisions = []instep.Decision{{DecisionID: instep.DecisionID{Left: "L1", Right: "\x00", Verdict: instep.NeverLink}, Evidence: [2]uint64{1, 1 << 63}, By: "Ärne", At: at}}
	later := instep.Batch{Pair: "products", Erased: []instep.LinkID{7}, Dropped: []instep.LinkID{9, 39}, Activity: []instep.Activity{{Run: "last", Link: 11}}}
	return []instep.Batch{first, groups, later, {Pair: "products", Erased: []instep.LinkID{11}}}
}

// TestUpgradeSecond upgrades a file that version 2 has written: it then holds
// what a store does that was given the same.
func TestUpgradeSecond(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	makeSecond(t, dir)
	s, err := Open(t.Context(), dir, &Options{Key: &secondKey})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := memory.New()
	for _, b := range secondBatches() {
		if err := m.Commit(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	compareStores(t, s, m)
	links, err := m.Scan(t.Context(), "products", 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	next := instep.Batch{Pair: "products", Erased: []instep.LinkID{links[1].ID}, Links: links[:1], Settled: []instep.UnitID{3},
		Activity: []instep.Activity{{Run: "after the upgrade", Link: 1}}}
	next.Links[0].Gen++
	for _, to := range []instep.Checkpoint{s, m} {
		if err := to.Commit(t.Context(), &next); err != nil {
			t.Fatal(err)
		}
	}
	compareStores(t, s, m)
	if got := ask(t, s, "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name)"); got !=
		"activity decision fence link mapping mark meta pair seg unit word" {
		t.Errorf("the tables are %s", got)
	}
}

// compareStores compares all that can be asked of both.
func compareStores(t *testing.T, got, want instep.Checkpoint) {
	t.Helper()
	if diff := cmp.Diff(answersOf(t, want), answersOf(t, got)); diff != "" {
		t.Errorf("answers (- want, + got):\n%s", diff)
	}
}

// answersOf returns what a store says.
func answersOf(t *testing.T, s instep.Checkpoint) (answers []string) {
	t.Helper()
	say := func(answer any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, fmt.Sprintf("%+v", answer))
	}
	for _, pair := range []string{"products", "groups"} {
		say(s.Pair(t.Context(), pair))
		say(s.Scan(t.Context(), pair, 0, 99))
		say(s.Keys(t.Context(), pair, []uint64{0, 1 << 60, 2 << 60, 3 << 60, 1 << 63, 1<<63 | 3}))
		known := make([]instep.Known, 4)
		err := s.Lookup(t.Context(), pair, instep.Left, []string{"L0000", "L0003", "L0019", "g7"}, known)
		say(known, err)
		for w, err := range s.Open(t.Context(), pair) {
			if w.Unit != nil {
				say(*w.Unit, err)
			}
			if w.Mark != nil {
				say(*w.Mark, err)
			}
			if w.Fence != nil {
				say(*w.Fence, err)
			}
			if w.Decision != nil {
				say(*w.Decision, err)
			}
		}
		say(s.(instep.Journal).Activity(t.Context(), pair, 3, 99))
		say(s.(instep.Historian).History(t.Context(), pair, 13, 9))
	}
	say(s.(instep.Journal).Activity(t.Context(), "", 0, 99))
	return answers
}

// makeSecond makes a file in the folder as version 2 has left it.
func makeSecond(t *testing.T, dir string) {
	t.Helper()
	all, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(filepath.Join("testdata", "v2.sql"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := connect(t.Context(), filepath.Join(dir, fileName), "")
	if err != nil {
		t.Fatal(err)
	}
	queries := []string{"PRAGMA journal_mode = WAL", all[0].sql, all[1].sql, string(written), "PRAGMA user_version = 2"}
	if _, err := d.conn.ExecContext(t.Context(), strings.Join(queries, ";\n")); err != nil {
		t.Fatal(err)
	}
	if err := d.discard(); err != nil {
		t.Fatal(err)
	}
}
