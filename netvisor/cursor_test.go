package netvisor

import (
	"math"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

func TestCursor(t *testing.T) {
	t.Parallel()
	for _, c := range []cursor{
		{Format: cursorFormat("products")},
		{Format: cursorFormat("products"), Since: "2026-01-15T13:50:00"},
		{Format: cursorFormat("products"), Next: "2026-01-15T13:50:00", After: math.MaxInt64, Seen: math.MaxUint64, Partial: true, Since: "2026-01-15T13:50:00"},
	} {
		text := c.encode()
		if got, err := parseCursor(text, "products"); err != nil || got != c {
			t.Errorf("%s reads as %+v, %v", text, got, err)
		}
		if len(text) > maxCursor/2 {
			t.Errorf("%d bytes", len(text))
		}
	}
	for _, text := range []string{
		"x", "{}", `{"format":"rackbeat products 1"}`, `{"format":"netvisor products 2"}`, `{"format":"netvisor products 1","more":1}`,
		`{"format":"netvisor products 1"} {}`, `{"format":"netvisor products 1","since":"yesterday"}`,
		`{"format":"netvisor products 1","after":5}`, `{"format":"netvisor products 1","after":-1,"next":"2026-01-15T13:50:00"}`,
		`{"format":"netvisor products 1","since":"2026-01-15T13:50:00.5"}`, "null", strings.Repeat(" ", 500),
	} {
		_, err := parseCursor(instep.Cursor(text), "products")
		if instep.KindOf(err) != instep.Config {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzCursor: whatever is accepted is written and read back the same.
func FuzzCursor(f *testing.F) {
	f.Add(string(cursor{Format: cursorFormat("products"), Next: "2026-01-15T13:50:00", After: 7, Seen: 9}.encode()))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(instep.Cursor(text), "products")
		if err != nil {
			return
		}
		if again, err := parseCursor(c.encode(), "products"); err != nil || again != c {
			t.Fatalf("%q reads as %+v, which is written and read as %+v, %v", text, c, again, err)
		}
	})
}
