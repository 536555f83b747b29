package reconcile_test

import (
	"context"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// veiled is a system whose lists name what is hidden, with its immutable id,
// and which finds nothing of it by a key.
type veiled struct{ *looked }

func (v *veiled) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := v.system.Read(ctx, from)
	for id, yes := range v.hidden {
		if yes && !page.More {
			page.Records = append(page.Records, instep.Record{Ref: v.ref(id), Status: instep.Hidden, Identity: v.uid[id]})
			page.Sweep.Total++
		}
	}
	return page, err
}

// A record cannot be made on the other side, as its name is too long. It gets
// another id, by which nobody finds it, and is hidden; then a record of its number
// comes up on the other side. It is still known by its number: no copy is made
// beside it, and a person is asked.
func TestRenamedAndHidden(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.keyed, stock.uid = "", map[string]string{"1": "uid 1", "2": "uid 1"}
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
	stock.put("1", stockRecord("A", "a name that is too long for the books", "1")...)
	e := newEngine(t, memory.New(), nil, ownedByBoth(&veiled{&looked{system: stock}}, books))
	mustRun(t, e, nil)
	if x := explainOne(t, e, stock.ref("1")); x.State != instep.Unfit {
		t.Fatalf("it is %s %s", x.State, x.Message.Code)
	}
	stock.remove("1")
	stock.put("2", stockRecord("A", "Kahvi", "1")...)
	stock.hide("2", true)
	books.put("b900", booksRecord("A", "Kahvi", "1")...)
	for range 2 {
		mustRun(t, e, sweep())
	}
	if len(stock.records) != 1 {
		t.Errorf("the stock holds %v", stock.records)
	}
	if x := explainOne(t, e, books.ref("b900")); x.State != instep.Review || x.Message.Code != "hidden_match" {
		t.Errorf("it is %s %s", x.State, x.Message.Code)
	}
	stock.hide("2", false)
	mustRun(t, e, sweep())
	if x := explainOne(t, e, books.ref("b900")); x.Other.ID != "2" || x.State != instep.InStep || len(stock.records) != 1 {
		t.Errorf("it is %s with %q; the stock holds %v", x.State, x.Other.ID, stock.records)
	}
}
