package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/instep-go/instep"
)

// Review is a case that needs a person. It is answered with [Engine.Answer].
type Review struct {
	ID      string // "products/12": the pair and the number of the link
	Pair    string
	Side    instep.Side // whose record it is about
	Message instep.Message
	Tries   int // how many runs have come upon it, less one

	// Left and Right are the two records. Where one is missing, its Ref.ID is
	// empty; where a record cannot be read, its Status says so.
	Left, Right instep.Record

	// Candidates are the records of the other side that have a match key in
	// common, where there is no counterpart yet.
	Candidates []Candidate

	// Differences are the fields in which Left and Right are known to differ
	// and that are compared after a create, in the order of the mapping.
	Differences []Difference

	// With are the ids of the other reviews about records that have a match
	// key in common with these: an answer to one may settle them as well.
	With []string

	Answers []Verb // the answers it takes
}

// Candidate is a record that the one of a [Review] may belong with.
type Candidate struct {
	instep.Record
	Differences []Difference // from the record that the review is about
}

// Difference is a field in which two records differ.
type Difference struct {
	Rule        string
	Left, Right instep.Value // in the shared form; absent if there is no such field
}

// Reviews lists all cases that wait for a person, in the order of pairs and
// links. The records hold ids only: [Engine.Review] reads them.
func (e *Engine) Reviews(ctx context.Context) ([]Review, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []Review
	for _, p := range e.pairs {
		ps := e.newPass(p)
		if err := ps.load(ctx); err != nil {
			return nil, fmt.Errorf("pair %s: %w", p.Name, err)
		}
		for _, id := range sortedMarks(ps.marks) {
			if m := ps.marks[id]; m.Outcome == instep.Review {
				r, err := ps.review(ctx, &m)
				if err != nil {
					return nil, err
				}
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// Review reads the records of one review again and shows them. An unknown id
// is an error of kind NotFound.
func (e *Engine) Review(ctx context.Context, id string) (Review, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ps, m, err := e.openReview(ctx, id)
	if err != nil {
		return Review{}, err
	}
	r, err := ps.review(ctx, m)
	if err != nil {
		return Review{}, err
	}
	return r, ps.show(ctx, &r)
}

// newPass returns a pass over a pair that has read nothing yet.
func (e *Engine) newPass(p *pair) *pass {
	ps := &pass{engine: e, pair: p, run: e.opt.NewRun(), now: e.now(), budget: -1, meters: &[2]instep.Meter{}, spent: newSpent()}
	for s := range ps.obs {
		ps.obs[s] = observations{rules: len(p.rules)}
	}
	return ps
}

// openReview finds a review and prepares a pass over its pair.
func (e *Engine) openReview(ctx context.Context, id string) (*pass, *instep.Mark, error) {
	name, number, _ := cutLast(id, "/")
	n, err := strconv.ParseUint(number, 10, 64)
	for _, p := range e.pairs {
		if err != nil || p.Name != name {
			continue
		}
		ps := e.newPass(p)
		if err := ps.begin(ctx); err != nil {
			return nil, nil, fmt.Errorf("pair %s: %w", p.Name, err)
		}
		for _, s := range sides {
			if m, ok := ps.marks[instep.MarkID{Link: instep.LinkID(n), Side: s}]; ok && m.Outcome == instep.Review {
				return ps, &m, ps.undisturbed(m.Link)
			}
		}
	}
	return nil, nil, &instep.Error{
		Kind: instep.NotFound, Op: "review " + id, Err: errors.New("nothing waits under this id"),
		Remedy: "it may have been settled meanwhile; list the reviews again",
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// undisturbed refuses to touch a link that a write in doubt hangs on.
func (ps *pass) undisturbed(id instep.LinkID) error {
	for i := range ps.units {
		if slices.ContainsFunc(ps.units[i].Intents, func(in instep.Intent) bool { return in.Link == id }) {
			return &instep.Error{
				Kind: instep.Conflict, Op: "pair " + ps.pair.Name,
				Err: errors.New("the outcome of a write to it is not known yet"), Remedy: "let a run find that out first",
			}
		}
	}
	return nil
}

// review describes a mark.
func (ps *pass) review(ctx context.Context, m *instep.Mark) (Review, error) {
	if err := ps.loadLinks(ctx, []instep.LinkID{m.Link}); err != nil {
		return Review{}, err
	}
	link := ps.links[m.Link]
	with, err := ps.together(ctx, link)
	if err != nil {
		return Review{}, err
	}
	return Review{
		ID: ps.reviewID(m.Link), With: with,
		Pair: ps.pair.Name, Side: m.Side, Message: m.Message, Tries: m.Tries, Answers: verbs[m.Message.Code],
		Left:  instep.Record{Ref: ps.refOf(link, instep.Left)},
		Right: instep.Record{Ref: ps.refOf(link, instep.Right)},
	}, nil
}

func (ps *pass) reviewID(id instep.LinkID) string { return fmt.Sprintf("%s/%d", ps.pair.Name, id) }

// together returns the other reviews about records that have a match key in
// common with a link's.
func (ps *pass) together(ctx context.Context, link *instep.Link) ([]string, error) {
	if ps.reviewed == nil {
		var ids []instep.LinkID
		for id, m := range ps.marks {
			if m.Outcome == instep.Review {
				ids = append(ids, id.Link)
			}
		}
		slices.Sort(ids)
		if err := ps.loadLinks(ctx, slices.Clone(ids)); err != nil {
			return nil, err
		}
		ps.reviewed = map[uint64][]instep.LinkID{}
		for _, id := range slices.Compact(ids) {
			for _, k := range ps.links[id].Keys {
				ps.reviewed[k.Hash] = append(ps.reviewed[k.Hash], id)
			}
		}
	}
	var with []instep.LinkID
	for _, k := range link.Keys {
		with = append(with, ps.reviewed[k.Hash]...)
	}
	slices.Sort(with)
	var names []string
	for _, id := range slices.Compact(with) {
		if id != link.ID {
			names = append(names, ps.reviewID(id))
		}
	}
	return names, nil
}

// show reads the records of a review.
func (ps *pass) show(ctx context.Context, r *Review) error {
	for _, s := range sides {
		rec := r.record(s)
		if rec.Ref.ID == "" {
			continue
		}
		recs, err := ps.get(ctx, s, []instep.Ref{rec.Ref})
		if err != nil {
			return err
		}
		recs[0].Ref = rec.Ref
		*rec = recs[0]
	}
	if err := ps.showCandidates(ctx, r); err != nil {
		return err
	}
	if r.Left.Ref.ID != "" && r.Right.Ref.ID != "" {
		r.Differences = ps.differences(&r.Left, &r.Right)
	}
	return nil
}

func (r *Review) record(s instep.Side) *instep.Record {
	if s == instep.Left {
		return &r.Left
	}
	return &r.Right
}

// showCandidates reads the records of the other side that share a match key.
func (ps *pass) showCandidates(ctx context.Context, r *Review) error {
	own, other := r.record(r.Side), r.Side.Other()
	if own.Ref.ID == "" || ps.presence(r.Side, own.Status) != there || r.record(other).Ref.ID != "" {
		return nil
	}
	ids, err := ps.sharers(ctx, r.Side, own.Ref.ID, hashesOf(ps.prepare(r.Side, own).keys))
	if err != nil {
		return err
	}
	refs := make([]instep.Ref, len(ids))
	for i, id := range ids {
		refs[i] = ps.pair.side[other].ref(id)
	}
	recs, err := ps.get(ctx, other, refs)
	if err != nil {
		return err
	}
	for i := range recs {
		recs[i].Ref = refs[i]
		both := [2]*instep.Record{}
		both[r.Side], both[other] = own, &recs[i]
		r.Candidates = append(r.Candidates, Candidate{recs[i], ps.differences(both[instep.Left], both[instep.Right])})
	}
	return nil
}

// sharers returns the ids of the records of the other side that have one of
// the match keys of the record of the given id.
func (ps *pass) sharers(ctx context.Context, s instep.Side, own string, hashes []uint64) ([]string, error) {
	hits, err := ps.engine.store.Keys(ctx, ps.pair.Name, hashes)
	if err != nil {
		return nil, err
	}
	if err := ps.loadLinks(ctx, hitLinks(hits)); err != nil {
		return nil, err
	}
	var ids []string
	for _, h := range hits {
		id := ps.links[h.Link].Sides[s.Other()].ID
		if h.Sides&(1<<s.Other()) == 0 {
			if ps.links[h.Link].Sides[s].ID == own {
				continue
			}
		}
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

func (ps *pass) differences(l, r *instep.Record) []Difference {
	var out []Difference
	for i := range ps.pair.rules {
		rule := &ps.pair.rules[i]
		if rule.CreateOnly || rule.raw(instep.Left, l).IsAbsent() || rule.raw(instep.Right, r).IsAbsent() {
			continue // it will never be compared, or nothing is known of one of them
		}
		a, errA := ps.shared(rule, instep.Left, l)
		b, errB := ps.shared(rule, instep.Right, r)
		if errA != nil || errB != nil {
			a, b = rule.raw(instep.Left, l), rule.raw(instep.Right, r)
		}
		if a != b {
			out = append(out, Difference{Rule: rule.Name, Left: a, Right: b})
		}
	}
	return out
}
