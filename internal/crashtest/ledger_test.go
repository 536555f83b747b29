package crashtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// ledger is what a state must hold: all batches that somebody knew to be
// committed, and perhaps the one that was under way.
type ledger struct {
	done []*instep.Batch
	next *instep.Batch
}

func (l *ledger) begin(b *instep.Batch) { l.next = b }

func (l *ledger) end(err error) {
	if err == nil {
		l.done = append(l.done, l.next)
	}
	l.next = nil
}

func (l *ledger) clone() ledger { return ledger{done: slices.Clone(l.done)} }

// model returns a store with the first n batches.
func (l *ledger) model(t *testing.T, n int) *memory.Store {
	t.Helper()
	model := memory.New()
	for _, b := range l.done[:n] {
		check(t, model.Commit(t.Context(), b))
	}
	return model
}

// journaled is a store that tells all it knows.
type journaled interface {
	instep.Checkpoint
	instep.Journal
}

// compare compares a state with the batches. If the one under way is in, it
// counts as done from now on.
func (l *ledger) compare(t *testing.T, s journaled) {
	t.Helper()
	model := l.model(t, len(l.done))
	got, want := contents(t, s), contents(t, model)
	if got != want && l.next != nil {
		if err := model.Commit(t.Context(), l.next); err != nil {
			t.Fatal(err)
		}
		want = contents(t, model)
		l.done = append(l.done, l.next)
	}
	l.next = nil
	if got != want {
		t.Fatalf("the state (- the %d commits known, + what is there):\n%.4000s", len(l.done),
			cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
	}
}

// contents returns all that a store tells, as lines, except whether the state
// is an older one.
func contents(t *testing.T, s journaled) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	state, err := s.Pair(ctx, pairName)
	check(t, err)
	state.Rewound = false
	fmt.Fprintf(&b, "%+v\n", state)
	links, err := s.Scan(ctx, pairName, 0, 1<<30)
	check(t, err)
	for i := range links {
		fmt.Fprintf(&b, "link %+v\n", links[i])
		writeIndex(ctx, t, &b, s, &links[i])
	}
	for w, err := range s.Open(ctx, pairName) {
		check(t, err)
		fmt.Fprintf(&b, "open %+v %+v %+v %+v\n", valueOf(w.Unit), valueOf(w.Mark), valueOf(w.Fence), valueOf(w.Decision))
	}
	rows, err := s.Activity(ctx, pairName, 0, 1<<30)
	check(t, err)
	for i := range rows {
		fmt.Fprintf(&b, "log %+v\n", rows[i])
	}
	return b.String()
}

// writeIndex writes what is found by the ids and keys of a link.
func writeIndex(ctx context.Context, t *testing.T, b *strings.Builder, s instep.Checkpoint, l *instep.Link) {
	t.Helper()
	for side := range l.Sides {
		known := make([]instep.Known, 1)
		check(t, s.Lookup(ctx, pairName, instep.Side(side), []string{l.Sides[side].ID}, known))
		fmt.Fprintf(b, "known %+v\n", known)
	}
	hashes := make([]uint64, len(l.Keys))
	for i, k := range l.Keys {
		hashes[i] = k.Hash
	}
	hits, err := s.Keys(ctx, pairName, hashes)
	check(t, err)
	fmt.Fprintf(b, "hits %+v\n", hits)
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wholeFile has SQLite look through a copy of the state in a folder: the file
// with its log, as a process left them.
func wholeFile(t *testing.T, dir string) {
	t.Helper()
	if found := integrity(t, dir); found != "ok" {
		t.Errorf("PRAGMA integrity_check says:\n%s", found)
	}
}

func integrity(t *testing.T, dir string) string {
	t.Helper()
	twin := folder(t)
	copyFolder(t, dir, twin)
	path := filepath.Join(twin, "state.db")
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return "ok" // killed before there was anything
	}
	db, err := sql.Open("sqlite", path)
	check(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "PRAGMA integrity_check")
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var line string
		check(t, rows.Scan(&line))
		found = append(found, line)
	}
	if err := rows.Err(); err != nil {
		return err.Error()
	}
	return strings.Join(found, "\n")
}
