package reconcile

import (
	"testing"

	"github.com/instep-go/instep"
)

// TestListMappingBothWays reads and writes the entries of two code lists: the
// shared form is that of the side that does not own the field.
func TestListMappingBothWays(t *testing.T) {
	t.Parallel()
	pairs := []instep.ListPair{{Left: "Kaffe", Right: "Juomat"}, {Left: "Te", Right: "Juomat"}, {Left: "Søm", Right: "Naulat"}}
	const none = "\x00"
	tests := []struct {
		name        string
		owner       instep.Owner
		list        instep.ListMapping
		left, right string // read from either side
		toL, toR    string // what the shared form of left is written back as
	}{
		{"paired", instep.LeftOwns, instep.ListMapping{Pairs: pairs}, "Te", "Juomat", "Kaffe", "Juomat"},
		{"paired one to one", instep.LeftOwns, instep.ListMapping{Pairs: pairs}, "Søm", "Naulat", "Søm", "Naulat"},
		{"listed twice", instep.LeftOwns, instep.ListMapping{Pairs: []instep.ListPair{{Left: "Kaffe", Right: "Juomat"}, {Left: "Kaffe", Right: "Naulat"}}}, "Kaffe", "Juomat", "Kaffe", "Juomat"},
		{"not listed", instep.LeftOwns, instep.ListMapping{Pairs: pairs}, "Andet", none, "", ""},
		{"the same name", instep.LeftOwns, instep.ListMapping{Pairs: pairs, Same: true}, "Andet", "Andet", "Andet", "Andet"},
		{"default", instep.LeftOwns, instep.ListMapping{Pairs: pairs, RightDefault: "Muut", LeftDefault: "Diverse"}, "Andet", "Muut", "Diverse", "Muut"},
		{"default for blank", instep.LeftOwns, instep.ListMapping{Pairs: pairs, RightDefault: "Muut", LeftDefault: "Diverse"}, "", "Muut", "Diverse", "Muut"},
		{"owned by the right", instep.RightOwns, instep.ListMapping{Pairs: []instep.ListPair{{Left: "Alt", Right: "Juomat"}, {Left: "Alt", Right: "Naulat"}}}, "Alt", "Naulat", "Alt", "Juomat"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRule(0, instep.Rule{Name: "group", Owner: tt.owner, List: &tt.list}, instep.BuiltIn())
			left, errL := r.read(instep.Left, instep.String(tt.left))
			if tt.right == none {
				if errL == nil {
					t.Errorf("%q was read as %s", tt.left, left)
				}
				return
			}
			right, errR := r.read(instep.Right, instep.String(tt.right))
			if errL != nil || errR != nil || left != right {
				t.Fatalf("%q and %q are %s and %s (%v, %v), want the same", tt.left, tt.right, left, right, errL, errR)
			}
			for s, want := range map[instep.Side]string{instep.Left: tt.toL, instep.Right: tt.toR} {
				if got, err := r.write(s, left); err != nil || got.String() != want {
					t.Errorf("written to the %s side it is %s, %v; want %s", s, got, err, want)
				}
			}
		})
	}
}
