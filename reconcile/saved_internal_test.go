package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// An operation of a saved plan is the same one for another reason, too, and
// whether values were saved with it or not; with another value it is not.
func TestSavedOpKey(t *testing.T) {
	t.Parallel()
	op := func(change func(*SavedOp)) string {
		o := SavedOp{
			Outcome: instep.Updated, Side: instep.Right, Left: "A", Right: "b001", Reason: instep.Message{Code: "edited", Args: []instep.Arg{{Name: "fields", Value: "name"}}},
			Fields: []SavedField{{Rule: "name", Side: instep.Right, From: 1, To: 2}},
		}
		change(&o)
		return o.key()
	}
	as := op(func(*SavedOp) {})
	for name, change := range map[string]func(*SavedOp){
		"for another reason": func(o *SavedOp) { o.Reason = instep.Message{Code: "reverted"} },
		"with values":        func(o *SavedOp) { o.Fields[0].Sealed = []byte{1} },
	} {
		if op(change) != as {
			t.Errorf("%s it is another operation", name)
		}
	}
	for name, change := range map[string]func(*SavedOp){
		"value":   func(o *SavedOp) { o.Fields[0].To = 3 },
		"before":  func(o *SavedOp) { o.Fields[0].From = 3 },
		"record":  func(o *SavedOp) { o.Left = "B" },
		"outcome": func(o *SavedOp) { o.Outcome = instep.Created },
	} {
		if op(change) == as {
			t.Errorf("with another %s it is the same operation", name)
		}
	}
}
