package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNamed wants every named mutant, and every one that is known to survive,
// to fit the tree as it is, under a name of its own, and its test to be there.
func TestNamed(t *testing.T) {
	t.Parallel()
	tree := newTree("../..")
	tests := testsOf(t, "../../reconcile")
	for _, text := range []string{namedText, survivorsText} {
		list, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for i := range list {
			m := &list[i]
			if names[m.name] {
				t.Errorf("%s is there twice", m.name)
			}
			names[m.name] = true
			if _, err := m.apply(tree); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
			if m.test != "" && !strings.Contains(tests, "func "+m.test+"(") {
				t.Errorf("%s is bound to %s, which is not there", m.name, m.test)
			}
		}
	}
}

// TestSurvivorsTold wants docs/testing.md to say of every mutant that is known to
// survive why it does.
func TestSurvivorsTold(t *testing.T) {
	t.Parallel()
	list, err := parse(survivorsText)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if row := "| " + m.name + " | " + m.why + " |\n"; !strings.Contains(string(text), row) {
			t.Errorf("docs/testing.md has no row %s", row)
		}
	}
}

// TestDefectsBound wants a named mutant for each defect that the engine's tests
// play.
func TestDefectsBound(t *testing.T) {
	t.Parallel()
	list, err := parse(namedText)
	if err != nil {
		t.Fatal(err)
	}
	bound := map[string]bool{}
	for _, m := range list {
		bound[m.test] = true
	}
	for _, part := range strings.Split(testsOf(t, "../../reconcile"), "\nfunc ")[1:] {
		if name, _, _ := strings.Cut(part, "("); strings.HasPrefix(name, "TestDefect") && !bound[name] {
			t.Errorf("no mutant is bound to %s", name)
		}
	}
}

func testsOf(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(folder + "/*_test.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var all strings.Builder
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("\n")
		all.Write(src)
	}
	return all.String()
}

const source = `package p

func sum(list []int) (n int) {
	for i := 0; i < len(list); i++ {
		if list[i] > 0 && !odd(list[i]) {
			n += list[i]
			continue
		}
		note(list[i])
	}
	return n
}
`

// module makes a tree with one file, reconcile/sum.go.
func module(t *testing.T, src string) *tree {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range broken {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "reconcile", "sum.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	return newTree(dir)
}

// TestDraw wants all kinds of faults, each of them another one, and each to be
// found again from how it is shown.
func TestDraw(t *testing.T) {
	t.Parallel()
	tree := module(t, source)
	list, err := draw(tree, 1)
	if err != nil {
		t.Fatal(err)
	}
	kinds, keys := map[string]int{}, map[string]string{}
	for i := range list {
		m := &list[i]
		_, what, _ := strings.Cut(m.name, " ")
		kinds[what]++
		f, err := m.apply(tree)
		if err != nil {
			t.Fatal(m.name, err)
		}
		if twin := keys[f.key()]; twin != "" {
			t.Errorf("%s is the same as %s", m.name, twin)
		}
		keys[f.key()] = m.name
		shown, err := parse("mutant x\nwhy    y\n" + patch("reconcile/sum.go", []byte(source), f["reconcile/sum.go"]))
		if err != nil {
			t.Fatal(m.name, err)
		}
		again, err := shown[0].apply(tree)
		if err != nil || again.key() != f.key() {
			t.Errorf("%s is not found again: %v\n%s", m.name, err, shown[0].edits[0].old)
		}
	}
	for _, want := range []string{
		`"<" to "<="`, `"<" to ">="`, `">" to "<="`, `"&&" to "||"`, `"!" dropped`, `"++" to "--"`, `"+=" to "-="`, `"continue" to "break"`,
		"0 to 1", "condition negated", "dropped: n += list[i]", "dropped: note(list[i])", "dropped: continue", "dropped: return n",
		"dropped: if list[i] > 0 && !odd(list[i]) {",
	} {
		if kinds[want] == 0 {
			t.Errorf("none says %s", want)
		}
	}
}

// TestDrawSeeded wants the same faults in the same order from the same seed.
func TestDrawSeeded(t *testing.T) {
	t.Parallel()
	order := func(seed uint64) string {
		list, err := draw(module(t, source), seed)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range list {
			names = append(names, m.name)
		}
		return strings.Join(names, "\n")
	}
	first := order(1)
	if again := order(1); first != again {
		t.Error("the same seed gives another order")
	}
	if first == order(2) {
		t.Error("another seed gives the same order")
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, patch string
		fits        bool
	}{
		{"once", "-\t\tnote(list[i])\n", true},
		{"with what is around it", " \t\t}\n-\t\tnote(list[i])\n+\t\tnote(0)\n \t}\n", true},
		{"two places", "-\t\tnote(list[i])\nfile   reconcile/sum.go\n-\treturn n\n+\treturn 0\n", true},
		{"part of a line", "-note(list[i])\n", false},
		{"twice", " \t}\n+\treturn 1\n", true},
		{"not there", "-\t\tnote(nothing)\n", false},
		{"gone by the edit before", "-\t\tnote(list[i])\nfile   reconcile/sum.go\n-\t\tnote(list[i])\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list, err := parse("mutant x\nwhy    y\nfile   reconcile/sum.go\n" + test.patch)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := list[0].apply(module(t, source)); (err == nil) != test.fits {
				t.Error(err)
			}
		})
	}
	twice := mutant{edits: []edit{{file: "reconcile/sum.go", old: "\t\tnote(1)\n", at: -1}}}
	if _, err := twice.apply(module(t, "package p\n\t\tnote(1)\n\t\tnote(1)\n")); err == nil {
		t.Error("a text that is there twice fits")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"why    y\n", "mutant x\n", "mutant x\nwhy    y\n", "mutant x\nfile   f.go\n-a\n", "mutant x\nwhy    y\n-a\n",
		"mutant x\nwhy    y\nfile   f.go\n a\n", "mutant x\nwhy    y\nfile   f.go\nnonsense\n", "mutant x\nwhy    y\nfile   f.go\n+a\n",
	} {
		if list, err := parse(text); err == nil {
			t.Errorf("%q is read as %v", text, list)
		}
	}
}

// TestQueue wants another one drawn for each that does not compile, and named
// ones not to count.
func TestQueue(t *testing.T) {
	t.Parallel()
	drawn, err := draw(module(t, source), 1)
	if err != nil {
		t.Fatal(err)
	}
	named := mutant{name: "named", edits: []edit{{file: "reconcile/sum.go", old: "nowhere\n", at: -1}}}
	list := candidates(module(t, source), append([]mutant{named}, drawn...))
	list[1].verdict = verdict{What: killed} // it was judged before
	list[2].verdict = verdict{What: invalid}
	q := &queue{rest: list, draws: 4}
	for n := 0; ; n++ {
		j := q.next()
		if j == nil {
			break
		}
		v := verdict{What: killed}
		if n%2 == 0 {
			v.What = invalid
		}
		q.settle(j, v)
	}
	got := map[string]int{}
	for _, j := range q.done(list) {
		got[j.What]++
	}
	if got[stale] != 1 || got[killed] != 4 || got[invalid] != 0 {
		t.Errorf("it gave out %v", got)
	}
}

// TestJournal wants verdicts to be found again as long as the tree is the same,
// and kills for longer if that is asked for.
func TestJournal(t *testing.T) {
	t.Parallel()
	tree := module(t, source)
	path := filepath.Join(t.TempDir(), "journal")
	open := func(trust bool) *journal {
		j, err := openJournal(path, tree, trust)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = j.close() })
		return j
	}
	for _, v := range []verdict{{Key: "a", What: killed}, {Key: "b", What: survived}, {Key: "c", What: survived, Deep: true}} {
		if err := open(false).add(v); err != nil {
			t.Fatal(err)
		}
	}
	check := func(j *journal, deep bool, want string) {
		t.Helper()
		var got string
		for _, key := range []string{"a", "b", "c", "d"} {
			if _, ok := j.judged(key, deep); ok {
				got += key
			}
		}
		if got != want {
			t.Errorf("judged are %q, want %q", got, want)
		}
	}
	check(open(false), false, "abc")
	check(open(false), true, "ac")
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(tree.root, name), []byte("package p\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("reconcile/sum_test.go")
	check(open(false), false, "")
	check(open(true), false, "a")
	write("reconcile/sum.go")
	check(open(true), false, "")
}

func TestFailureOf(t *testing.T) {
	t.Parallel()
	out := "--- FAIL: TestSim (1.00s)\n    sim_test.go:90: I5: b1 is there twice\n        \tgo test\nFAIL\n"
	if got := failureOf([]byte(out), os.ErrInvalid); got != "TestSim: I5: b1 is there twice" {
		t.Error(got)
	}
	if got := failureOf(nil, os.ErrInvalid); got != os.ErrInvalid.Error() {
		t.Error(got)
	}
}

// TestBound wants the stage of the bound test to run just that.
func TestBound(t *testing.T) {
	t.Parallel()
	m := mutant{test: "TestA/b c", edits: []edit{{file: "reconcile/sum.go"}}}
	s := stagesOf(&m)[0]
	if s.name != bound || s.runs[0].pkg != "reconcile" || s.runs[0].args[1] != "^TestA$/^b c$" {
		t.Errorf("it is %+v", s)
	}
}
