package sqlite

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// Links put, replaced and dropped at random, with and without gaps between
// their numbers, are what a map holds, however they are asked for.
func TestPacksAgainstMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	random := rand.New(rand.NewPCG(5, 6))
	want := map[instep.LinkID]instep.Link{}
	highest := instep.LinkID(0)
	for round := range 60 {
		b := instep.Batch{Pair: "p"}
		for _, id := range slices.Sorted(maps.Keys(want)) {
			switch l := want[id]; {
			case random.IntN(6) == 0 || round%20 == 19:
				b.Dropped = append(b.Dropped, id)
			case random.IntN(4) == 0:
				l.Gen++
				b.Links = append(b.Links, randomLink(random, l))
			}
		}
		for range random.IntN(60) {
			highest += instep.LinkID([]int{1, 1, 1, 1, 2, 3, 40}[random.IntN(7)])
			b.Links = append(b.Links, randomLink(random, instep.Link{ID: highest, Gen: 1}))
		}
		random.Shuffle(len(b.Links), func(i, j int) { b.Links[i], b.Links[j] = b.Links[j], b.Links[i] })
		if err := s.Commit(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		for _, id := range b.Dropped {
			delete(want, id)
		}
		for _, l := range b.Links {
			want[l.ID] = l
		}
		if round%7 == 6 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = Open(t.Context(), dir, nil); err != nil {
				t.Fatal(err)
			}
		}
		comparePacks(t, s, random, want)
	}
}

// randomLink fills a link. Ids are unlike those of all other links.
func randomLink(random *rand.Rand, l instep.Link) instep.Link {
	l.Rule, l.Map, l.Keys = []string{"", "code", "created"}[random.IntN(3)], random.Uint32(), nil
	l.Sides = [2]instep.LinkSide{}
	for s := range l.Sides {
		if random.IntN(4) == 0 {
			continue
		}
		id := fmt.Sprintf([]string{"%d", "%07d", "%040d", "x%d\x00"}[random.IntN(4)], l.ID) + strings.Repeat("y", random.IntN(3)*20)
		l.Sides[s] = instep.LinkSide{ID: id, Sum: random.Uint64(), Base: make([]byte, 4*(1+random.IntN(12)))}
	}
	for range random.IntN(4) {
		l.Keys = append(l.Keys, instep.KeyHash{Hash: random.Uint64(), Sides: uint8(1 + random.IntN(3))})
	}
	return l
}

// comparePacks asks for all links by pages, and for some by their numbers.
func comparePacks(t *testing.T, s *Store, random *rand.Rand, want map[instep.LinkID]instep.Link) {
	t.Helper()
	ids := slices.Sorted(maps.Keys(want))
	var all []instep.Link
	for after, page := instep.LinkID(0), 1+random.IntN(50); ; {
		links, err := s.Scan(t.Context(), "p", after, page)
		if err != nil || len(links) > page {
			t.Fatalf("Scan of %d: %d links, %v", page, len(links), err)
		}
		if len(links) == 0 {
			break
		}
		all, after = append(all, links...), links[len(links)-1].ID
	}
	packs := map[uint64]bool{}
	expected := make([]instep.Link, len(ids))
	for i, id := range ids {
		expected[i], packs[packNumber(id)] = want[id], true
	}
	if got, want := fmt.Sprintf("%+v", all), fmt.Sprintf("%+v", expected); got != want {
		t.Fatalf("Scan returns\n%s\nwant\n%s", got, want)
	}
	if got := ask(t, s, "SELECT count(*) FROM link"); got != fmt.Sprint(len(packs)) {
		t.Fatalf("there are %s packs, want %d", got, len(packs))
	}
	if len(ids) == 0 {
		return
	}
	from := random.IntN(len(ids))
	some := ids[from:min(len(ids), from+1+random.IntN(60))]
	if random.IntN(2) == 0 {
		some = nil
		for range 30 {
			some = append(some, ids[random.IntN(len(ids))])
		}
	}
	links, err := s.Links(t.Context(), "p", some)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range some {
		if got, want := fmt.Sprintf("%+v", links[i]), fmt.Sprintf("%+v", want[id]); got != want {
			t.Fatalf("Links returns\n%s\nwant\n%s", got, want)
		}
	}
	for _, none := range []instep.LinkID{0, ids[len(ids)-1] + 1, 1 << 40, 1<<40 + ids[0], 1<<64 - 1} {
		if _, err := s.Links(t.Context(), "p", []instep.LinkID{ids[0], none}); instep.KindOf(err) != instep.NotFound {
			t.Errorf("link %d: %v", none, err)
		}
	}
}

// samplePacks have ids of many kinds and gaps.
func samplePacks() []pack {
	long := strings.Repeat("long", 500)
	var full, gaps, odd pack
	for i := range full {
		full[i] = packed{[2]string{fmt.Sprintf("L%09d", i), fmt.Sprintf("%d", i*i)}, []byte{0, byte(i)}}
	}
	gaps[0], gaps[5] = packed{[2]string{"a", ""}, []byte{1}}, packed{[2]string{"", "b"}, []byte{2, 3}}
	odd[1] = packed{[2]string{long, "x\x00"}, []byte{1}}
	odd[2] = packed{[2]string{long + "1", "x"}, make([]byte, 300)}
	odd[7] = packed{[2]string{long[:1000], "\xff"}, []byte{1}}
	return []pack{full, gaps, odd, {7: packed{[2]string{"", ""}, []byte{9}}}}
}

func TestPack(t *testing.T) {
	t.Parallel()
	for n, p := range samplePacks() {
		b := p.appendTo([]byte("before"))
		got, err := readPack(b[len("before"):])
		if diff := cmp.Diff(p, got, cmp.AllowUnexported(packed{})); err != nil || diff != "" {
			t.Errorf("pack %d: error %v, difference %s", n, err, diff)
		}
		for cut := range b[len("before"):] {
			if _, err := readPack(b[len("before") : len("before")+cut]); instep.KindOf(err) != instep.Malformed {
				t.Errorf("pack %d: the first %d bytes of it: %v", n, cut, err)
			}
		}
	}
	if got := (&pack{}).appendTo(nil); got != nil {
		t.Errorf("a pack without links is %x", got)
	}
}

// What can be read can be written, and reads the same again; what cannot is an
// error and no panic.
func FuzzPack(f *testing.F) {
	for _, p := range samplePacks() {
		f.Add(p.appendTo(nil))
	}
	whole := pack{3: packed{[2]string{"a", "b"}, appendBody(nil, &instep.Link{Gen: 1, Keys: []instep.KeyHash{{Hash: 7, Sides: 1}}, Drift: []uint16{1}}, 2)}}
	f.Add(whole.appendTo(nil))
	f.Add([]byte{1, 0x0f, 0xff, 0xff, 0xff, 0xff, 0x03})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := readPack(b)
		if err != nil {
			if instep.KindOf(err) != instep.Malformed {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := readPack(p.appendTo(nil))
		if diff := cmp.Diff(p, again, cmp.AllowUnexported(packed{})); err != nil || diff != "" {
			t.Errorf("%x: error %v, difference %s", b, err, diff)
		}
		for i := range p {
			if p[i].rest == nil {
				continue
			}
			o, err := readBody(p[i].rest)
			if err == nil {
				_, _, err = o.keyHashes(&p[i])
			}
			if err != nil && instep.KindOf(err) != instep.Malformed {
				t.Errorf("error %v", err)
			}
		}
	})
}

// Rows are written whatever their number, with few statements.
func TestBulk(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id, statements := int64(0), len(s.db.stmts)
	for n := range 80 {
		b := s.db.bulk("INSERT INTO link (id, body) VALUES ", "(?,?)", "")
		for range n {
			id++
			if err := b.add(t.Context(), id, []byte{byte(id)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := ask(t, s, "SELECT count(*) || ' ' || max(id) FROM link"), fmt.Sprint(id, " ", id); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := len(s.db.stmts) - statements; got != 3 {
		t.Errorf("%d statements were compiled", got)
	}
}

// Of packs that stand near each other only those that were asked for are told
// of, each once and in its position.
func TestEachPack(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, pair := range []string{"p", "q"} {
		b := instep.Batch{Pair: pair}
		for id := instep.LinkID(1); id < 9*packSize; id++ {
			if packNumber(id) != 4 {
				b.Links = append(b.Links, instep.Link{ID: id, Gen: 1, Sides: [2]instep.LinkSide{{ID: fmt.Sprintf("%s%d", pair, id)}}})
			}
		}
		if err := s.Commit(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
	}
	for _, numbers := range [][]uint64{{}, {3}, {1, 3}, {1, 3, 4, 6}, {4, 5}, {0, 8, 9, 10}, {6, 2, 3}, {0, 1 << 37}, {1<<37 - 1, 1 << 37}} {
		var want, got []string
		for i, n := range numbers {
			if n < 9 && n != 4 {
				want = append(want, fmt.Sprint(i, " p", n<<packBits+5))
			}
		}
		err := s.db.eachPack(t.Context(), 0, numbers, func(i int, p *pack) error {
			got = append(got, fmt.Sprint(i, " ", p[5].ids[0]))
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("packs %d: got %q, %v, want %q", numbers, got, err, want)
		}
	}
}
