package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
	"github.com/instep-go/instep/store/sqlite"
)

// A test binary with childTask set is a second process on the folder childDir.
const (
	childTask = "SQLITE_TEST_TASK"
	childDir  = "SQLITE_TEST_DIR"
)

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		if err := child(context.Background(), task, os.Getenv(childDir)); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child opens the folder and says so; then it holds it until its input ends,
// or commits batch after batch and says the number of each that is in. Or it
// restores one of two backups after the other.
func child(ctx context.Context, task, dir string) error {
	if task == "restore" {
		fmt.Println("open")
		return restoreForever(ctx, dir)
	}
	s, err := sqlite.Open(ctx, dir, nil)
	if err != nil {
		return err
	}
	fmt.Println("open")
	if task == "hold" {
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	state, err := s.Pair(ctx, "p")
	if err != nil {
		return err
	}
	for n := state.Gen + 1; ; n++ {
		if err := s.Commit(ctx, numbered(n)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// start starts a child and waits until it has opened the folder. Each line it
// writes then is sent to the channel, which is closed when it ends.
func start(t *testing.T, task, dir string) (kill func(), lines <-chan string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childTask+"="+task, childDir+"="+dir)
	in, err := cmd.StdinPipe() // open until the child is killed
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	all := make(chan string, 1_000_000) // never makes the child wait
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(all)
		for sc := bufio.NewScanner(out); sc.Scan(); {
			all <- sc.Text()
		}
	}()
	if first := <-all; first != "open" {
		t.Fatalf("the second process says %q", first)
	}
	return func() {
		_ = cmd.Process.Kill()
		<-ended // Wait closes the pipe, also on lines that were not read yet
		_ = cmd.Wait()
		_ = in.Close()
	}, all
}

func TestSecondProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kill, _ := start(t, "hold", dir)
	began := time.Now()
	_, err := sqlite.Open(t.Context(), dir, nil)
	want := "state in " + dir + ": state in use: another run has it open; wait until it ends"
	if instep.KindOf(err) != instep.Busy || err.Error() != want {
		t.Errorf("Open beside another process: got %v, want %s", err, want)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Open beside another process took %v", took)
	}
	kill()
	open(t, dir, nil) // nothing is left of a killed process
}

// The lock stays with the process that has it, also when the same process tries
// to take it once more: on Unix, whatever closes a file gives up all its locks.
func TestFirstProcessStays(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(ctx context.Context, dir string) error{
		"never tries again": func(context.Context, string) error { return &instep.Error{Kind: instep.Busy} },
		"opens it again": func(ctx context.Context, dir string) error {
			_, err := sqlite.Open(ctx, dir, nil)
			return err
		},
		"restores": func(ctx context.Context, dir string) error { return sqlite.Restore(ctx, dir, dir+"-backup") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "state")
			s := open(t, dir, nil)
			if err := errors.Join(s.Commit(t.Context(), numbered(1)), s.Backup(t.Context(), dir+"-backup")); err != nil {
				t.Fatal(err)
			}
			if err := again(t.Context(), dir); instep.KindOf(err) != instep.Busy {
				t.Errorf("the second attempt of the process: %v", err)
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), childTask+"=hold", childDir+"="+dir)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "another run has it open") {
				t.Errorf("the second process says %q and ends with %v", out, err)
			}
			if err := s.Commit(t.Context(), numbered(2)); err != nil {
				t.Errorf("Commit after the second process has come: %v", err)
			}
		})
	}
}

// TestKilled kills a process that commits, at random moments, and looks at
// what it has left: all commits up to some number, as a whole, and none that
// it knew of is missing. That is never taken for an older state.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := 25
	if testing.Short() {
		kills = 4
	}
	dir := t.TempDir()
	model := memory.New()
	done := uint64(0) // commits in the model
	for range kills {
		kill, lines := start(t, "commit", dir)
		time.Sleep(rand.N(150 * time.Millisecond))
		kill()
		said := done
		for line := range lines {
			n, err := strconv.ParseUint(line, 10, 64)
			if err != nil {
				t.Fatalf("the process that commits says %q", line)
			}
			said = n
		}
		s := open(t, dir, nil)
		state, err := s.Pair(t.Context(), "p")
		if err != nil {
			t.Fatal(err)
		}
		if state.Gen < said || state.Gen > said+1 {
			t.Fatalf("%d commits are in, the process had %d", state.Gen, said)
		}
		for done < state.Gen {
			done++
			if err := model.Commit(t.Context(), numbered(done)); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := contents(t, s), contents(t, model); got != want {
			t.Fatalf("after %d commits (- model, + store):\n%.3000s", done, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d commits in %d lives", done, kills)
}

// restoreForever restores the backups 1 and 2 in the folder into the folder
// state in it, again and again.
func restoreForever(ctx context.Context, dir string) error {
	for n := 0; ; n++ {
		if err := sqlite.Restore(ctx, filepath.Join(dir, "state"), filepath.Join(dir, strconv.Itoa(n%2+1))); err != nil {
			return err
		}
	}
}

// TestRestoreKilled kills a process that restores, at random moments. There is
// a whole state then, one of the two.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	kills := 15
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	s := open(t, state, nil)
	for n := uint64(1); n <= 2; n++ {
		if err := s.Commit(t.Context(), numbered(n)); err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), filepath.Join(dir, strconv.FormatUint(n, 10))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]int{}
	for range kills {
		kill, _ := start(t, "restore", dir)
		time.Sleep(rand.N(60 * time.Millisecond))
		kill()
		s := open(t, state, nil)
		got := contents(t, s)
		p, err := s.Pair(t.Context(), "p")
		if err != nil || got != modelOf(t, p.Gen) && (p.Rewound || p.Gen != 2) {
			t.Fatalf("%v:\n%s", err, got)
		}
		seen[p.Gen]++
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the states by their commits: %v", seen)
}

// numbered returns the commit number n, from 1 on: it adds links, replaces and
// drops some of the commit before, and has something of all else.
func numbered(n uint64) *instep.Batch {
	const size = 30
	first := instep.LinkID((n-1)*size + 1)
	b := &instep.Batch{
		Pair:     "p",
		State:    &instep.PairState{Gen: n, Streams: [2]instep.Stream{{Cursor: instep.Cursor(strconv.FormatUint(n, 10))}}},
		Units:    []instep.Unit{{ID: instep.UnitID(n), Intents: []instep.Intent{{Link: first, Target: "x"}}}},
		Settled:  []instep.UnitID{instep.UnitID(n - 1)},
		Activity: []instep.Activity{{Run: fmt.Sprint("run ", n%7), Link: first}},
		Fences:   []instep.Fence{{Link: first, Fields: []instep.FencedField{{Rule: 1, At: time.UnixMicro(int64(n)).UTC(), Hash: uint32(n)}}}},
		Decisions: []instep.Decision{
			{DecisionID: instep.DecisionID{Left: strconv.FormatUint(n%11, 10), Verdict: instep.KeepAlone}, By: "somebody", Evidence: [2]uint64{n}},
		},
		Revoked: []instep.DecisionID{{Left: strconv.FormatUint((n+5)%11, 10), Verdict: instep.KeepAlone}},
	}
	for i := range instep.LinkID(size) {
		b.Links = append(b.Links, crashLink(first+i, 1))
	}
	b.Marks = []instep.Mark{{Link: first, Outcome: instep.Review}, {Link: first + 1, Outcome: instep.Failed}}
	if n == 1 {
		b.Settled = nil
		return b
	}
	for i := range instep.LinkID(size / 2) {
		b.Links = append(b.Links, crashLink(first-size+i, 2))
	}
	b.Dropped = []instep.LinkID{first - 1, first - 2, first - 3}
	b.Cleared = []instep.MarkID{{Link: first - size}}
	b.Unfenced = b.Cleared
	if n%40 == 0 { // takes some time
		b.Erased = []instep.LinkID{first - 4}
	}
	return b
}

func crashLink(id instep.LinkID, gen uint64) instep.Link {
	mixed := uint64(id) * 0x9e3779b97f4a7c15
	return instep.Link{
		ID: id, Gen: gen, Rule: "code", Keys: []instep.KeyHash{{Hash: mixed ^ gen, Sides: 3}},
		Sides: [2]instep.LinkSide{
			{ID: fmt.Sprintf("%x", mixed), Sum: mixed, Base: []byte{1, 2, 3, 4}},
			{ID: fmt.Sprintf("%d/%d", id, gen), Sum: gen, Base: []byte{byte(gen), 2, 3, 4}},
		},
	}
}

// contents returns all that a store tells of the pair p, as lines.
func contents(t *testing.T, s interface {
	instep.Checkpoint
	instep.Journal
}) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	var errs [5]error
	state, err := s.Pair(ctx, "p")
	errs[0] = err
	links, err := s.Scan(ctx, "p", 0, 1<<30)
	errs[1] = err
	var ids []string
	var hashes []uint64
	for id := instep.LinkID(1); id <= state.LastLink; id++ {
		for gen := range uint64(2) {
			l := crashLink(id, gen+1)
			ids, hashes = append(ids, l.Sides[instep.Right].ID), append(hashes, l.Keys[0].Hash)
		}
	}
	known := make([]instep.Known, len(ids))
	errs[2] = s.Lookup(ctx, "p", instep.Right, ids, known)
	hits, err := s.Keys(ctx, "p", hashes)
	errs[3] = err
	rows, err := s.Activity(ctx, "", 0, 1<<30)
	errs[4] = err
	fmt.Fprintf(&b, "%+v\n", state)
	lines(&b, links)
	lines(&b, known)
	lines(&b, hits)
	lines(&b, rows)
	for w, err := range s.Open(ctx, "p") {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%+v %+v %+v %+v\n", valueOf(w.Unit), valueOf(w.Mark), valueOf(w.Fence), valueOf(w.Decision))
	}
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func lines[T any](b *strings.Builder, list []T) {
	for _, v := range list {
		fmt.Fprintf(b, "%+v\n", v)
	}
}
