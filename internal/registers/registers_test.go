package registers_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/registers"
)

// file is a side of n customers.
func file(t *testing.T, s instep.Side, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := registers.Write(&b, s, n); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFloor counts what the floor finds in registers of which it is known.
func TestFloor(t *testing.T) {
	t.Parallel()
	const n = 2000
	var f registers.Floor
	for _, s := range []instep.Side{instep.Left, instep.Right} {
		registers.SplitText(string(file(t, s, n)), func(r registers.Row) { f.Add(s, r) })
	}
	f.Match()
	var ranks [4]int
	doubts := 0
	f.All(func(left, right string, rank uint8) {
		switch {
		case right != "":
			ranks[rank]++
			if left[1:] != right[1:] {
				t.Errorf("%s was joined with %s", left, right)
			}
		case rank > 0:
			doubts++
		default:
			ranks[0]++
		}
	})
	if want := [4]int{n / 20, 14 * n / 20, 2 * n / 20, 2 * n / 20}; ranks != want || doubts != n/20 {
		t.Errorf("alone and by rank %v, in doubt %d; want %v and %d", ranks, doubts, want, n/20)
	}
}

// TestReaders has all readers read the same rows, in pieces of any size.
func TestReaders(t *testing.T) {
	t.Parallel()
	text := file(t, instep.Right, 1500)
	var byCSV, byText, byPiece []registers.Row
	if err := registers.ReadCSV(bytes.NewReader(text), func(r registers.Row) { byCSV = append(byCSV, r) }); err != nil {
		t.Fatal(err)
	}
	registers.SplitText(string(text), func(r registers.Row) { byText = append(byText, r) })
	err := registers.Split(bytes.NewReader(text), func(b registers.Bytes) {
		byPiece = append(byPiece, registers.Row{
			ID: string(b.ID), Code: string(b.Code), BusinessID: string(b.BusinessID), Name: string(b.Name),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(byCSV) != 1500 {
		t.Errorf("%d rows", len(byCSV))
	}
	if diff := cmp.Diff(byCSV, byText) + cmp.Diff(byCSV, byPiece); diff != "" {
		t.Error(diff)
	}
	if err := registers.Split(strings.NewReader(strings.Repeat("x", 1<<17)), func(registers.Bytes) {}); err == nil {
		t.Error("a line of 128 KiB was taken")
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "abc1": "abc1", "KAHVILA  7. Oy": "kahvila7oy", "Äänekosken-Auto": "äänekoskenauto", "123-4": "1234", "MØBLER": "møbler",
	} {
		if got := registers.Key(in); got != want {
			t.Errorf("Key(%q) is %q, want %q", in, got, want)
		}
		if got := string(registers.AppendKey([]byte("x"), in)); got != "x"+want {
			t.Errorf("AppendKey of %q is %q, want %q", in, got, want)
		}
	}
}
