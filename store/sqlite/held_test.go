package sqlite

import (
	"fmt"
	"testing"

	"github.com/instep-go/instep"
)

// keyed is a link with one match key.
func keyed(id instep.LinkID, gen uint64, hash uint64) instep.Link {
	l := instep.Link{ID: id, Gen: gen, Keys: []instep.KeyHash{{Hash: hash << 32, Sides: 1}}}
	l.Sides[0].ID = fmt.Sprint("L", id)
	return l
}

// openEmpty opens a new file.
func openEmpty(t *testing.T) *Store {
	t.Helper()
	known, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	s, err := openWith(t, t.TempDir(), known)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The index of match keys has the keys that links have, and none that one had
// before, whatever is entered later.
func TestIndexForgetsFormerKeys(t *testing.T) {
	t.Parallel()
	s := openEmpty(t)
	for _, l := range []instep.Link{keyed(1, 1, 10), keyed(2, 1, 20), keyed(1, 2, 30), keyed(3, 1, 40)} {
		if err := s.Commit(t.Context(), &instep.Batch{Pair: "products", Links: []instep.Link{l}}); err != nil {
			t.Fatal(err)
		}
		if l.ID == 1 && l.Gen == 1 {
			continue // the first two are entered together
		}
		if _, err := s.Keys(t.Context(), "products", []uint64{10 << 32}); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := s.db.directory(t.Context(), keysOf(s.db.pairs["products"].n))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = s.db.bodies(t.Context(), dir, []int{0}, false, func(_ int, body []byte) error {
		r := segReader{rest: body, keys: true}
		for r.next() {
			n++
		}
		return r.err()
	})
	if err != nil || n != 3 || len(dir.segs) != 1 {
		t.Errorf("%d entries in %d segments, want 3 in one (%v)", n, len(dir.segs), err)
	}
}

// What was read of an index is held while a run lasts: to ask for it once more
// takes no statement.
func TestReadOnceInARun(t *testing.T) {
	t.Parallel()
	s := openEmpty(t)
	b := &instep.Batch{Pair: "products", Links: []instep.Link{keyed(1, 1, 10), keyed(2, 1, 20)}}
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	ask := func() int {
		const plenty = 1 << 30
		ctx := &endedOnce{t.Context(), plenty}
		if hits, err := s.Keys(ctx, "products", []uint64{15 << 32}); err != nil || len(hits) != 0 {
			t.Fatalf("%v, %v", hits, err)
		}
		return plenty - ctx.left
	}
	ask() // makes the index, and reads it
	again := ask()
	if err := s.Commit(t.Context(), &instep.Batch{Pair: "products", State: &instep.PairState{Gen: 1, LastLink: 2}}); err != nil {
		t.Fatal(err)
	}
	if later := ask(); again != 0 || later != 1 {
		t.Errorf("it takes %d statements, and %d in the next run, want none and one", again, later)
	}
}

// Whatever is held of a pair's segments is given back, and nothing of another's.
func TestForgetBodies(t *testing.T) {
	t.Parallel()
	d := &db{dirs: map[part]*directory{}}
	for pair := range int64(20) {
		for _, p := range []part{recordsOf(pair, instep.Left), recordsOf(pair, instep.Right), keysOf(pair)} {
			d.dirs[p] = &directory{segs: []segRef{{n: 1, body: []byte("held")}, {n: 2}}, cached: 4}
		}
	}
	d.forgetBodies(7)
	for p, dir := range d.dirs {
		if held := dir.segs[0].body != nil || dir.cached > 0; held != (p.pair() != 7) {
			t.Errorf("of part %d something is held: %t", p, held)
		}
	}
}
