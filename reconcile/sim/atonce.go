package sim

import (
	"time"

	"github.com/instep-go/instep"
)

// editAtOnce has a user edit what was just written before anybody can have read
// it back. Only where the system says that somebody wrote since, and to the
// moment, can an engine tell that from what the system itself has made of the
// value.
func (v *vendor) editAtOnce(op *instep.Op, res *instep.Result) {
	w := v.w
	if op.Action != instep.Update || res.After != nil || !v.versions && (!v.tells || v.step > 0) || !w.chance(EditAtOnce, 2) {
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
