package reconcile_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/instep-go/instep/reconcile"
)

// activity is what the engine wrote down of the whole history.
func (w *world) activity() string {
	var b strings.Builder
	rows, _ := w.store.Activity(context.Background(), "", 0, 1<<20)
	for _, a := range rows {
		fmt.Fprintf(&b, "%s %s link %d %s %s | %s %s %v | %s\n", a.At.Format("01-02 15:04:05"), a.Run[:4], a.Link, a.LeftID, a.RightID, a.Action, a.Outcome, a.Fields, reconcile.Text(a.Message))
	}
	return b.String()
}
