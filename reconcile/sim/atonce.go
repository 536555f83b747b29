package sim

import (
	"time"

	"github.com/instep-go/instep"
)

// laterFollows says whether an edit right after a write is made where references
// come later. One that is still to be filled in then never is, and nothing says so:
// -seed 3093 shows it with true.
const laterFollows = false

// editAtOnce has a user edit what was just written before anybody can have read
// it back. Only where the system says that somebody wrote since can an engine
// tell that from what the system itself has made of the value.
func (v *vendor) editAtOnce(op *instep.Op, res *instep.Result) {
	w := v.w
	if w.groups != nil && w.groups.later && !laterFollows {
		return
	}
	if op.Action != instep.Update || res.After != nil || !v.versions && !v.tells || !w.chance(EditAtOnce, 2) {
		return
	}
	r := v.find(res.Ref.ID)
	w.clk.after(time.Millisecond, func() {
		if r == nil || !r.live() || w.dead {
			return
		}
		w.came(EditAtOnce, "%s %s", v.name, r.cur().id)
		w.edit(v.side, r, w.field(), w.value)
	})
}
