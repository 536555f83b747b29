package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/instep-go/instep"
)

// Link joins two records, one of each side, that a person says belong
// together; it is remembered as any link. Where their fields differ, the
// pair's first side stands, and the next run writes it. It is an error of kind
// Conflict if one of them is linked with another record, and of kind NotFound
// if one is not there. By is who decided, for the activity log.
func (e *Engine) Link(ctx context.Context, pair string, left, right instep.Ref, by string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	ps, err := e.passFor(ctx, pair)
	if err != nil {
		return err
	}
	return ps.linkByHand(ctx, [2]instep.Ref{left, right}, by)
}

// passFor prepares a pass over the pair of the given name.
func (e *Engine) passFor(ctx context.Context, name string) (*pass, error) {
	for _, p := range e.pairs {
		if p.Name == name {
			ps := e.newPass(p)
			if err := ps.begin(ctx); err != nil {
				return nil, fmt.Errorf("pair %s: %w", name, err)
			}
			return ps, ps.bind(ctx)
		}
	}
	return nil, configError("pair "+name, "there is no such pair", "name one of the engine's pairs")
}

func (ps *pass) linkByHand(ctx context.Context, refs [2]instep.Ref, by string) error {
	for _, s := range sides {
		if want := ps.pair.side[s].ref(refs[s].ID); refs[s] != want || refs[s].ID == "" {
			return configError("link "+refs[s].String(), fmt.Sprintf("it is no record of the %s side", s),
				"name a record like "+ps.pair.side[s].ref("ID").String())
		}
	}
	w, err := ps.joinTwo(ctx, [2]string{refs[0].ID, refs[1].ID}, "person")
	if err != nil || w == nil {
		return err
	}
	b := &instep.Batch{}
	ps.commitJoined(b, w, by)
	return ps.commit(ctx, b)
}

// joinTwo makes a work of two records that belong together; nil if they are
// linked already.
func (ps *pass) joinTwo(ctx context.Context, ids [2]string, how string) (*work, error) {
	nodes, err := ps.freeNodes(ctx, ids)
	if err != nil || nodes == nil {
		return nil, err
	}
	w := &work{outcome: instep.Linked, meeting: true, side: ps.pair.First.Other(), how: how}
	w.link, w.drop = nodes[0].link, nodes[1].link
	if w.link == nil {
		w.link, w.drop = nodes[1].link, nil
	}
	w.obs = [2]int32{nodes[0].obs, nodes[1].obs}
	w.acts = ps.compare(nil, *nodes).decide()
	return w, nil
}

// freeNodes reads two records again and checks that both can be joined; it
// returns nil if they are joined with each other already.
func (ps *pass) freeNodes(ctx context.Context, ids [2]string) (*[2]node, error) {
	var known [2][1]instep.Known
	var nodes [2]node
	for _, s := range sides {
		if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, []string{ids[s]}, known[s][:]); err != nil {
			return nil, err
		}
		if err := ps.loadLinks(ctx, []instep.LinkID{known[s][0].Link}); err != nil {
			return nil, err
		}
		nodes[s] = node{side: s, obs: -1, link: ps.links[known[s][0].Link]}
	}
	if l := nodes[0].link; l != nil && l == nodes[1].link {
		return nil, nil
	}
	for _, s := range sides {
		ref := ps.pair.side[s].ref(ids[s])
		if l := nodes[s].link; isFull(l) {
			return nil, refError(instep.Conflict, ref, fmt.Sprintf("it is linked with %s", ps.refOf(l, s.Other())), "unlink it first")
		}
		if nodes[s].link != nil {
			if err := ps.undisturbed(nodes[s].link.ID); err != nil {
				return nil, err
			}
		}
		if _, read := ps.obs[s].at(ids[s]); !read {
			if err := ps.observeAgain(ctx, s, []instep.Ref{ref}); err != nil {
				return nil, err
			}
		}
		i, ok := ps.obs[s].at(ids[s])
		if !ok || ps.obs[s].ob(i).is != there {
			return nil, refError(instep.NotFound, ref, "it is not there, or hidden from us", "check the id")
		}
		if bad := ps.obs[s].ob(i).rare().unfit; bad != nil {
			return nil, refError(instep.Invalid, ref, Text(*bad), "correct the record first")
		}
		nodes[s].obs = i
	}
	return &nodes, nil
}

func refError(kind instep.Kind, ref instep.Ref, what, remedy string) error {
	return &instep.Error{Kind: kind, Op: "link", Ref: ref, Err: errors.New(what), Remedy: remedy}
}

// commitJoined adds the link of a work of joinTwo to the batch. What is to be
// written because of it is left to the next run.
func (ps *pass) commitJoined(b *instep.Batch, w *work, by string) instep.Link {
	link := ps.linkFor(w)
	ps.advance(&link, w, nil)
	ps.fenceRead(b, &link, w)
	if w.drop != nil {
		ps.dropInto(b, w.drop)
	}
	ps.clearMarks(b, link.ID)
	if link.Meeting {
		ps.takeUp(b, &link, instep.Left, false)
	}
	ps.revokeFor(b, &link)
	b.Links = append(b.Links, link)
	b.Activity = append(b.Activity, ps.byPerson(ps.activity(w, &link, w.side, "link", nil), by))
	return link
}

// takeUp has a link looked at in the next run, whatever its records look like.
// Where a counterpart is to be made for its record, that it was to have none
// does not hold any more.
func (ps *pass) takeUp(b *instep.Batch, link *instep.Link, s instep.Side, create bool) {
	if create {
		ps.revoke(b, aboutOne(instep.KeepAlone, s, link.Sides[s].ID))
	}
	for s := range link.Sides {
		link.Sides[s].Sum = 0
	}
	b.Marks = append(b.Marks, instep.Mark{
		Link: link.ID, Side: s, Outcome: instep.Pending, Message: *message("decided"), Create: create,
	})
}

// revokeFor takes back earlier decisions that two records are not to be
// joined.
func (ps *pass) revokeFor(b *instep.Batch, link *instep.Link) {
	ps.revoke(b, instep.DecisionID{Left: link.Sides[instep.Left].ID, Right: link.Sides[instep.Right].ID, Verdict: instep.NeverLink})
	ps.notAlone(b, link)
}

func (ps *pass) revoke(b *instep.Batch, id instep.DecisionID) {
	if _, ok := ps.decisions[id]; ok {
		b.Revoked = append(b.Revoked, id)
		delete(ps.decisions, id)
	}
}

// notAlone takes back that nothing is made for records that have found each
// other: should one of them go one day, that is another matter.
func (ps *pass) notAlone(b *instep.Batch, link *instep.Link) {
	for s := range link.Sides {
		ps.revoke(b, aboutOne(instep.KeepAlone, instep.Side(s), link.Sides[s].ID))
	}
}

func (ps *pass) byPerson(a instep.Activity, by string) instep.Activity {
	a.Cause = "decided"
	if by != "" {
		a.Actor = by
	}
	return a
}

// Unlink takes a pair of records apart. They are not joined with each other
// again, and no counterpart is made for either, until their match keys change
// or a person says otherwise. An unknown or unlinked record is an error of
// kind NotFound.
func (e *Engine) Unlink(ctx context.Context, ref instep.Ref, by string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range e.pairs {
		for _, s := range sides {
			if p.side[s].ref(ref.ID) != ref || ref.ID == "" {
				continue
			}
			ps, err := e.passFor(ctx, p.Name)
			if err != nil {
				return err
			}
			if done, err := ps.unlinkByHand(ctx, s, ref.ID, by); done || err != nil {
				return err
			}
		}
	}
	return refError(instep.NotFound, ref, "it is linked with no record", "check the reference")
}

func (ps *pass) unlinkByHand(ctx context.Context, s instep.Side, id, by string) (bool, error) {
	var known [1]instep.Known
	if err := ps.engine.store.Lookup(ctx, ps.pair.Name, s, []string{id}, known[:]); err != nil {
		return false, err
	}
	if err := ps.loadLinks(ctx, []instep.LinkID{known[0].Link}); err != nil {
		return false, err
	}
	link := ps.links[known[0].Link]
	if !isFull(link) {
		return false, nil
	}
	if err := ps.undisturbed(link.ID); err != nil {
		return false, err
	}
	b := &instep.Batch{}
	ps.takeApart(b, link, by)
	w := &work{outcome: instep.Unlinked, link: link, obs: [2]int32{-1, -1}, reason: message("unlinked")}
	b.Activity = append(b.Activity, ps.byPerson(ps.activity(w, link, s, "unlink", nil), by))
	return true, ps.commit(ctx, b)
}

// takeApart makes two half links of a link, the left record keeping its
// number, with the decisions that keep them apart.
func (ps *pass) takeApart(b *instep.Batch, link *instep.Link, by string) {
	left := *link
	left.Gen++
	left.Sides[instep.Right] = instep.LinkSide{}
	ps.state.LastLink++
	right := instep.Link{ID: ps.state.LastLink, Gen: 1, Map: link.Map}
	right.Sides[instep.Right] = link.Sides[instep.Right]
	halves := [2]*instep.Link{&left, &right}
	never := instep.Decision{
		DecisionID: instep.DecisionID{Left: link.Sides[0].ID, Right: link.Sides[1].ID, Verdict: instep.NeverLink},
		By:         by, At: ps.engine.now(),
	}
	for _, s := range sides {
		h := halves[s]
		h.Keys = keysOfSide(link.Keys, s)
		h.Rule, h.Drift, h.Meeting = "", nil, false
		h.Sides[s].Sum = 0
		never.Evidence[s] = evidence(h, s)
		b.Decisions = append(b.Decisions, ps.decision(instep.KeepAlone, h, s, by))
		b.Links = append(b.Links, *h)
	}
	b.Decisions = append(b.Decisions, never)
	ps.clearMarks(b, link.ID)
}
