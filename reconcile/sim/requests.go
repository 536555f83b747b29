package sim

import (
	"time"

	"github.com/instep-go/instep"
)

// request is a create as it was first sent under its idempotency key.
type request struct {
	at       time.Time
	fields   instep.Fields
	replied  bool // it was carried out, and a process was told
	answered bool // and it has committed that
}

// checkKey wants a create to be sent again only as the same request, and only as
// long as the system knows the key: else it makes another record, or answers with
// one that holds something else.
func (v *vendor) checkKey(op *instep.Op) {
	if !v.keyed || op.Action != instep.Create || op.Key == "" {
		return
	}
	first, again := v.requests[op.Key]
	switch {
	case !again:
		v.requests[op.Key] = &request{at: v.w.clk.now, fields: op.Fields}
	case first.answered:
		v.w.violate("W1", "%s: the key of a create that was answered is used for another", v.name)
	case first.fields.String() != op.Fields.String():
		v.w.violate("W1", "%s: the same key is sent with %s, and was with %s", v.name, op.Fields, first.fields)
	case v.w.clk.now.Sub(first.at) >= v.keyLife:
		v.w.violate("W1", "%s: a key of %s is sent again, which the system has forgotten", v.name, first.at.Format(stamp))
	}
}

// repliedKey notes that a create was carried out and answered.
func (v *vendor) repliedKey(op *instep.Op, res *instep.Result) {
	if first := v.requests[op.Key]; first != nil && res.Err == nil {
		first.replied = true
	}
}

// settledKey notes that what came of a create was committed.
func (w *world) settledKey(key string) {
	for _, v := range w.side {
		if first := v.requests[key]; first != nil && first.replied {
			first.answered = true
		}
	}
}
