package matching_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/matching"
)

// row is a record as the tests make it.
type row struct {
	id       string
	identity string
	gone     bool
	keys     []instep.MatchKey
}

// sample is two registers: the rows of both sides.
type sample [2][]row

// line writes a finding down for comparison: everything but the record itself.
func line(f matching.Finding) string {
	switch f.State {
	case matching.Matched:
		return fmt.Sprintf("matched %s by %d", f.Partner.ID, f.Rank)
	case matching.InDoubt:
		return fmt.Sprintf("%s by %d against %d", f.Code, f.Rank, f.Against)
	default:
		return "alone"
	}
}

// lines are the findings of both sides by id.
func lines(r *matching.Result) [2]map[string]string {
	var out [2]map[string]string
	for _, s := range []instep.Side{instep.Left, instep.Right} {
		out[s] = map[string]string{}
		for f := range r.All(s) {
			out[s][f.Record.ID] = line(f)
		}
	}
	return out
}

// join gives the rows to a join by their keys alone.
func join(regs sample) (*matching.Result, error) {
	j := matching.New()
	for s, rows := range regs {
		for i, r := range rows {
			side := j.Side(instep.Side(s))
			switch {
			case r.gone:
				side.Remove(r.id)
			case i%2 == 0:
				side.Add(r.id, r.keys...)
			default:
				side.Begin([]byte(r.id))
				for _, k := range r.keys {
					side.Key(k, []byte(k.Value))
				}
			}
		}
	}
	return j.Resolve()
}

// oracle says what the rules come to, as plainly as it can be said and without
// a thought about speed: every record is compared with every other one.
type oracle struct {
	all  []*judged
	rank uint8
}

// judged is a record and what the oracle knows of it.
type judged struct {
	side    instep.Side
	row     row
	rank    uint8            // that decided
	says    map[string]bool  // what the keys of the rank come to
	with    map[*judged]bool // partners by the keys of the rank
	settled bool             // by an earlier rank
}

// others are those that have a key of the rank that decided in common with it.
func (o *oracle) others(j *judged) map[string]bool {
	out := map[string]bool{}
	for _, other := range o.all {
		if other != j && slices.ContainsFunc(j.row.keys, func(k instep.MatchKey) bool { return k.Rank == j.rank && other.has(k) }) {
			out[other.side.String()+"/"+other.row.id] = true
		}
	}
	return out
}

func (j *judged) has(k instep.MatchKey) bool {
	return slices.ContainsFunc(j.row.keys, func(own instep.MatchKey) bool { return own.Rank == k.Rank && own.Value == k.Value })
}

func ask(regs sample) *oracle {
	o := &oracle{}
	for s, rows := range regs {
		for i, r := range rows {
			later := slices.ContainsFunc(rows[i+1:], func(l row) bool { return l.id == r.id })
			if !later && !r.gone {
				o.all = append(o.all, &judged{side: instep.Side(s), row: r})
			}
		}
	}
	o.all = slices.DeleteFunc(o.all, func(j *judged) bool {
		at := slices.Index(o.all, j)
		return j.row.identity != "" && slices.ContainsFunc(o.all[at+1:], func(l *judged) bool {
			return l.side == j.side && l.row.identity == j.row.identity
		})
	})
	keys := map[instep.MatchKey]bool{}
	for _, j := range o.all {
		for _, k := range j.row.keys {
			keys[instep.MatchKey{Rank: k.Rank, Value: k.Value}] = true
		}
	}
	order := slices.SortedFunc(maps.Keys(keys), func(a, b instep.MatchKey) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), strings.Compare(a.Value, b.Value))
	})
	for _, ranked := range slices.Collect(chunkByRank(order)) {
		o.judgeRank(ranked)
	}
	return o
}

func chunkByRank(keys []instep.MatchKey) func(func([]instep.MatchKey) bool) {
	return func(yield func([]instep.MatchKey) bool) {
		for len(keys) > 0 {
			end := slices.IndexFunc(keys, func(k instep.MatchKey) bool { return k.Rank != keys[0].Rank })
			if end < 0 {
				end = len(keys)
			}
			if !yield(keys[:end]) {
				return
			}
			keys = keys[end:]
		}
	}
}

// judgeRank has all keys of a rank speak, and then settles what they said.
func (o *oracle) judgeRank(keys []instep.MatchKey) {
	o.rank = keys[0].Rank
	for _, k := range keys {
		o.judge(k)
	}
	bad := map[*judged]bool{} // who is told several things
	for _, j := range o.all {
		bad[j] = !j.settled && (len(j.with) > 1 || len(j.says) > 0 && len(j.with) > 0)
	}
	dead := map[*judged]bool{}
	for _, j := range o.all {
		for p := range j.with {
			if bad[j] || bad[p] {
				dead[j], dead[p] = true, true
			}
		}
	}
	for _, j := range o.all {
		if j.settled || len(j.with)+len(j.says) == 0 {
			continue
		}
		if dead[j] {
			j.say(o.rank, "ambiguous", 0)
			j.with = nil
		}
		j.settled, j.rank = true, o.rank
	}
}

func (j *judged) say(rank uint8, code string, against uint8) {
	if j.says == nil {
		j.says = map[string]bool{}
	}
	j.says[fmt.Sprintf("%s by %d against %d", code, rank, against)] = true
}

// judge has one key speak.
func (o *oracle) judge(k instep.MatchKey) {
	var open, taken [2][]*judged
	var flags instep.MatchKey
	for _, j := range o.all {
		at := slices.IndexFunc(j.row.keys, func(own instep.MatchKey) bool { return own.Rank == k.Rank && own.Value == k.Value })
		if at < 0 {
			continue
		}
		flags = j.row.keys[at] // in these tests the flags depend on the key alone
		if j.settled {
			taken[j.side] = append(taken[j.side], j)
		} else {
			open[j.side] = append(open[j.side], j)
		}
	}
	once := k.Rank == 1 || flags.Strong // the key should be there once a side
	doubt := func(code string, against uint8, who ...*judged) {
		for _, j := range who {
			j.say(k.Rank, code, against)
		}
	}
	for _, s := range []instep.Side{instep.Left, instep.Right} {
		switch {
		case once && len(taken[s]) > 0:
			doubt("same_key", 0, open[s]...)
			open[s] = nil
		case slices.ContainsFunc(taken[s.Other()], func(j *judged) bool { return len(j.with) > 0 }):
			doubt("linked_elsewhere", 0, open[s]...)
			open[s] = nil
		case len(taken[s.Other()]) > 0:
			doubt("ambiguous", 0, open[s]...)
			open[s] = nil
		}
	}
	l, r := open[instep.Left], open[instep.Right]
	switch {
	case len(l) == 1 && len(r) == 1:
		code, against := o.objection(l[0], r[0], flags)
		if code == "" {
			l[0].meets(r[0])
			r[0].meets(l[0])
		} else {
			doubt(code, against, l[0], r[0])
		}
	case len(l) > 0 && len(r) > 0:
		doubt("ambiguous", 0, l...)
		doubt("ambiguous", 0, r...)
	case once && len(l)+len(r) > 1:
		doubt("same_key", 0, l...)
		doubt("same_key", 0, r...)
	}
}

func (j *judged) meets(p *judged) {
	if j.with == nil {
		j.with = map[*judged]bool{}
	}
	j.with[p] = true
}

// objection says what speaks against joining two records.
func (o *oracle) objection(l, r *judged, flags instep.MatchKey) (code string, against uint8) {
	var ranks []int
	for _, k := range l.row.keys {
		ranks = append(ranks, int(k.Rank))
	}
	slices.Sort(ranks)
	for _, rank := range ranks {
		strong := func(j *judged) []string {
			var values []string
			for _, k := range j.row.keys {
				if int(k.Rank) == rank && k.Strong {
					values = append(values, k.Value)
				}
			}
			return values
		}
		a, b := strong(l), strong(r)
		if len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) }) {
			return "contradiction", uint8(rank)
		}
	}
	for _, rank := range ranks {
		for _, a := range l.row.keys {
			for _, b := range r.row.keys {
				if int(a.Rank) == rank && a.Weak && a.Rank == b.Rank && a.Value != b.Value && (o.third(a, l, r) || o.third(b, r, l)) {
					return "held_elsewhere", uint8(rank)
				}
			}
		}
	}
	supported := slices.ContainsFunc(l.row.keys, func(k instep.MatchKey) bool { return k.Rank != flags.Rank && r.has(k) })
	switch {
	case flags.Weak && !supported:
		return "number_only", 0
	case flags.Propose:
		return "proposed", 0
	default:
		return "", 0
	}
}

// third reports whether a record on the side of b, but not b, has a's key.
func (o *oracle) third(k instep.MatchKey, a, b *judged) bool {
	return slices.ContainsFunc(o.all, func(j *judged) bool { return j.side == a.side.Other() && j != b && j.has(k) })
}

// severity is the order in which of several doubts one is told.
var severity = []string{
	"contradiction", "held_elsewhere", "same_key", "ambiguous", "linked_elsewhere", "number_only", "proposed",
}

func (j *judged) line() string {
	switch {
	case len(j.says) > 0:
		return slices.MinFunc(slices.Collect(maps.Keys(j.says)), func(a, b string) int {
			code := func(s string) int { return slices.Index(severity, s[:strings.IndexByte(s, ' ')]) }
			against := func(s string) int {
				n, _ := strconv.Atoi(s[strings.LastIndexByte(s, ' ')+1:])
				return n
			}
			return cmp.Or(cmp.Compare(code(a), code(b)), cmp.Compare(against(a), against(b)))
		})
	case len(j.with) > 0:
		for p := range j.with {
			return fmt.Sprintf("matched %s by %d", p.row.id, j.rank)
		}
	}
	return "alone"
}

func (o *oracle) lines() [2]map[string]string {
	out := [2]map[string]string{{}, {}}
	for _, j := range o.all {
		out[j.side][j.row.id] = j.line()
	}
	return out
}

// shape says what the keys of random registers are like.
type shape struct {
	ranks  []instep.MatchKey // flags of each rank; a rank more than once: a record may have as many keys of it
	values int               // of each rank
	mixed  bool              // flags depend on the value as well
}

// make returns random registers with about n records a side.
func (sh shape) make(rng *rand.Rand, n int) sample {
	var regs sample
	for s := range regs {
		for i := range rng.IntN(n + 1) {
			r := row{id: fmt.Sprintf("%s%d", instep.Side(s).String()[:1], i)}
			for _, k := range sh.ranks {
				if rng.IntN(4) == 0 {
					continue
				}
				v := rng.IntN(sh.values)
				k.Value = "v" + strconv.Itoa(v)
				if sh.mixed && v%3 == 0 {
					k.Propose, k.Weak, k.Strong = k.Strong, k.Propose, k.Weak
				}
				r.keys = append(r.keys, k)
			}
			regs[s] = append(regs[s], r)
		}
	}
	return regs
}

var shapes = []shape{
	{ranks: []instep.MatchKey{{Rank: 1}, {Rank: 2}, {Rank: 3}}, values: 6},
	{ranks: []instep.MatchKey{{Rank: 1, Weak: true}, {Rank: 2, Strong: true}, {Rank: 3}}, values: 8},
	{ranks: []instep.MatchKey{{Rank: 1, Weak: true}, {Rank: 2, Strong: true}, {Rank: 3}}, values: 4},
	{ranks: []instep.MatchKey{{Rank: 1}, {Rank: 2, Strong: true}, {Rank: 3, Propose: true}}, values: 7},
	{ranks: []instep.MatchKey{{Rank: 2, Strong: true, Weak: true}, {Rank: 9}, {Rank: 255, Propose: true}}, values: 7},
	{ranks: []instep.MatchKey{{Rank: 0}, {Rank: 1, Weak: true, Propose: true}, {Rank: 2, Weak: true}}, values: 7},
	{ranks: []instep.MatchKey{{Rank: 1}, {Rank: 2}, {Rank: 3}}, values: 9, mixed: true},
	{ranks: []instep.MatchKey{{Rank: 1, Weak: true}, {Rank: 2, Strong: true}, {Rank: 3, Propose: true}}, values: 9, mixed: true},
}

// several are shapes in which a record may have several keys of one rank.
var several = []shape{
	{ranks: []instep.MatchKey{{Rank: 1}, {Rank: 1}, {Rank: 2}}, values: 12},
	{ranks: []instep.MatchKey{{Rank: 2}, {Rank: 2}, {Rank: 2}, {Rank: 3}}, values: 16},
	{ranks: []instep.MatchKey{{Rank: 1, Weak: true}, {Rank: 1, Weak: true}, {Rank: 2, Strong: true}, {Rank: 2, Strong: true}, {Rank: 3}}, values: 12},
	{ranks: []instep.MatchKey{{Rank: 1}, {Rank: 1}, {Rank: 2}, {Rank: 2}}, values: 12, mixed: true},
	{ranks: []instep.MatchKey{{Rank: 1}, {Rank: 1}, {Rank: 2, Strong: true}, {Rank: 3, Strong: true}}, values: 12},
}
