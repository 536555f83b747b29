package rackbeat

import (
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

func TestCursor(t *testing.T) {
	t.Parallel()
	for _, c := range []cursor{
		{},
		{Mark: "2025-01-08 10:30:00"},
		{Mark: "2018-01-01T18:30:00+01:00", Unsorted: true},
		{Walk: sweeping, Coming: "2025-01-08 10:30:00", Page: 3, Size: 1000, Total: 4321, Top: "2025-01-08 10:31:00"},
		{Walk: changes, Mark: "2025-01-08 10:30:00", Coming: "2025-01-08 10:30:01", Page: 1, Size: 1, Total: -1},
	} {
		got, err := parseCursor("product", c.next("product"))
		if err != nil || got != c {
			t.Errorf("%s is read as %+v (%v)", c.next("product"), got, err)
		}
	}
}

func TestCursorFaults(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"another source":  "netvisor/product/1 {}",
		"another version": "rackbeat/product/2 {}",
		"broken":          cursorPrefix("product") + "{",
		"array":           cursorPrefix("product") + "[]",
		"unknown part":    cursorPrefix("product") + `{"new":1}`,
		"tail":            cursorPrefix("product") + `{} {}`,
		"unknown walk":    cursorPrefix("product") + `{"walk":"back"}`,
		"no page":         cursorPrefix("product") + `{"walk":"all","size":1}`,
		"huge page size":  cursorPrefix("product") + `{"walk":"all","size":100000,"page":1}`,
		"page at rest":    cursorPrefix("product") + `{"page":1}`,
		"mark":            cursorPrefix("product") + `{"mark":"yesterday"}`,
		"too long":        cursorPrefix("product") + `{` + strings.Repeat(" ", maxCursor) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseCursor("product", instep.Cursor(text))
			e := wantKind(t, err, instep.Config)
			if e.Remedy == "" || e.Field != "cursor" {
				t.Errorf("%v names no field or remedy", e)
			}
		})
	}
}

// What is accepted is a state of a walk, and survives.
func FuzzCursor(f *testing.F) {
	f.Add(`{"mark":"2025-01-08 10:30:00"}`)
	f.Add(`{"walk":"change","coming":"2025-01-08 10:30:00","page":2,"size":10,"total":-1}`)
	f.Add(`{"walk":"all","page":2,"size":10,"top":"2018-01-01T18:30:00+01:00"}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor("product", instep.Cursor(cursorPrefix("product")+text))
		if err != nil {
			return
		}
		if !c.valid() || len(text) > maxCursor {
			t.Fatalf("%q was accepted", text)
		}
		if again, err := parseCursor("product", c.next("product")); err != nil || again != c {
			t.Fatalf("%+v, read from %q, is read back as %+v (%v)", c, text, again, err)
		}
	})
}

func TestShort(t *testing.T) {
	t.Parallel()
	rows := make([]int, 10)
	for _, tt := range []struct {
		l    List[int]
		want bool
	}{
		{List[int]{Items: rows, Page: 1, Pages: 3, Total: 25, Limit: 10}, false},
		{List[int]{Items: rows[:9], Page: 1, Pages: 3, Total: 25, Limit: 10}, true},
		{List[int]{Items: rows[:5], Page: 3, Pages: 3, Total: 25, Limit: 10}, false},
		{List[int]{Items: rows[:4], Page: 3, Pages: 3, Total: 25, Limit: 10}, true},
		{List[int]{Items: rows[:0], Page: 2, Pages: 3, Total: 25, Limit: 10}, true},
		{List[int]{Items: rows[:0], Page: 4, Pages: 3, Total: 25, Limit: 10}, false},
		{List[int]{Items: rows[:0], Page: 1, Pages: 0, Total: 0, Limit: 10}, false},
		{List[int]{Items: rows[:3], Page: 1, Pages: 9, Total: 25, Limit: 10}, false}, // fewer rows to a page than it says
		{List[int]{Items: rows[:3], Page: 1, Pages: -1, Total: -1, Limit: 10}, false},
		{List[int]{Items: rows[:3], Page: 1, Pages: 1, Total: 4, Limit: 0}, false},
	} {
		if got := tt.l.short(); got != tt.want {
			t.Errorf("%d rows on page %d of %d, %d to a page, %d in all: %v", len(tt.l.Items), tt.l.Page, tt.l.Pages, tt.l.Limit, tt.l.Total, got)
		}
	}
}
