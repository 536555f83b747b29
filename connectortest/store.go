package connectortest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// StoreOptions say what else a store can do. The zero value asks for nothing
// but the interface.
type StoreOptions struct {
	// Reopen closes the store and opens it again on what it has kept, as a
	// next process would. Nil: the store keeps nothing, and the rules about
	// that are skipped.
	Reopen func(t *testing.T, s instep.Checkpoint) instep.Checkpoint
}

// TestStore checks a store against every rule of [instep.Checkpoint], and of
// [instep.Journal] and [instep.HashKeyer] if it is one. It calls open for each
// rule and expects an empty store, which open closes by t.Cleanup where that
// is needed. Rules run in parallel. Nil options are the zero StoreOptions.
func TestStore(t *testing.T, open func(t *testing.T) instep.Checkpoint, o *StoreOptions) {
	t.Helper()
	if o == nil {
		o = &StoreOptions{}
	}
	for _, rule := range slices.Concat(stateRules, linkRules, workRules, commitRules, keptRules) {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() {
				if t.Failed() {
					t.Log("the rule: " + rule.text)
				}
			})
			if rule.kept && o.Reopen == nil {
				t.Skip("the store is not opened again: StoreOptions.Reopen is nil")
			}
			rule.check(&storeTest{T: t, Checkpoint: open(t), reopen: o.Reopen})
		})
	}
}

// storeRule is one rule of the contract.
type storeRule struct {
	name  string
	text  string // the rule as a sentence
	kept  bool   // only for stores that keep their state
	check func(s *storeTest)
}

// storeTest is a store in a subtest: calls that should succeed, and end the
// subtest if they do not.
type storeTest struct {
	*testing.T
	instep.Checkpoint

	reopen func(*testing.T, instep.Checkpoint) instep.Checkpoint
}

// pairName is the pair of most rules.
const pairName = "products"

// again opens the store anew.
func (s *storeTest) again() {
	s.Helper()
	s.Checkpoint = s.reopen(s.T, s.Checkpoint)
}

// commit commits to the usual pair unless the batch names another.
func (s *storeTest) commit(b instep.Batch) {
	s.Helper()
	if b.Pair == "" {
		b.Pair = pairName
	}
	if err := s.Commit(s.Context(), &b); err != nil {
		s.Fatalf("Commit: %v", err)
	}
}

// refuse commits and expects an error of a kind.
func (s *storeTest) refuse(kind instep.Kind, b instep.Batch) {
	s.Helper()
	if b.Pair == "" {
		b.Pair = pairName
	}
	if err := s.Commit(s.Context(), &b); instep.KindOf(err) != kind {
		s.Errorf("Commit: got error %v, want one of kind %q", err, kind)
	}
}

func (s *storeTest) state(pair string) instep.PairState {
	s.Helper()
	state, err := s.Pair(s.Context(), pair)
	if err != nil {
		s.Fatalf("Pair: %v", err)
	}
	return state
}

func (s *storeTest) lookup(side instep.Side, ids ...string) []instep.Known {
	s.Helper()
	out := make([]instep.Known, len(ids))
	for i := range out {
		out[i] = instep.Known{Link: 999, Sum: 999} // must be overwritten
	}
	if err := s.Lookup(s.Context(), pairName, side, ids, out); err != nil {
		s.Fatalf("Lookup: %v", err)
	}
	return out
}

func (s *storeTest) links(ids ...instep.LinkID) []instep.Link {
	s.Helper()
	links, err := s.Links(s.Context(), pairName, ids)
	if err != nil {
		s.Fatalf("Links: %v", err)
	}
	return links
}

// missing expects that there is no such link.
func (s *storeTest) missing(id instep.LinkID) {
	s.Helper()
	if _, err := s.Links(s.Context(), pairName, []instep.LinkID{id}); instep.KindOf(err) != instep.NotFound {
		s.Errorf("Links(%d): got error %v, want one of kind %q", id, err, instep.NotFound)
	}
}

func (s *storeTest) scan(after instep.LinkID, limit int) []instep.Link {
	s.Helper()
	links, err := s.Scan(s.Context(), pairName, after, limit)
	if err != nil {
		s.Fatalf("Scan: %v", err)
	}
	return links
}

func (s *storeTest) keys(hashes ...uint64) []instep.KeyHit {
	s.Helper()
	hits, err := s.Keys(s.Context(), pairName, hashes)
	if err != nil {
		s.Fatalf("Keys: %v", err)
	}
	return hits
}

// open returns the open work as texts.
func (s *storeTest) open() []string {
	s.Helper()
	var work []string
	for w, err := range s.Open(s.Context(), pairName) {
		if err != nil {
			s.Fatalf("Open: %v", err)
		}
		work = append(work, showWork(w))
	}
	return work
}

func (s *storeTest) activity(pair string, after uint64, limit int) []instep.Activity {
	s.Helper()
	j, ok := instep.As[instep.Journal](s.Checkpoint)
	if !ok {
		s.Skip("the store is no instep.Journal")
	}
	rows, err := j.Activity(s.Context(), pair, after, limit)
	if err != nil {
		s.Fatalf("Activity: %v", err)
	}
	return rows
}

// everything is all that a store tells of a pair, as one text.
func (s *storeTest) everything(pair string) string {
	s.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, show(s.state(pair)))
	links, err := s.Scan(s.Context(), pair, 0, 1<<30)
	if err != nil {
		s.Fatalf("Scan: %v", err)
	}
	for _, l := range links {
		fmt.Fprintln(&b, show(l))
	}
	for w, err := range s.Open(s.Context(), pair) {
		if err != nil {
			s.Fatalf("Open: %v", err)
		}
		fmt.Fprintln(&b, showWork(w))
	}
	return b.String()
}

// equal compares two values by what show makes of them.
func (s *storeTest) equal(what string, got, want any) {
	s.Helper()
	if g, w := show(got), show(want); g != w {
		s.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// show writes a value so that what counts as the same has the same text: nil
// and empty slices, and an instant in any zone. Pointers must not be in it.
func show(v any) string {
	switch v := v.(type) {
	case instep.PairState:
		for i := range v.Streams {
			v.Streams[i].SweptAt = v.Streams[i].SweptAt.UTC()
		}
		return fmt.Sprintf("%+v", v)
	case instep.Mark:
		v.Due = v.Due.UTC()
		return fmt.Sprintf("mark %+v", v)
	case instep.Unit:
		v.Sent = v.Sent.UTC()
		return fmt.Sprintf("unit %+v", v)
	case instep.Activity:
		v.At = v.At.UTC()
		return fmt.Sprintf("%+v", v)
	case []instep.Activity:
		return showAll(v)
	case []instep.Link:
		return showAll(v)
	default:
		return fmt.Sprintf("%+v", v)
	}
}

func showAll[T any](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = show(v)
	}
	return strings.Join(texts, "\n     ")
}

func showWork(w instep.OpenWork) string {
	switch {
	case w.Unit != nil && w.Mark == nil:
		return show(*w.Unit)
	case w.Mark != nil && w.Unit == nil:
		return show(*w.Mark)
	default:
		return "neither a unit nor a mark, or both"
	}
}

// at returns a time with microseconds, which every store must keep.
func at(n int) time.Time {
	return time.Date(2026, time.March, 1, 8, 0, n, n*1000, time.FixedZone("", 3600))
}

// oddIDs are ids that vendors might have: what counts is their bytes.
var oddIDs = []string{
	"31", "031", "31 ", "A-1", "a-1", "Ä-1", "ä-1", "A\u0308-1", "å/\\'\"`%_?*;--", "line\nend", "nul\x00nul", "nul\x00", "nul",
	"\xff\xfe", "\u65e5\u672c", "0", "-1", "1e3", "NULL", strings.Repeat("long", 500),
}

// joined returns a link of two records.
func joined(id instep.LinkID, gen uint64, left, right string, keys ...instep.KeyHash) instep.Link {
	l := instep.Link{ID: id, Gen: gen, Map: 1, Rule: "code", Keys: keys}
	for s, rec := range [2]string{left, right} {
		if rec != "" {
			l.Sides[s] = instep.LinkSide{ID: rec, Sum: uint64(id)<<32 | gen, Base: []byte{1, 2, 3, 4, byte(s), byte(id), byte(gen), 9}}
		}
	}
	return l
}

// canceled returns a context that has ended.
func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
