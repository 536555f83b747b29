package reconcile

import (
	"time"

	"github.com/instep-go/instep"
)

// longestPause bounds how long what could not be sent waits for its next try.
const longestPause = 6 * time.Hour

// pause is when to try again what could not be sent: in the next run, and
// after that at growing intervals, spread so that not all come at once.
func (ps *pass) pause(link instep.LinkID, side instep.Side) time.Time {
	tries := ps.marks[instep.MarkID{Link: link, Side: side}].Tries
	if ps.marks[instep.MarkID{Link: link, Side: side}].Outcome != instep.Failed {
		return time.Time{}
	}
	d := min(time.Minute<<min(tries, 10), longestPause)
	spread := time.Duration(uint32(link)*2654435761>>16) * d / (4 << 16)
	return ps.engine.now().Add(d + spread)
}

// park holds a write back that is not to be tried yet: what was refused until
// the record differs, what could not be sent until its
// pause is over, what was turned back and forth until a person has looked.
func (ps *pass) park(w *work) bool {
	if w.link == nil && w.drop == nil {
		return false
	}
	for _, link := range []*instep.Link{w.link, w.drop} {
		for _, s := range sides {
			if link == nil {
				continue
			}
			m, ok := ps.marks[instep.MarkID{Link: link.ID, Side: s}]
			if ok && ps.holdsBack(&m, w) {
				w.outcome, w.side, w.reason, w.link, w.acts = m.Outcome, m.Side, &m.Message, link, nil
				w.aside, w.create = true, m.Create
				return true
			}
		}
	}
	return false
}

func (ps *pass) holdsBack(m *instep.Mark, w *work) bool {
	switch {
	case m.Message.Code == "turned":
		return !w.meeting
	case ps.sel.Sweep || ps.resumed[m.Link] || !w.writes():
		return false
	case m.Evidence != 0:
		i := w.obs[m.Side]
		if m.Message.Code == "vanished" && w.obs[m.Side.Other()] >= 0 {
			return false // it is there after all
		}
		if ps.untaken[m.Link] {
			return false
		}
		same := i >= 0 && ps.obs[m.Side].ob(i).sum == m.Evidence
		// Who holds a key may change without this record changing.
		return same && (m.Message.Code != "key_held" || m.Due.After(ps.now))
	case !m.Due.After(ps.now):
		return false
	default:
		return m.Outcome == instep.Failed
	}
}

// waitForLag has a pair looked at again when a view that may be older than our
// own write will have caught up.
func (ps *pass) waitForLag(w *work) {
	for _, s := range sides {
		if i := w.obs[s]; i >= 0 {
			w.due = later(w.due, ps.obs[s].ob(i).rare().due)
		}
	}
	if !w.due.IsZero() && w.outcome == instep.InStep {
		w.outcome, w.reason = instep.Pending, message("read_lags")
	}
}

// decideStanding lists what is open and was not looked at in this pass, so
// that a plan shows all that waits.
func (ps *pass) decideStanding() {
	decided := map[instep.LinkID]bool{}
	for i := range ps.works {
		for _, link := range []*instep.Link{ps.works[i].link, ps.works[i].drop} {
			if link != nil {
				decided[link.ID] = true
			}
		}
	}
	for _, id := range sortedMarks(ps.marks) {
		m := ps.marks[id]
		if link := ps.links[m.Link]; link != nil && !decided[m.Link] && m.Outcome != instep.Removed {
			decided[m.Link] = true
			ps.works = append(ps.works, work{
				outcome: m.Outcome, side: m.Side, link: link, obs: [2]int32{-1, -1}, reason: &m.Message,
				aside: true, stands: true,
			})
		}
	}
}
