package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// filesOf returns what the files in a folder hold.
func filesOf(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// there checks that each of the names is in a file of the folder.
func there(t *testing.T, dir string, names []string) {
	t.Helper()
	files := slices.Collect(maps.Values(filesOf(t, dir)))
	for _, name := range names {
		if !slices.ContainsFunc(files, func(content []byte) bool { return bytes.Contains(content, []byte(name)) }) {
			t.Fatalf("%s is in no file before it is erased", name)
		}
	}
}

// crowd are links whose ids have differing lengths, so that rows move from
// page to page as the tables grow.
type crowd struct {
	t      *testing.T
	random *rand.Rand
	links  []instep.Link
}

// name is a part of the ids of a link. No other link's ids have it.
func (c *crowd) name(i int) string { return fmt.Sprintf("<record %d>", i) }

// id is what the ids of a link have in common. What stands before the name
// differs from link to link, so that the file has the name as a whole: of an id
// it only holds what does not begin as the one before it does.
func (c *crowd) id(i int) string {
	return fmt.Sprintf("%08x", uint32(i)*2654435761) + c.name(i) + strings.Repeat("x", i*7919%180)
}

// fill adds n links and then replaces some of them.
func (c *crowd) fill(s *Store, n int) {
	c.t.Helper()
	c.add(s, n)
	for range 20 {
		b := instep.Batch{Pair: "p"}
		for _, i := range c.random.Perm(len(c.links))[:100] {
			c.links[i].Gen++
			c.links[i].Sides[0].Version = fmt.Sprint(c.random.Uint32())
			b.Links = append(b.Links, c.links[i])
		}
		c.commit(s, b)
	}
}

// add commits n links or more in batches of random size, with something of all
// that tells of them.
func (c *crowd) add(s *Store, n int) {
	c.t.Helper()
	for len(c.links) < n {
		b := instep.Batch{Pair: "p"}
		for range 1 + c.random.IntN(200) {
			i := len(c.links)
			id := c.id(i)
			l := instep.Link{ID: instep.LinkID(i + 1), Gen: 1, Keys: []instep.KeyHash{{Hash: c.random.Uint64(), Sides: 3}},
				Sides: [2]instep.LinkSide{{ID: "L" + id}, {ID: "R" + id}}}
			c.links = append(c.links, l)
			b.Links = append(b.Links, l)
			args := []instep.Arg{{Name: "id", Value: id}}
			b.Marks = append(b.Marks, instep.Mark{Link: l.ID, Message: instep.Message{Args: args}, Waits: []instep.Wait{{ID: "M" + id}}})
			b.Activity = append(b.Activity, instep.Activity{Link: l.ID, LeftID: "A" + id, Message: instep.Message{Args: args}})
			b.Units = append(b.Units, instep.Unit{ID: instep.UnitID(l.ID), Intents: []instep.Intent{{Link: l.ID, Target: "U" + id}, {Link: 1}}})
		}
		c.commit(s, b)
	}
}

func (c *crowd) commit(s *Store, b instep.Batch) {
	c.t.Helper()
	if err := s.Commit(c.t.Context(), &b); err != nil {
		c.t.Fatal(err)
	}
}

// some returns a batch that erases n of the links, and their names.
func (c *crowd) some(n int) (b instep.Batch, names []string) {
	b.Pair = "p"
	for _, i := range c.random.Perm(len(c.links) - 1)[:n] {
		b.Erased = append(b.Erased, instep.LinkID(i+2))
		names = append(names, c.name(i+1))
	}
	return b, names
}

func newCrowd(t *testing.T, seed uint64) *crowd {
	return &crowd{t: t, random: rand.New(rand.NewPCG(seed, 1))}
}

// gone checks that no file in the folder has one of the names.
func gone(t *testing.T, dir, when string, names []string) {
	t.Helper()
	for file, content := range filesOf(t, dir) {
		for _, name := range names {
			if bytes.Contains(content, []byte(name)) {
				t.Errorf("%s: %s is still in %s", when, name, file)
			}
		}
	}
}

// There is nothing left of what was erased when Commit returns, in no file of
// the folder.
func TestErasedBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newCrowd(t, 4)
	c.fill(s, 1500)
	for round := range 3 {
		b, names := c.some(150)
		if round == 0 { // later ones may erase what is gone already
			there(t, dir, names)
		}
		c.commit(s, b)
		gone(t, dir, fmt.Sprint("after round ", round), names)
	}
	if got := ask(t, s, "SELECT count(*) FROM meta WHERE name = 'scrub'"); got != "0" {
		t.Error("the store thinks that something has not been removed yet")
	}
	if links, err := s.Scan(t.Context(), "p", 0, 1<<20); err != nil || len(links) < len(c.links)-450 {
		t.Errorf("%d of %d links are left, %v", len(links), len(c.links), err)
	}
}

// SQLite leaves a copy now and then, when it happens to move a row. Here it
// overwrites nothing and so leaves them all, and they are gone all the same.
func TestErasedCopies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.db.conn.ExecContext(t.Context(), "PRAGMA secure_delete = OFF"); err != nil {
		t.Fatal(err)
	}
	c := newCrowd(t, 5)
	c.add(s, 100)
	b, names := c.some(20)
	c.commit(s, b)
	gone(t, dir, "after they were erased", names)
}

// A process that ends between the commit and the removal of the bytes leaves
// them to the next one.
func TestErasedBytesAfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := newCrowd(t, 2)
	c.fill(s, 1000)
	b, names := c.some(100)
	next, err := s.db.change("p")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.tx(t.Context(), func() error { return s.db.write(t.Context(), next, &b) }); err != nil {
		t.Fatal(err)
	}
	killed := t.TempDir() // the folder as a process leaves it that is killed now
	for _, e := range []string{fileName, fileName + "-wal", keyName, countName} {
		content, err := os.ReadFile(filepath.Join(dir, e))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(killed, e), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	there(t, killed, names)
	again, err := Open(t.Context(), killed, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	gone(t, killed, "after it was opened again", names)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Where the file cannot be built anew, the batch is in all the same; Close
// tells, and the next Open tries again.
func TestErasedBytesLater(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := newCrowd(t, 3)
	c.fill(s, 500)
	b, names := c.some(10)
	// A statement that is not read to its end keeps the file from being built
	// anew, as a full disk would.
	rows, err := s.db.conn.QueryContext(t.Context(), "SELECT n FROM activity")
	if err != nil || !rows.Next() {
		t.Fatal("no row of activity", err)
	}
	c.commit(s, b)
	if _, err := s.Links(t.Context(), "p", b.Erased[:1]); instep.KindOf(err) != instep.NotFound {
		t.Errorf("the erased link: %v", err)
	}
	if !s.db.scrub {
		t.Fatal("the file was built anew in spite of all")
	}
	if err := errors.Join(rows.Close(), rows.Err()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.conn.ExecContext(t.Context(), "PRAGMA query_only = ON"); err != nil { // and it cannot be done yet
		t.Fatal(err)
	}
	if err := s.Close(); err == nil {
		t.Error("Close says nothing")
	}
	s, err = Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	gone(t, dir, "after it was opened again", names)
}
