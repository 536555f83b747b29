package reconcile

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// spilled is what of many records is in a file, and what it should be.
type spilled struct {
	packed
	at   []place
	want []instep.Fields
	vecs []vector
}

func scratchFile(t *testing.T) Scratch {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func spillRecords(t *testing.T, n int) *spilled {
	t.Helper()
	s := &spilled{}
	var err error
	if s.spill, err = newSpill(scratchFile(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.spill.close)
	rnd := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		f := anyFields(rnd, i)
		vec := vector{uint32(i), rnd.Uint32(), 0}
		s.want, s.vecs, s.at = append(s.want, f), append(s.vecs, vec), append(s.at, s.add(f, vec))
	}
	return s
}

// TestSpillGivesBack takes records in any order out of a file, and their
// vectors.
func TestSpillGivesBack(t *testing.T) {
	t.Parallel()
	s := spillRecords(t, 3000)
	if kept := len(s.bytes) - countEmpty(s.bytes); kept > keptBlocks+1+12 { // and those that are too large
		t.Errorf("%d of %d blocks are kept in memory", kept, len(s.bytes))
	}
	for _, i := range rand.New(rand.NewPCG(8, 8)).Perm(len(s.want)) {
		if diff := cmp.Diff(s.want[i], fieldsAt(t, &s.packed, s.at[i])); diff != "" {
			t.Fatalf("record %d (-want +got):\n%s", i, diff)
		}
		if got := s.vec(s.at[i]); !slices.Equal(got, s.vecs[i]) {
			t.Fatalf("vector %d is %v, not %v", i, got, s.vecs[i])
		}
	}
}

func countEmpty(a arena) (n int) {
	for i := range a {
		if a[i].Len() == 0 {
			n++
		}
	}
	return n
}

// TestSpillIsSecret: a file shows nothing of what is in it.
func TestSpillIsSecret(t *testing.T) {
	t.Parallel()
	s := spillRecords(t, 2000)
	all, err := io.ReadAll(io.NewSectionReader(s.spill.file, 0, math.MaxInt64))
	if err != nil || len(all) < 10*arenaBlock {
		t.Fatalf("%d bytes, %v", len(all), err)
	}
	for _, plain := range []string{"Ääni", strings.Repeat("\x00", 32)} {
		if bytes.Contains(all, []byte(plain)) {
			t.Errorf("%q is in the file", plain)
		}
	}
}

// TestSpillDamaged: what is not what was written is not given out.
func TestSpillDamaged(t *testing.T) {
	t.Parallel()
	s := spillRecords(t, 2000)
	one, size := make([]byte, 1), int64(arenaBlock+s.spill.aead.Overhead())
	const block = 3
	_, err := s.spill.file.ReadAt(one, block*size+100)
	one[0] ^= 4
	if err == nil {
		_, err = s.spill.file.WriteAt(one, block*size+100)
	}
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for i, at := range s.at {
		fields, ok := s.appendTo(nil, at)
		if damaged := at/arenaBlock == block; ok == damaged {
			t.Errorf("record %d of block %d: %v", i, at/arenaBlock, ok)
		}
		if !ok {
			lost++
			if len(fields) > 0 || s.vec(at) != nil {
				t.Errorf("record %d is %v with vector %v", i, fields, s.vec(at))
			}
		}
	}
	if lost == 0 {
		t.Error("no record is in the block")
	}
}

// TestSpillFull: when the disk takes no more, what was held stays, and no more
// is held.
func TestSpillFull(t *testing.T) {
	t.Parallel()
	s := spillRecords(t, 0)
	s.spill.close()
	for i := 0; s.hasRoom(1); i++ {
		f := instep.NewFields(instep.Field{Name: "name", Value: instep.String(strings.Repeat(fmt.Sprint(i), 500))})
		s.want, s.at = append(s.want, f), append(s.at, s.add(f, vector{1}))
		if i > 10_000 {
			t.Fatal("there is room for ever")
		}
	}
	if len(s.at) < 100 {
		t.Errorf("room for %d records only", len(s.at))
	}
	for i, at := range s.at {
		if diff := cmp.Diff(s.want[i], fieldsAt(t, &s.packed, at)); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestForget: vectors are let go of block by block, and read from the file then.
func TestForget(t *testing.T) {
	t.Parallel()
	for _, spills := range []bool{true, false} {
		o := observations{rules: 2}
		if spills {
			o.values.spill = spillRecords(t, 0).spill
		}
		const n = 3*blockSize + 10
		var all []creation
		for i := range n {
			vec := vector{uint32(i), uint32(2 * i)}
			f := instep.NewFields(instep.Field{Name: "code", Value: instep.String(fmt.Sprintf("%080d", i))})
			o.add(fmt.Sprint(i), 0, seenRecord{held: o.values.add(f, vec)}, view{vec: vec})
			if i != blockSize+5 {
				all = append(all, creation(i))
			}
		}
		o.forget(all)
		for b, vecs := range o.vecs {
			if forgotten := vecs == nil; forgotten != (spills && b != 1) {
				t.Errorf("block %d forgotten: %v", b, forgotten)
			}
		}
		for i := range int32(n) {
			if got := o.vec(i); !slices.Equal(got, vector{uint32(i), uint32(2 * i)}) {
				t.Fatalf("vector %d is %v", i, got)
			}
		}
	}
}
