package sim

import (
	"fmt"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// refusal is the answer to a write that a system does not take. Some systems
// repeat in it what they were sent.
func (v *vendor) refusal(op *instep.Op) instep.Result {
	res := v.fail(instep.Invalid)
	if v.w.chance(Repeating, 2) {
		v.w.came(Repeating, "%s", v.name)
		v.w.repeated = append(v.w.repeated, textsOf(v, op)...)
		res.Err = &instep.Error{Kind: instep.Invalid, Op: v.name, Answer: fmt.Sprint("we do not take ", op.Fields)}
	}
	return res
}

// textsOf returns the name and the price that an op holds.
func textsOf(v *vendor, op *instep.Op) (texts []string) {
	for _, name := range v.fields[1:3] {
		x := op.Fields.Get(name)
		if text := strings.TrimSpace(x.String()); len(text) > 2 && !x.IsBlank() {
			texts = append(texts, text)
		}
	}
	return texts
}

// checkRepeated wants an error that goes to logs to hold none of the values that
// a system has repeated.
func (w *world) checkRepeated(ev reconcile.Event) {
	wrote, ok := ev.(reconcile.Wrote)
	if !ok || wrote.Err == nil {
		return
	}
	for _, text := range w.repeated {
		if strings.Contains(wrote.Err.Error(), text) {
			w.violate("values", "an error repeats %q: %v", text, wrote.Err)
		}
	}
	w.repeated = w.repeated[:0]
}
