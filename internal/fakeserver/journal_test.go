package fakeserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *Journal[int] {
	t.Helper()
	j, err := OpenJournal[int](dir, "things")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func contents(j *Journal[int]) (out []string) {
	for k, v := range j.Load() {
		out = append(out, fmt.Sprintf("%s=%d", k, v))
	}
	return out
}

func put(t *testing.T, j *Journal[int], k string, v int) {
	t.Helper()
	if err := j.Put(k, v); err != nil {
		t.Fatal(err)
	}
}

func TestJournalOrder(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		j := open(t, dir)
		for i, k := range []string{"b", "a", "c", "a"} {
			put(t, j, k, i)
		}
		if err := j.Delete("b"); err != nil {
			t.Fatal(err)
		}
		put(t, j, "b", 9)
		if err := j.Delete("never there"); err != nil {
			t.Fatal(err)
		}
		want := []string{"a=3", "c=2", "b=9"}
		if diff := cmp.Diff(want, contents(j)); diff != "" {
			t.Error(diff)
		}
		if dir == "" {
			continue
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, contents(open(t, dir))); diff != "" {
			t.Error("opened again:", diff)
		}
		b, err := os.ReadFile(filepath.Join(dir, "things.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), "\n"); n != 3 {
			t.Errorf("%d lines after opening, want 3 compacted ones:\n%s", n, b)
		}
	}
}

// TestJournalCutAnywhere cuts the file at every byte and wants every whole
// line back, and a journal that goes on working.
func TestJournalCutAnywhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	for i := range 5 {
		put(t, j, fmt.Sprint(i), i)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "things.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "things.jsonl"), whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		j := open(t, dir)
		n := strings.Count(string(whole[:cut]), "\n")
		if got := len(contents(j)); got != n {
			t.Fatalf("cut at %d: %d entries, want %d", cut, got, n)
		}
		put(t, j, "new", 7)
		_ = j.Close()
		if got := contents(open(t, dir)); len(got) != n+1 || got[n] != "new=7" {
			t.Fatalf("cut at %d: went on as %v", cut, got)
		}
	}
}

// TestJournalKilled kills a process that writes and wants back all it was told
// is written. The test binary itself is that process.
func TestJournalKilled(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("JOURNAL_TEST_DIR"); dir != "" {
		j := open(t, dir)
		for i := 0; ; i++ {
			put(t, j, fmt.Sprint(i), i)
			fmt.Printf("written %d\n", i)
		}
	}
	for _, after := range []int{1, 50, 700} {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestJournalKilled$")
		cmd.Env = append(os.Environ(), "JOURNAL_TEST_DIR="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		written := 0
		for in := bufio.NewScanner(out); in.Scan(); {
			if !strings.HasPrefix(in.Text(), "written ") {
				continue
			}
			if written++; written == after {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || written < after {
			t.Fatalf("ended by itself after %d: %v", written, err)
		}
		got := contents(open(t, dir))
		if len(got) < written || len(got) > written+1 {
			t.Errorf("%d entries, %d were acknowledged", len(got), written)
		}
		for i, e := range got {
			if want := fmt.Sprintf("%d=%d", i, i); e != want {
				t.Fatalf("entry %q, want %q", e, want)
			}
		}
	}
}

// fullDisk takes only half of a write while it is full, and cannot be cut while
// it is stuck.
type fullDisk struct {
	appendFile
	full, stuck bool
}

func (f *fullDisk) Write(b []byte) (int, error) {
	if !f.full {
		return f.appendFile.Write(b)
	}
	n, _ := f.appendFile.Write(b[:len(b)/2])
	return n, io.ErrShortWrite
}

func (f *fullDisk) Truncate(size int64) error {
	if f.stuck {
		return io.ErrClosedPipe
	}
	return f.appendFile.Truncate(size)
}

func TestJournalFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, open(t, dir), "before", 0) // so that the size is not zero at first
	j := open(t, dir)
	disk := &fullDisk{appendFile: j.file}
	j.file = disk
	put(t, j, "a", 1)
	disk.full = true
	if err := j.Put("a", 2); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v", err)
	}
	if err := j.Delete("a"); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v", err)
	}
	disk.full = false
	put(t, j, "b", 3)
	disk.full, disk.stuck = true, true
	if err := j.Put("c", 4); err == nil {
		t.Error("no error")
	}
	disk.full = false
	if err := j.Put("d", 5); !errors.Is(err, errClosed) {
		t.Errorf("goes on after a torn line: %v", err)
	}
	want := []string{"before=0", "a=1", "b=3"}
	if diff := cmp.Diff(want, contents(j)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, contents(open(t, dir))); diff != "" {
		t.Error("opened again:", diff)
	}
}

func TestJournalBadLine(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"nonsense\n", `{"k":"a","v":"text"}` + "\n", `{"k":"a"}` + "\n"} {
		dir := t.TempDir()
		text := `{"k":"x","v":1}` + "\n" + bad + `{"k":"y","v":1}` + "\n"
		if err := os.WriteFile(filepath.Join(dir, "things.jsonl"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := OpenJournal[int](dir, "things")
		if err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "things.jsonl") {
			t.Errorf("error %v, want one that names file and line", err)
		}
	}
}

func TestJournalClosed(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		j := open(t, dir)
		put(t, j, "a", 1)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Error("second close:", err)
		}
		if j.Put("a", 2) == nil || j.Delete("a") == nil {
			t.Error("a closed journal took a change")
		}
		if diff := cmp.Diff([]string{"a=1"}, contents(j)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestJournalAgainstModel plays random changes and openings against a plain
// map and order.
func TestJournalAgainstModel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	j := open(t, dir)
	model, order := map[string]int{}, []string{}
	for i := range 3000 {
		k := fmt.Sprint(rng.IntN(150))
		_, had := model[k]
		switch rng.IntN(5) {
		case 0, 1:
			if err := j.Delete(k); err != nil {
				t.Fatal(err)
			}
			delete(model, k)
			if had {
				order = without(order, k)
			}
		default:
			put(t, j, k, i)
			model[k] = i
			if !had {
				order = append(order, k)
			}
		}
		if i%500 == 499 {
			_ = j.Close()
			j = open(t, dir)
		}
	}
	var want []string
	for _, k := range order {
		want = append(want, fmt.Sprintf("%s=%d", k, model[k]))
	}
	if diff := cmp.Diff(want, contents(j)); diff != "" {
		t.Error(diff)
	}
}

func without(s []string, k string) (out []string) {
	for _, v := range s {
		if v != k {
			out = append(out, v)
		}
	}
	return out
}
