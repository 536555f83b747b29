package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// rowsOf counts the rows of the tables that grow with the registers, and of
// packs and segments what is in them.
func rowsOf(t *testing.T, s *Store) string {
	t.Helper()
	links := 0
	err := s.db.query(t.Context(), "SELECT body FROM link", nil, func(row []any) error {
		p, err := readPack(blob(row[0]))
		for i := range p {
			if p[i].rest != nil {
				links++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	counts := []string{fmt.Sprint("link ", links)}
	var entries [2]int // of records and of keys
	err = s.db.query(t.Context(), "SELECT part, body FROM seg", nil, func(row []any) error {
		p := part(num(row[0]))
		r := segReader{rest: blob(row[1]), keys: p.keys()}
		for r.next() {
			entries[map[bool]int{true: 1}[p.keys()]]++
		}
		return r.err()
	})
	if err != nil {
		t.Fatal(err)
	}
	counts = append(counts, fmt.Sprint("rec ", entries[0]), fmt.Sprint("mk ", entries[1]))
	for _, table := range []string{"mark", "unit", "fence", "decision"} {
		counts = append(counts, table+" "+ask(t, s, "SELECT count(*) FROM "+table))
	}
	return strings.Join(counts, ", ")
}

// The index of match keys is written behind: by the next call of Keys. It must
// then know nothing of what the links had and lost before that call.
func TestNothingIsLeftOfKeys(t *testing.T) {
	t.Parallel()
	link := func(id instep.LinkID, gen uint64, hashes ...uint64) instep.Link {
		l := instep.Link{ID: id, Gen: gen, Sides: [2]instep.LinkSide{{ID: fmt.Sprint(id)}}}
		for _, h := range hashes {
			l.Keys = append(l.Keys, instep.KeyHash{Hash: h << 32, Sides: 1})
		}
		return l
	}
	three := instep.Batch{Links: []instep.Link{link(1, 1, 1), link(2, 1, 2), link(3, 1, 3)}}
	for name, test := range map[string]struct {
		batches []instep.Batch
		want    string
	}{
		"new":                   {[]instep.Batch{three}, "mk 3"},
		"new in two batches":    {[]instep.Batch{three, {Links: []instep.Link{link(4, 1, 1, 5)}}}, "mk 5"},
		"first is replaced":     {[]instep.Batch{three, {Links: []instep.Link{link(1, 2, 4)}}}, "mk 3"},
		"last is replaced":      {[]instep.Batch{three, {Links: []instep.Link{link(3, 2, 4)}}}, "mk 3"},
		"last loses its key":    {[]instep.Batch{three, {Links: []instep.Link{link(3, 2)}}}, "mk 2"},
		"first is dropped":      {[]instep.Batch{three, {Dropped: []instep.LinkID{1}}}, "mk 2"},
		"last is dropped":       {[]instep.Batch{three, {Dropped: []instep.LinkID{3}}}, "mk 2"},
		"last is erased":        {[]instep.Batch{three, {Erased: []instep.LinkID{3}}}, "mk 2"},
		"replaced and new":      {[]instep.Batch{three, {Links: []instep.Link{link(3, 2, 4), link(4, 1, 5)}}}, "mk 4"},
		"dropped and new":       {[]instep.Batch{three, {Dropped: []instep.LinkID{2}, Links: []instep.Link{link(4, 1, 5)}}}, "mk 3"},
		"dropped, then new":     {[]instep.Batch{three, {Dropped: []instep.LinkID{2}}, {Links: []instep.Link{link(4, 1, 5)}}}, "mk 3"},
		"all dropped, then new": {[]instep.Batch{three, {Dropped: []instep.LinkID{1, 2, 3}}, {Links: []instep.Link{link(4, 1, 5)}}}, "mk 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), t.TempDir(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, b := range test.batches {
				b.Pair = "p"
				if err := s.Commit(t.Context(), &b); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.Keys(t.Context(), "p", []uint64{1}); err != nil {
				t.Fatal(err)
			}
			if got := rowsOf(t, s); !strings.Contains(got, test.want+",") {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Rows that lead nowhere any more would not be seen from outside: they only
// make the file grow, and keep what should be gone.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	known, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := openWith(t, dir, known)
	if err != nil {
		t.Fatal(err)
	}
	const n = 500
	id := func(i, gen int) string { return fmt.Sprintf("find me %d of %d", i, gen) }
	links := make([]instep.Link, n)
	commit := func(b instep.Batch) {
		t.Helper()
		b.Pair = "p"
		if err := s.Commit(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	var drop []instep.LinkID
	for gen := 1; gen <= 3; gen++ {
		for i := range links {
			links[i] = instep.Link{
				ID: instep.LinkID(i + 1), Gen: uint64(gen), Sides: [2]instep.LinkSide{{ID: id(i, gen)}, {ID: "r" + id(i, gen%2)}},
				Keys: []instep.KeyHash{{Hash: uint64(i)<<34 + uint64(gen), Sides: 3}, {Hash: uint64(gen*n+i) << 33, Sides: 3}},
			}
		}
		commit(instep.Batch{Links: links, Marks: []instep.Mark{{Link: 1}}, Fences: []instep.Fence{{Link: 1}}, Units: []instep.Unit{{ID: 1}}})
		if _, err := s.Keys(t.Context(), "p", []uint64{1}); err != nil {
			t.Fatal(err)
		}
		if got, want := rowsOf(t, s), "link 500, rec 1000, mk 1000, mark 1, unit 1, fence 1, decision 0"; got != want {
			t.Errorf("generation %d: got %s, want %s", gen, got, want)
		}
	}
	for i := range links {
		drop = append(drop, links[i].ID)
	}
	commit(instep.Batch{Dropped: drop, Settled: []instep.UnitID{1}})
	if got, want := rowsOf(t, s), "link 0, rec 0, mk 0, mark 0, unit 0, fence 0, decision 0"; got != want {
		t.Errorf("after all was dropped: got %s, want %s", got, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	if at := strings.Index(string(content), "find me"); at >= 0 {
		t.Errorf("the file still has %q", content[at:at+20])
	}
}
