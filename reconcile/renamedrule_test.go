package reconcile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// A record that the engine has made and people have renamed remains one that it
// has made, as long as its immutable identity says that it is the same.
func TestRuleOfARenamedRecord(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	stock.uid = map[string]string{"A": "u1"}
	stock.traits = func(t *instep.Traits) { t.CanRename = true }
	books.put("1", booksRecord("A", "Kahvi", "1")...)
	p := pairOf(stock, books)
	p.Flow = instep.ToLeft
	e := newEngine(t, memory.New(), nil, p)
	mustRun(t, e, nil)
	stock.rename("A", "B")
	mustRun(t, e, sweep())
	var file bytes.Buffer
	if err := e.ExportLinks(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(file.String(), "products,B,1,created left\n") {
		t.Errorf("the links are\n%s", file.String())
	}
}
