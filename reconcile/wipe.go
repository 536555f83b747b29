package reconcile

import "github.com/instep-go/instep"

// decideWipe decides about the fields of the record of side s that are emptied
// because its counterpart is hidden. Those that are empty already are left.
func (ps *pass) decideWipe(link *instep.Link, nodes [2]node, s instep.Side) {
	w := work{
		link: link, side: s, outcome: instep.Updated, wipe: true, acts: make([]act, len(ps.pair.rules)),
		reason: ps.erasedHidden(s),
	}
	w.obs = [2]int32{nodes[0].obs, nodes[1].obs}
	stands := ps.believed(&w, s)
	for i := range ps.pair.rules {
		if h := stands.at(i); ps.pair.erases(&ps.pair.rules[i]) && h != 0 && h != ps.blank[0][i] && h != ps.blank[1][i] {
			w.acts[i] = writeTo[s]
		}
	}
	switch {
	case !w.writesTo(s):
		w.outcome, w.side, w.acts, w.aside = instep.Frozen, s.Other(), nil, true
	default:
		ps.park(&w)
	}
	ps.addWork(w, &nodes[0], &nodes[1])
}

// erasedHidden is the message about a record of side s of which fields were
// emptied.
func (ps *pass) erasedHidden(s instep.Side) *instep.Message {
	return message("erased_hidden", arg("side", s.Other().String()), arg("fields", join(ps.pair.Erase)))
}

// emptied is what such a work sends.
func (ps *pass) emptied(w *work, target instep.Side) (sent, *instep.Message) {
	var out sent
	for i := range ps.pair.rules {
		r := &ps.pair.rules[i]
		if w.acts[i] != writeTo[target] {
			continue
		}
		v, err := r.write(target, instep.Null())
		if err != nil {
			return sent{}, unreadable(r, err)
		}
		if bad := r.fit(&ps.infos[target][i], v, ps.lists[target]); bad != nil {
			return sent{}, bad
		}
		out.add(i, r.End(target).Field, v)
	}
	return out, nil
}

// wipedMark says that fields of a link's record of side s were emptied.
func (ps *pass) wipedMark(link instep.LinkID, s instep.Side) instep.Mark {
	return instep.Mark{
		Link: link, Side: s.Other(), Outcome: instep.Frozen, Message: *ps.erasedHidden(s), Due: ps.engine.now().Add(ps.pair.SweepEvery),
	}
}
