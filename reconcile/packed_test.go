package reconcile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// TestPackedGivesBack packs records of many shapes and sizes, more values of a
// field than are numbered, and takes them out in any order.
func TestPackedGivesBack(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	var p packed
	var want []instep.Fields
	var at []place
	for i := range 3000 {
		f := anyFields(rnd, i)
		want, at = append(want, f), append(at, p.add(f, nil))
	}
	if p.n != len(want) {
		t.Errorf("%d records, not %d", p.n, len(want))
	}
	for _, i := range rnd.Perm(len(want)) {
		if diff := cmp.Diff(want[i], fieldsAt(t, &p, at[i])); diff != "" {
			t.Fatalf("record %d (-want +got):\n%s", i, diff)
		}
	}
}

func anyFields(rnd *rand.Rand, i int) instep.Fields {
	all := []instep.Field{
		{Name: "code", Value: instep.String(fmt.Sprint(i))},
		{Name: "name", Value: instep.String(strings.Repeat(fmt.Sprintf("Ääni %d ", i), rnd.IntN(200)))},
		{Name: "country", Value: instep.String([]string{"FI", "DK", ""}[rnd.IntN(3)])},
		{Name: "price", Value: instep.Number(instep.MustDecimal(fmt.Sprintf("%d.%02d", i, rnd.IntN(100))))},
		{Name: "since", Value: instep.Day(instep.Date{Year: 1900 + rnd.IntN(120), Month: 2, Day: 1 + rnd.IntN(28)})},
		{Name: "lines", Value: instep.List(instep.Int(int64(i)), instep.Null())},
		{Name: "note", Value: instep.Null()},
		{Name: "text", Value: instep.String(strings.Repeat("x", 3*arenaBlock/2))},
	}
	if rnd.IntN(500) > 0 {
		all = all[:len(all)-1]
	}
	var f []instep.Field
	for _, one := range all {
		if rnd.IntN(8) > 0 {
			f = append(f, one)
		}
	}
	return instep.NewFields(f...)
}

// TestPackedFull: where there is no room, a record is said to be nowhere.
func TestPackedFull(t *testing.T) {
	t.Parallel()
	p := packed{bytes: make(arena, mostBlocks)}
	p.bytes[mostBlocks-1].WriteString(strings.Repeat("x", arenaBlock))
	if at := p.add(instep.NewFields(instep.Field{Name: "code", Value: instep.Int(1)}), nil); at != nowhere || p.n != 0 {
		t.Errorf("placed at %d; %d records", at, p.n)
	}
}

func fieldsAt(t *testing.T, p *packed, at place) instep.Fields {
	t.Helper()
	fields, ok := p.appendTo(nil, at)
	if !ok {
		t.Fatalf("nothing is at %d", at)
	}
	return instep.NewFields(fields...)
}

// What is spilled can be had with its vector, of however many fields; nothing is
// said to be the vector of a record that has none.
func TestPackedVector(t *testing.T) {
	t.Parallel()
	for _, want := range []vector{nil, {7}, {1, 1<<32 - 1}} {
		p := packed{spill: &spill{}}
		if got := p.vec(p.add(instep.Fields{}, want)); !cmp.Equal(want, got) {
			t.Errorf("it is %v, not %v", got, want)
		}
	}
}
