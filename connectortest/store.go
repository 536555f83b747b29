package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// StoreOptions say what else a store can do. The zero value asks for nothing
// but the interface.
type StoreOptions struct {
	// Reopen closes the store and opens it again on what it has kept, as a
	// next process would. Nil: the store keeps nothing, and the rules about
	// that are skipped.
	Reopen func(t *testing.T, s instep.Checkpoint) instep.Checkpoint

	// Copy takes a copy of what the store has kept. What it returns puts that
	// back: it closes a store, the one that was given or one that was opened
	// after it, puts the copy in the place of its state, and opens it again.
	// It may be called more than once. Nil: no older state can be put back,
	// and the rules about that are skipped.
	Copy func(t *testing.T, s instep.Checkpoint) (putBack func(t *testing.T, s instep.Checkpoint) instep.Checkpoint)
}

// TestStore checks a store against every rule of [instep.Checkpoint], and of
// [instep.Journal], [instep.Historian] and [instep.HashKeyer] if it is one. It
// calls open for each rule and expects an empty store, which open closes by
// t.Cleanup where that is needed. Rules run in parallel. Nil options are the
// zero StoreOptions.
func TestStore(t *testing.T, open func(t *testing.T) instep.Checkpoint, o *StoreOptions) {
	t.Helper()
	if o == nil {
		o = &StoreOptions{}
	}
	for _, rule := range storeRules() {
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
			if rule.older && o.Copy == nil {
				t.Skip("no older state can be put back: StoreOptions.Copy is nil")
			}
			rule.check(&storeTest{TB: t, Checkpoint: open(t), t: t, reopen: o.Reopen, copyState: o.Copy})
		})
	}
}

// storeRule is one rule of the contract.
type storeRule struct {
	name  string
	text  string // the rule as a sentence
	kept  bool   // only for stores that keep their state
	older bool   // only for stores whose state can be replaced by an older one
	check func(s *storeTest)
}

// storeRules are all rules of stores.
func storeRules() []storeRule {
	return slices.Concat(stateRules, linkRules, workRules, holdRules, eraseRules, commitRules, cancelRules, keptRules, rewindRules)
}

// storeTest is a store in a subtest: calls that should succeed, and end the
// subtest if they do not.
type storeTest struct {
	testing.TB
	instep.Checkpoint

	t         *testing.T // what the options are given
	reopen    func(*testing.T, instep.Checkpoint) instep.Checkpoint
	copyState func(*testing.T, instep.Checkpoint) func(*testing.T, instep.Checkpoint) instep.Checkpoint
}

// pairName is the pair of most rules.
const pairName = "products"

// again opens the store anew.
func (s *storeTest) again() {
	s.Helper()
	s.Checkpoint = s.reopen(s.t, s.Checkpoint)
}

// copied takes a copy of the state and returns what puts it back.
func (s *storeTest) copied() (putBack func()) {
	s.Helper()
	back := s.copyState(s.t, s.Checkpoint)
	return func() {
		s.Helper()
		s.Checkpoint = back(s.t, s.Checkpoint)
	}
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
		s.Errorf("Commit: %s", wrongKind(err, kind))
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
		s.Errorf("Links(%d): %s", id, wrongKind(err, instep.NotFound))
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

// log is the whole log, nothing if the store is no Journal.
func (s *storeTest) log() []instep.Activity {
	s.Helper()
	if _, ok := instep.As[instep.Journal](s.Checkpoint); !ok {
		return nil
	}
	return s.activity("", 0, 1<<20)
}

func (s *storeTest) history(pair string, link instep.LinkID, limit int) []instep.Activity {
	s.Helper()
	h, ok := instep.As[instep.Historian](s.Checkpoint)
	if !ok {
		s.Skip("the store is no instep.Historian")
	}
	rows, err := h.History(s.Context(), pair, link, limit)
	if err != nil {
		s.Fatalf("History: %v", err)
	}
	return rows
}

// told is what the store tells of a link of the usual pair, nothing if it is no
// Historian.
func (s *storeTest) told(link instep.LinkID) []instep.Activity {
	s.Helper()
	if _, ok := instep.As[instep.Historian](s.Checkpoint); !ok {
		return nil
	}
	return s.history(pairName, link, 1<<20)
}

// everything is all that a store tells of a pair, as one text.
func (s *storeTest) everything(pair string) string {
	s.Helper()
	return s.everythingWith(s.state(pair))
}

// everythingWith is everything, with another state of the pair.
func (s *storeTest) everythingWith(state instep.PairState) string {
	s.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, show(state))
	links, err := s.Scan(s.Context(), state.Name, 0, 1<<30)
	if err != nil {
		s.Fatalf("Scan: %v", err)
	}
	for _, l := range links {
		fmt.Fprintln(&b, show(l))
	}
	for w, err := range s.Open(s.Context(), state.Name) {
		if err != nil {
			s.Fatalf("Open: %v", err)
		}
		fmt.Fprintln(&b, showWork(w))
	}
	return b.String()
}
