package matching

import (
	"errors"
	"iter"
	"slices"

	"github.com/instep-go/instep"
)

func errSpent() error {
	return &instep.Error{
		Kind: instep.Config, Op: "match", Err: errors.New("the join was resolved before"), Remedy: "make a new one with matching.New",
	}
}

// State says what was found out about a record.
type State uint8

// What can be found out about a record.
const (
	Alone   State = iota // no record of the other side has a key of it
	Matched              // it belongs with one of the other side
	InDoubt              // a person must look
)

var stateNames = [...]string{"alone", "matched", "in doubt"}

// String returns the state in words.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// Record names a record of one of the two registers.
type Record struct {
	Side  instep.Side
	Index int // the number of records added to its side before it
	ID    string
}

// Finding is what was found out about one record.
type Finding struct {
	Record  Record
	State   State
	Rank    uint8  // of the key that decided; 0 for a record alone
	Partner Record // of a record that is matched; otherwise the zero value

	// Code says why the record is in doubt: ambiguous, same_key,
	// contradiction, held_elsewhere, linked_elsewhere, number_only or
	// proposed. It is that of the engine's messages. Empty if it is not.
	Code string

	// Against is the rank of the keys that differ, where the code is
	// contradiction or held_elsewhere; otherwise 0.
	Against uint8

	result *Result
	node   int32
}

// Result is how two registers match. It is immutable and safe for concurrent
// use.
type Result struct {
	ids    [2]texts
	left   int32
	found  []finding
	groups []groups          // by worker
	more   map[int32][]int32 // of nodes in doubt for more than one group: the numbers of these
}

// groups are lists of nodes that have a key in common.
type groups struct {
	members []int32
	ends    []uint32
}

func (gs *groups) at(i int32) []int32 {
	from := uint32(0)
	if i > 0 {
		from = gs.ends[i-1]
	}
	return gs.members[from:gs.ends[i]]
}

// Len returns how many records were added to a side.
func (r *Result) Len(s instep.Side) int { return r.ids[s&1].starts.n }

// Of returns what was found out about a record: the one before which index
// others were added to its side. It is false for one that does not count
// because a later record replaced it, or it was removed. It panics if index is
// not in the range 0 to Len-1.
func (r *Result) Of(s instep.Side, index int) (Finding, bool) {
	node := int32(index)
	if s == instep.Right {
		node += r.left
	}
	f := r.found[node]
	out := Finding{Record: r.record(node), Rank: f.rank, result: r, node: node}
	switch f.code {
	case alone:
	case matched:
		out.State, out.Partner = Matched, r.record(f.ref)
	case dropped:
		return Finding{}, false
	default:
		out.State, out.Code, out.Against = InDoubt, codeNames[f.code], f.against
	}
	return out, true
}

// All yields what was found out about each record of a side, in the order in
// which they were added. Those that do not count are left out.
func (r *Result) All(s instep.Side) iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for i := range r.Len(s) {
			if f, ok := r.Of(s, i); ok && !yield(f) {
				return
			}
		}
	}
}

func (r *Result) record(node int32) Record {
	s, i := instep.Left, node
	if node >= r.left {
		s, i = instep.Right, node-r.left
	}
	return Record{Side: s, Index: int(i), ID: r.ids[s].at(int(i))}
}

// Others yields the other records with which a record in doubt has a key of
// the rank that decided in common, of both sides: first the left ones, each
// side in the order in which they were added. It yields none for a record that
// is not in doubt.
func (f Finding) Others() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		if f.State != InDoubt {
			return
		}
		for _, n := range f.result.sharers(f.node) {
			if n != f.node && !yield(f.result.record(n)) {
				return
			}
		}
	}
}

// sharers returns the nodes of the groups for which a node is in doubt.
func (r *Result) sharers(node int32) []int32 {
	f := r.found[node]
	gs := &r.groups[f.worker]
	refs := r.more[node]
	if len(refs) == 0 {
		return gs.at(f.ref)
	}
	var all []int32
	for _, ref := range refs {
		all = append(all, gs.at(ref)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Message returns the finding as the engine would tell of it, for
// [github.com/instep-go/instep/reconcile.Text]; the name function says how people call the
// key of a rank. It is the zero Message for a record alone.
func (f Finding) Message(name func(rank uint8) string) instep.Message {
	rule := func(argument string, rank uint8) instep.Arg { return instep.Arg{Name: argument, Value: name(rank)} }
	switch f.State {
	case Matched:
		return instep.Message{Code: "equal_key", Args: []instep.Arg{rule("rule", f.Rank)}}
	case InDoubt:
		m := instep.Message{Code: f.Code, Args: []instep.Arg{rule("rule", f.Rank)}}
		switch f.Code {
		case codeNames[sameKey]:
			m.Args = append(m.Args, instep.Arg{Name: "side", Value: f.Record.Side.String()})
		case codeNames[contradiction], codeNames[heldElsewhere]:
			m.Args = append(m.Args, rule("against", f.Against))
		}
		return m
	default:
		return instep.Message{}
	}
}

// Count is how many records were found alike.
type Count struct {
	State State
	Rank  uint8
	Code  string
	Left  int
	Right int
}

// Counts returns how many records of each side are matched, in doubt and alone,
// by rank and code: in the order of states, ranks and codes.
func (r *Result) Counts() []Count {
	type bin struct {
		code code
		rank uint8
	}
	bins := map[bin]*[2]int{}
	for n, f := range r.found {
		if f.code == dropped {
			continue
		}
		b := bin{f.code, f.rank}
		if bins[b] == nil {
			bins[b] = new([2]int)
		}
		if int32(n) < r.left {
			bins[b][instep.Left]++
		} else {
			bins[b][instep.Right]++
		}
	}
	var all []Count
	for b, n := range bins {
		c := Count{State: InDoubt, Rank: b.rank, Code: codeNames[b.code], Left: n[instep.Left], Right: n[instep.Right]}
		if b.code <= matched {
			c.State = State(b.code)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, byState)
	return all
}
