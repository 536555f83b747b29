package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program prints what its functions give.
const program = `package main

import "fmt"

type list[T any] []T

func (l *list[T]) push(vs ...T) { *l = append(*l, vs...) }

const most = 10

func small(n int) (yes bool) { // a comment
	return n < most
}

func each[T any](l list[T], f func(T)) {
	for _, v := range l {
		f(v)
	}
}

func nameless(int) int { return 1 }

func main() {
	var l list[int]
	l.push(9, 10)
	each(l, func(n int) { fmt.Print(small(n), " ") })
	fmt.Println(len(l), nameless(0))
}
`

func replaced(old, now string) faulty {
	return faulty{"reconcile/main.go": []byte(strings.Replace(program, old, now, 1))}
}

// TestSchema builds a program with several mutants in it, and wants each to be
// what it is when its number is given.
func TestSchema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "reconcile"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "reconcile/main.go": program} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tree := newTree(dir)
	mutants := []*judgement{
		{faulty: replaced("n < most", "n <= most")},
		{faulty: replaced("append(*l, vs...)", "append(vs, vs...)")},
		{faulty: replaced("f(v)", "f(v, v)")}, // does not compile
		{faulty: replaced("		f(v)\n", "		_ = v\n")},
		{faulty: replaced("most = 10", "most = 0")}, // is in no function
		{faulty: replaced("return 1", "return 2")},  // cannot be handed on
	}
	want := []string{"true true 2 1", "true false true false 4 1", "", "2 1", "", ""}
	w, err := prepare(t.Context(), tree, []string{"reconcile"}, mutants)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "program")
	if out, err := w.goTool(t.Context(), "build", "-overlay", w.overlay(), "-o", path, "./reconcile"); err != nil {
		t.Fatal(out)
	}
	run := func(number string) string {
		cmd := exec.CommandContext(t.Context(), path)
		cmd.Env = append(os.Environ(), inUse+"="+number)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	if got := run("0"); got != "true false 2 1" {
		t.Errorf("without a mutant it says %q", got)
	}
	for i, m := range mutants {
		switch {
		case (m.What == invalid) != (i == 2):
			t.Errorf("mutant %d is %q", i, m.What)
		case (m.number > 0) != (want[i] != ""):
			t.Errorf("mutant %d has the number %d", i, m.number)
		case m.number > 0:
			if got := run(string(rune('0' + m.number))); got != want[i] {
				t.Errorf("mutant %d says %q, want %q", i, got, want[i])
			}
		}
	}
}
