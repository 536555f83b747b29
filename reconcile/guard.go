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
		if gone := len(ps.goneSoFar[s]); limited && ps.vanished[s] > 0 && gone > most && !ps.approved {
			ps.trip("many_gone", s, gone, most)
		}
	}
	var updates [2]int
	creates := [2]int{len(ps.creations[0]), len(ps.creations[1])}
	for i := range ps.works {
		switch w := &ps.works[i]; {
		case w.skipped:
		case w.outcome == instep.Created, w.outcome == instep.Pending && w.create:
			if !ps.sentBefore(w, createSent) {
				creates[w.side]++
			}
		case w.outcome == instep.Updated:
			if !ps.sentBefore(w, updateSent) {
				updates[w.side]++
			}
		}
	}
	made, changed := creates[0]+creates[1], updates[0]+updates[1]
	if ps.state.Rewound && made > 0 && !ps.onlyMarked {
		ps.trip("rewound", ps.pair.First, made, 0)
	}
	if ps.firstLoad() || ps.approved {
		return // a first load is approved by being applied
	}
	// What was sent in earlier rounds of the run counts as well.
	if most, limited := limit(ps.pair.Guards.Creates, max(50, links/5)); limited && made > 0 && len(ps.sentSoFar[createSent])+made > most {
		ps.trip("many_creates", busier(creates), len(ps.sentSoFar[createSent])+made, most)
	}
	if most, limited := limit(ps.pair.Guards.Updates, max(50, links/2)); limited && changed > 0 && len(ps.sentSoFar[updateSent])+changed > most {
		ps.trip("many_updates", busier(updates), len(ps.sentSoFar[updateSent])+changed, most)
	}
}

// approve notes that no limit holds the further rounds of a run, where none has
// held its plan.
func (ps *pass) approve(yes bool) {
	ps.approved = yes || ps.sel.Approved || ps.firstLoad()
	for what, set := range [...]int{updateSent: ps.pair.Guards.Updates, createSent: ps.pair.Guards.Creates} {
		if set >= 0 && !ps.approved {
			ps.sentSoFar[what] = map[instep.LinkID]bool{}
		}
	}
}

// noteVanished counts a link of which a record is gone that was not before, once
// in a run.
func (ps *pass) noteVanished(s instep.Side, link instep.LinkID) {
	if ps.goneSoFar[s] == nil {
		ps.goneSoFar[s] = map[instep.LinkID]bool{}
	}
	if !ps.goneSoFar[s][link] {
		ps.goneSoFar[s][link] = true
		ps.vanished[s]++
	}
}

// What is counted in pass.sentSoFar.
const (
	updateSent = iota
	createSent
)

// sentBefore reports whether a work was sent in an earlier round, and is sent
// once more.
func (ps *pass) sentBefore(w *work, what int) bool {
	return w.link != nil && ps.sentSoFar[what][w.link.ID]
}

// countSent notes what is about to be sent.
func (ps *pass) countSent(ops []*op) {
	for _, o := range ops {
		what := updateSent
		switch o.w.outcome {
		case instep.Created:
			what = createSent
		case instep.Updated:
		default:
			continue
		}
		if ps.sentSoFar[what] != nil {
			ps.sentSoFar[what][o.w.link.ID] = true
		}
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
