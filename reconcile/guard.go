package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// limit returns a guard's limit: what was set, or the default. It reports
// false if there is none.
func limit(set, byDefault int) (int, bool) {
	if set == 0 {
		return byDefault, true
	}
	return set, set > 0
}

// guard notes every limit that the plan goes beyond. What is counted is what
// was observed, not what a policy makes of it.
func (ps *pass) guard() {
	links := int(ps.state.LastLink)
	most, limited := limit(ps.pair.Guards.Deletes, max(3, min(25, links/50)))
	for _, s := range sides {
		if gone := len(ps.spent.gone[s]); limited && gone > most && !ps.spent.approved {
			ps.trip("many_gone", s, gone, most)
		}
	}
	var updates [2]int
	creates := [2]int{len(ps.creations[0]), len(ps.creations[1])}
	for i := range ps.works {
		switch w := &ps.works[i]; {
		case w.skipped, ps.spent.has(w):
		case w.outcome == instep.Created, w.outcome == instep.Pending && w.create:
			creates[w.side]++
		case w.outcome == instep.Updated:
			updates[w.side]++
		}
	}
	if made := creates[0] + creates[1]; ps.state.Rewound && made > 0 && !ps.onlyMarked {
		ps.trip("rewound", ps.pair.First, made, 0)
	}
	if ps.firstLoad() || ps.spent.approved || ps.spent.first {
		return // a first load is approved by being applied
	}
	// What was sent in earlier rounds of the run counts as well.
	made, changed := len(ps.spent.created)+creates[0]+creates[1], len(ps.spent.updated)+updates[0]+updates[1]
	if most, limited := limit(ps.pair.Guards.Creates, max(50, links/5)); limited && made > most {
		ps.trip("many_creates", busier(creates), made, most)
	}
	if most, limited := limit(ps.pair.Guards.Updates, max(50, links/2)); limited && changed > most {
		ps.trip("many_updates", busier(updates), changed, most)
	}
}

func busier(n [2]int) instep.Side {
	if n[instep.Right] > n[instep.Left] {
		return instep.Right
	}
	return instep.Left
}

func (ps *pass) trip(code string, s instep.Side, count, limit int) {
	g := Guard{Pair: ps.pair.Name, Side: s, Count: count, Limit: limit}
	g.Message = *message(code,
		arg("system", ps.pair.side[s].traits.System), arg("side", s.String()),
		arg("count", strconv.Itoa(count)), arg("limit", strconv.Itoa(limit)))
	ps.guards = append(ps.guards, g)
}

// guarded is the error of a plan that goes beyond a guard; nil if it does not,
// or if a person has approved it.
func (ps *pass) guarded(approved bool) error {
	if len(ps.guards) == 0 || approved || ps.sel.Approved {
		return nil
	}
	texts := make([]string, len(ps.guards))
	for i := range ps.guards {
		texts[i] = Text(ps.guards[i].Message)
	}
	return &instep.Error{
		Kind: instep.Guarded, Op: "apply", Err: errors.New(strings.Join(texts, "; ")),
		Remedy: "nothing was written; look at the plan and approve it if it is right",
	}
}

// canary reports whether the record is visible that always should be.
func (ps *pass) canary(ctx context.Context, s instep.Side) (bool, error) {
	id := ps.pair.Canary[s]
	if id == "" {
		return true, nil
	}
	recs, err := ps.get(ctx, s, []instep.Ref{ps.pair.side[s].ref(id)})
	if err != nil {
		return false, fmt.Errorf("look at the canary: %w", err)
	}
	if ps.presence(s, recs[0].Status) == there {
		return true, nil
	}
	ps.trip("canary", s, 1, 0)
	return false, nil
}
