package reconcile

import "github.com/instep-go/instep"

// spent is what a run has done that its guards count, over all its rounds.
type spent struct {
	approved bool                      // by a person: no limit counts
	first    bool                      // it is a first load: whatever is made or changed is meant
	gone     [2]map[instep.LinkID]bool // links of which a record was found gone that was not before, by side
	created  map[instep.LinkID]bool    // links whose record was sent; nil where nothing limits them
	updated  map[instep.LinkID]bool    // likewise
}

func newSpent() *spent { return &spent{gone: [2]map[instep.LinkID]bool{{}, {}}} }

// begin is called when a plan is carried out that no guard holds back.
func (sp *spent) begin(g *Guards, approved, first bool) {
	sp.approved, sp.first = approved, first
	if approved || first {
		return
	}
	if g.Creates >= 0 {
		sp.created = map[instep.LinkID]bool{}
	}
	if g.Updates >= 0 {
		sp.updated = map[instep.LinkID]bool{}
	}
}

// of returns where works like w are counted; nil if they are not.
func (sp *spent) of(w *work) map[instep.LinkID]bool {
	switch {
	case w.outcome == instep.Created, w.outcome == instep.Pending && w.create:
		return sp.created
	case w.outcome == instep.Updated:
		return sp.updated
	default:
		return nil
	}
}

// has reports whether a work was sent before, and is sent once more.
func (sp *spent) has(w *work) bool { return w.link != nil && sp.of(w)[w.link.ID] }

// add counts what is about to be sent.
func (sp *spent) add(ops []*op) {
	for _, o := range ops {
		if sent := sp.of(o.w); sent != nil {
			sent[o.w.link.ID] = true
		}
	}
}
