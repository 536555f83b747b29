package sqlite

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/instep-go/instep"
)

// An index edited at random holds what a map does, whatever was split, emptied
// or rolled back on the way, also when it is read from the file again.
func TestSegmentsAgainstMap(t *testing.T) {
	t.Parallel()
	known, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	s, err := openWith(t, t.TempDir(), known)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	id := func() string {
		n := random.IntN(3000)
		return []string{fmt.Sprintf("%d", n), fmt.Sprintf("%040d", n), string([]byte{byte(n), byte(n >> 8), 0})}[n%3]
	}
	want := map[string]entry{}
	for round := range 60 {
		next := maps.Clone(want)
		var edits []edit
		for range random.IntN(1500) {
			e := edit{id(), put, entry{random.Uint64(), instep.LinkID(random.Uint64N(1 << 40))}}
			if slices.ContainsFunc(edits, func(f edit) bool { return f.key == e.key }) {
				continue
			}
			if random.IntN(3) == 0 || round%10 == 9 {
				e.kind, e.entry = remove, entry{}
				delete(next, e.key)
			} else {
				next[e.key] = e.entry
			}
			edits = append(edits, e)
		}
		slices.SortFunc(edits, compareEdits)
		undone := errors.New("undone")
		err := s.db.tx(t.Context(), func() error {
			if err := s.db.editIndex(t.Context(), 0, edits); err != nil {
				return err
			}
			if round%4 == 3 {
				return undone
			}
			return nil
		})
		if err != nil && !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if err == nil {
			want = next
		}
		if round%5 == 0 {
			s.db.dirs = nil
		}
		compareIndex(t, s, want)
	}
}

// compareIndex looks all entries up, in pages of any order, and reads them.
func compareIndex(t *testing.T, s *Store, want map[string]entry) {
	t.Helper()
	dir, err := s.db.directory(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, seg := range dir.segs {
		if i > 0 && dir.segs[i-1].first >= seg.first {
			t.Fatalf("segment %d begins before the one before it", i)
		}
	}
	all := make([]int, len(dir.segs))
	for i := range all {
		all[i] = i
	}
	err = s.db.bodies(t.Context(), dir, all, false, func(_ int, body []byte) error {
		r := segReader{rest: body}
		for r.next() {
			n++
		}
		return r.err()
	})
	if err != nil || n != len(want) {
		t.Fatalf("there are %d entries, want %d (%v)", n, len(want), err)
	}
	ids := slices.AppendSeq([]string{"", "none", "~"}, maps.Keys(want))
	for _, size := range []int{2, 500} {
		for page := range slices.Chunk(ids, size) {
			out := make([]instep.Known, len(page))
			l := lookup{db: s.db, dir: dir, ids: page, out: out}
			if err := l.run(t.Context()); err != nil {
				t.Fatal(err)
			}
			for i, id := range page {
				if e := want[id]; out[i] != (instep.Known{Link: e.link, Sum: e.sum}) {
					t.Fatalf("%q is %v, want %v", id, out[i], e)
				}
			}
		}
	}
}

func TestInsertTaken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		edits []edit
		taken bool
	}{
		"there":                {[]edit{{key: "a", kind: insert}}, true},
		"not there":            {[]edit{{key: "b", kind: insert}}, false},
		"taken away first":     {[]edit{{key: "a", kind: remove}, {key: "a", kind: insert}}, false},
		"twice":                {[]edit{{key: "b", kind: insert}, {key: "b", kind: insert}}, true},
		"kept by another":      {[]edit{{key: "a", kind: insert}, {key: "a", kind: put}}, true},
		"taken away, not here": {[]edit{{key: "b", kind: remove}, {key: "b", kind: insert}}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w segWriter
			w.add([]byte("a"), entry{1, 1})
			u := segUpdate{}
			err := u.merge(w.body, test.edits)
			if got := errors.Is(err, errTaken{}); got != test.taken {
				t.Errorf("got %v, want taken %v", err, test.taken)
			}
		})
	}
}

// A body that was damaged is told of, or reads as something else; it takes
// nobody down.
func TestDamagedSegment(t *testing.T) {
	t.Parallel()
	var w segWriter
	for i := range 50 {
		w.add(fmt.Appendf(nil, "%030d", i*i*i), entry{uint64(i), instep.LinkID(i << 20)})
	}
	random := rand.New(rand.NewPCG(3, 4))
	told := 0
	for range 20_000 {
		body := slices.Clone(w.body[:random.IntN(len(w.body)+1)])
		for range min(len(body), random.IntN(4)) {
			body[random.IntN(len(body))] = byte(random.Uint32())
		}
		r := segReader{rest: body}
		for r.next() {
		}
		if r.err() != nil {
			told++
		}
		f := segReader{rest: body}
		_, _ = f.find(fmt.Sprintf("%030d", random.IntN(125_000)))
		k := segReader{rest: body, keys: true}
		for k.next() {
			_, _ = readIndexedKey(k.key)
		}
	}
	if told < 1000 {
		t.Errorf("only %d damaged bodies were told of", told)
	}
}

func TestIndexedKey(t *testing.T) {
	t.Parallel()
	rows := []keyRow{{0, 1}, {0, 255}, {0, 256}, {1, 1}, {1, 1<<40 - 1}, {1 << 31, 3}, {1<<32 - 1, 1 << 39}}
	last := ""
	for _, row := range rows {
		key := string(indexedKey(nil, row))
		if got, ok := readIndexedKey([]byte(key)); !ok || got != row {
			t.Errorf("%v reads as %v, %v", row, got, ok)
		}
		if key <= last {
			t.Errorf("%v does not come after the one before it", row)
		}
		last = key
	}
}
