package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

const testKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// atFakes does to the fakes beside a state what people would.
func atFakes(t *testing.T, state string, do func(f *fakes) error) {
	t.Helper()
	f, err := openFakes(&settings{state: state})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if err := do(f); err != nil {
		t.Fatal(err)
	}
}

func rename(number, name string) func(f *fakes) error {
	return func(f *fakes) error {
		return f.rackbeat.Edit(number, func(p *rackbeattest.Product) { p.Name = name })
	}
}

func addMany(n int) func(f *fakes) error {
	return func(f *fakes) error {
		for i := range n {
			p := rackbeattest.Product{Number: fmt.Sprintf("UUSI-%02d", i), Name: "Uutuus", SalesPrice: "12.5", Group: 1}
			if err := f.rackbeat.Add(p); err != nil {
				return err
			}
		}
		return nil
	}
}

// keyOf returns the key of the one product in Netvisor with a code.
func keyOf(f *fakes, code string) int {
	for _, p := range f.netvisor.Products() {
		if p.Code == code && !p.Deleted {
			return p.Key
		}
	}
	return 0
}

// TestGoldenCommands pins what people see of the commands that ask, answer,
// and save plans.
func TestGoldenCommands(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	file := filepath.Join(t.TempDir(), "plan.json")
	links := filepath.Join(t.TempDir(), "pairs.csv")
	for _, step := range []struct {
		file   string
		before func(f *fakes) error
		args   string
		fails  bool
	}{
		{file: "out", args: "-products 60 -out " + file},
		{file: "apply-plan-shown", before: rename("4711", "Uusi nimi"), args: "-plan -apply-plan " + file},
		{file: "apply-plan", args: "-apply-plan " + file},
		{file: "rest", args: "-apply"},
		{file: "reviews", args: "-reviews"},
		{file: "answer", args: "-answer products/7=link:netvisor/product/11 -answer products/6=never"},
		{file: "answered", args: "-apply"},
		{file: "reviews-none", args: "-reviews"},
		{file: "why-linked", args: "-why KAKSI-1"},
		{file: "why-written", args: "-why rackbeat/product/kaffe0044"},
		{file: "why-unfit", args: "-why JUL-24"},
		{file: "links-export", args: "-links export " + links},
		{file: "links-import", args: "-links import " + links},
		{file: "guard", before: addMany(51), args: "-apply", fails: true},
	} {
		if step.before != nil {
			atFakes(t, state, step.before)
		}
		r := execute(t, nil, append([]string{"-state", state}, strings.Fields(step.args)...)...)
		if (r.status != exitDone) != step.fails {
			t.Fatalf("%s: status %d, %s", step.args, r.status, r.err)
		}
		got := strings.NewReplacer(filepath.Dir(file), "(folder)", filepath.Dir(links), "(folder)").Replace(r.out + r.err)
		golden(t, step.file, timeOfDay.ReplaceAllString(steady(got), "2026-01-02 03:04:05"))
	}
}

var timeOfDay = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// TestSavedPlan saves a plan, has a product edited meanwhile, and applies it.
func TestSavedPlan(t *testing.T) {
	t.Parallel()
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "plan.json")
	must(t, state, "-products", "60", "-out", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Fatal("others can read the plan", info, err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(body), "Porakärki") || strings.Contains(string(body), "sealed") {
		t.Error("values are in a plan that was saved without them")
	}
	atFakes(t, state, rename("4711", "Uusi nimi"))
	lines, sum := mustJSON(t, state, "-apply-plan", file, "-plan")
	if sum.Applied || sum.Requests.Write != 0 || len(lines["left out"]) != 1 {
		t.Errorf("showing a saved plan: %+v, left out %+v", sum, lines["left out"])
	}
	lines, sum = mustJSON(t, state, "-apply-plan", file)
	if left := lines["left out"]; len(left) != 1 || left[0].Left != "rackbeat/product/4711" || left[0].Outcome != "created" {
		t.Errorf("left out: %+v", left)
	}
	if !sum.Applied || sum.Requests.Write != 8 {
		t.Errorf("carried out: %+v", sum)
	}
	if _, right := peek(t, state); len(right["4711"]) != 0 || len(right["kaffe0044"]) != 1 {
		t.Errorf("4711 is %+v, kaffe0044 is %+v in Netvisor", right["4711"], right["kaffe0044"])
	}
	// What was done is not done again.
	if lines, sum = mustJSON(t, state, "-apply-plan", file); sum.Requests.Write != 0 || len(lines["left out"]) != 9 {
		t.Errorf("the plan applied again: %+v, %d left out", sum, len(lines["left out"]))
	}
	if _, sum = mustJSON(t, state, "-apply"); sum.Requests.Write != 1 {
		t.Errorf("the run after that: %+v", sum)
	}
}

// TestValues saves a plan with its values, and looks at it.
func TestValues(t *testing.T) {
	t.Parallel()
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "plan.json")
	with := func(key string, args ...string) ran {
		return execute(t, map[string]string{planKey: key}, append([]string{"-state", state, "-values"}, args...)...)
	}
	if r := with(testKey, "-products", "60", "-out", file); r.status != exitDone {
		t.Fatal(r.err)
	}
	body, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(body), "Hillo") || !strings.Contains(string(body), `"sealed"`) {
		t.Errorf("the values are not sealed: %v", err)
	}
	// What is left out is not in hand: its values are those of the file.
	atFakes(t, state, func(f *fakes) error {
		return f.rackbeat.Edit("EL0030", func(p *rackbeattest.Product) { p.SalesPrice = "99" })
	})
	r := with(testKey, "-plan", "-apply-plan", file)
	if r.status != exitDone || !strings.Contains(r.out, "price 19.67 → 19.61") {
		t.Errorf("status %d, %s: the values are not shown:\n%s", r.status, r.err, r.out)
	}
	for _, test := range []struct{ name, key, want string }{
		{"no key", " ", "needs a key"},
		{"short key", testKey[:63], "64 hexadecimal digits"},
		{"long key", testKey + "0", "64 hexadecimal digits"},
		{"no digits", strings.Repeat("x", 64), "64 hexadecimal digits"},
		{"another key", strings.Repeat("0", 64), "the key it was saved with"},
	} {
		r := with(test.key, "-apply-plan", file)
		if r.status != exitFailed || !strings.Contains(r.err, test.want) || strings.Count(r.err, "\n") != 1 || strings.Contains(r.err, testKey[:20]) {
			t.Errorf("%s: status %d, %q, want %q", test.name, r.status, r.err, test.want)
		}
	}
}

// TestGuard has more to create than a run may without approval.
func TestGuard(t *testing.T) {
	t.Parallel()
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "plan.json")
	must(t, state, "-apply", "-products", "60")
	atFakes(t, state, addMany(51))
	r := execute(t, nil, "-state", state, "-apply", "-json")
	if s := lastLine(t, []byte(r.out)); r.status != exitFailed || s.Applied || s.Requests.Write != 0 || !strings.Contains(s.Error, "-apply-plan") {
		t.Errorf("status %d, %+v", r.status, s)
	}
	if strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, "51 records would be created") {
		t.Errorf("not one clear sentence: %s", r.err)
	}
	if out := must(t, state, "-out", file).out; !strings.Contains(out, "needs your approval") {
		t.Errorf("the plan does not say that it needs approval:\n%s", out)
	}
	if _, sum := mustJSON(t, state, "-apply-plan", file); sum.Writes["netvisor"] != 51 {
		t.Errorf("the approved plan: %+v", sum)
	}
}

// TestEmptied has all products of a side deleted: no run follows that, unless
// a person has seen what it leads to.
func TestEmptied(t *testing.T) {
	t.Parallel()
	state, file := t.TempDir(), filepath.Join(t.TempDir(), "plan.json")
	must(t, state, "-apply", "-products", "60")
	atFakes(t, state, func(f *fakes) error {
		for _, p := range f.netvisor.Products() {
			if err := f.netvisor.Delete(p.Key); err != nil {
				return err
			}
		}
		return nil
	})
	args := []string{"-state", state, "-sweep", "-deletes", "delete"}
	r := execute(t, nil, append(args, "-apply")...)
	if r.status != exitFailed || !strings.Contains(r.err, "no longer listed by Netvisor") || !strings.Contains(r.out, " 0 written") {
		t.Errorf("status %d, %s\n%s", r.status, r.err, r.out)
	}
	if r = execute(t, nil, append(args, "-out", file)...); !strings.Contains(r.out, "Delete in Rackbeat (") || !strings.Contains(r.out, "needs your approval") {
		t.Errorf("the plan to look at does not show what it leads to: %s\n%s", r.err, r.out)
	}
	if _, sum := mustJSON(t, state, "-deletes", "delete", "-apply-plan", file); sum.Writes["rackbeat"] < 40 {
		t.Errorf("the approved plan: %+v", sum)
	}
}

// TestDeletes deletes a product on either side.
func TestDeletes(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]map[string]int{
		"ignore":     {"gone": 2},
		"unlink":     {"unlinked": 2},
		"deactivate": {"deactivated": 2},
		"delete":     {"deactivated": 1, "removed": 1},
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			state, file := t.TempDir(), filepath.Join(t.TempDir(), "plan.json")
			must(t, state, "-apply", "-products", "60")
			atFakes(t, state, func(f *fakes) error {
				if err := f.rackbeat.Remove("AB-100"); err != nil {
					return err
				}
				return f.netvisor.Delete(keyOf(f, "Ø-12/A"))
			})
			_, sum := mustJSON(t, state, "-sweep", "-deletes", policy, "-out", file)
			got := sum.Registers["products"]
			delete(got, "unfit")
			delete(got, "review")
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("planned (-want +got):\n%s", d)
			}
			lines, sum := mustJSON(t, state, "-deletes", policy, "-apply-plan", file)
			if n := want["deactivated"] + want["removed"]; sum.Requests.Write != n || len(lines["left out"]) != 0 {
				t.Errorf("%d writes, %d left out, want %d and none", sum.Requests.Write, len(lines["left out"]), n)
			}
			_, right := peek(t, state)
			if p := right["AB-100"]; len(p) != 1 || p[0].Active != (want["deactivated"] == 0) {
				t.Errorf("AB-100 is %+v in Netvisor", p)
			}
			atFakes(t, state, func(f *fakes) error {
				p, there := f.rackbeat.Product("Ø-12/A")
				if there = there && p.DeletedAt.IsZero(); there != (policy != "delete") || p.IsBarred != (policy == "deactivate") {
					t.Errorf("Ø-12/A is %+v in Rackbeat", p)
				}
				return nil
			})
			if _, sum = mustJSON(t, state, "-apply", "-sweep", "-deletes", policy); sum.Requests.Write != 0 {
				t.Errorf("the run after that is not empty: %+v", sum)
			}
		})
	}
}

// reviewIn has what tests look at in a review line.
type reviewIn struct {
	Type, ID, System, Text string
	Answers                []choice
	Candidates             []recordLine
}

func listed(t *testing.T, state string) []reviewIn {
	t.Helper()
	var all []reviewIn
	for line := range strings.Lines(must(t, state, "-reviews", "-json").out) {
		var r reviewIn
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// TestAnswers settles the products that have the same code with the answers
// that are listed, and every one listed must be taken.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"link:netvisor/product/11", "link:netvisor/product/45", "new", "never", "drop"} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			must(t, state, "-apply", "-products", "60")
			if r := execute(t, nil, "-state", state, "-answer", "products/7="+want+"x"); r.status != exitFailed {
				t.Errorf("nonsense is taken: %+v", r)
			}
			answered := 0
			for _, r := range listed(t, state) {
				for _, a := range r.Answers {
					if r.System == "rackbeat" && a.Answer == want {
						out := must(t, state, "-answer", r.ID+"="+a.Answer).out
						if !strings.Contains(out, r.ID) || !strings.Contains(out, "next run with -apply") {
							t.Errorf("answered: %q", out)
						}
						answered++
					}
				}
			}
			if answered != 1 {
				t.Fatalf("%d reviews take it, want one: %+v", answered, listed(t, state))
			}
			must(t, state, "-apply")
			for _, r := range listed(t, state) {
				if r.System == "rackbeat" {
					t.Errorf("asked again: %+v", r)
				}
			}
			why := must(t, state, "-why", "rackbeat/product/KAKSI-1").out
			if strings.HasPrefix(want, "link:") && !strings.Contains(why, strings.TrimPrefix(want, "link:")+", as a person said") {
				t.Errorf("not linked as answered:\n%s", why)
			}
			if want == "drop" && !strings.Contains(why, "nothing is made for it in Netvisor") {
				t.Errorf("the decision is not told:\n%s", why)
			}
		})
	}
}

// TestCommandsInJSON reads what programs get.
func TestCommandsInJSON(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply", "-products", "60")
	atFakes(t, state, rename("AB-100", "Uusi nimi"))
	must(t, state, "-apply")
	for _, test := range []struct {
		args string
		want string // parts of the lines, in order
	}{
		{"-reviews", `{"type":"review","id":"products/5" "answers":[{"answer":"link:rackbeat/product/KAKSI-1","means": "id":"products/7"`},
		{"-answer products/6=never -answer products/5=never", `{"type":"answered","id":"products/6","answer":"never"} "products/5"`},
		{"-why AB-100", `{"type":"why" "linked":"netvisor/product/38","rule":"code","state":"in step" "action":"update_right" "fields":["name"]`},
		{"-why rackbeat/product/KAKSI-1", `"state":"review" "review":"products/7"`},
		{"-links export " + filepath.Join(t.TempDir(), "pairs.csv"), `{"type":"exported","count":52}`},
	} {
		r := must(t, state, append(strings.Fields(test.args), "-json")...)
		for line := range strings.Lines(r.out) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: not JSON: %s", test.args, line)
			}
		}
		rest := r.out
		for part := range strings.FieldsSeq(test.want) {
			part = strings.ReplaceAll(part, "_", " ")
			_, after, ok := strings.Cut(rest, part)
			if !ok {
				t.Errorf("%s: no %s in %s", test.args, part, r.out)
			}
			rest = after
		}
	}
}

// TestAnswerAndApply gives an answer and takes it up at once.
func TestAnswerAndApply(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply", "-products", "60")
	r := must(t, state, "-apply", "-answer", "products/7=link:netvisor/product/45")
	if !strings.Contains(r.out, "products/7 is settled") || !strings.Contains(r.out, "Wrote 1 product to Netvisor") {
		t.Errorf("answered and applied:\n%s", r.out)
	}
	left, right := peek(t, state)
	if p := left["KAKSI-1"]; len(right["KAKSI-1"]) != 2 || right["KAKSI-1"][1] != p && right["KAKSI-1"][0] != p {
		t.Errorf("KAKSI-1 is %+v and %+v", p, right["KAKSI-1"])
	}
}

// TestLinks brings what belongs together from one state to another.
func TestLinks(t *testing.T) {
	t.Parallel()
	c := newCompany(t, "1967543-8")
	old, fresh := t.TempDir(), t.TempDir()
	mustRun := func(state string, more ...string) ran {
		t.Helper()
		r := execute(t, c.env, c.args(state, more...)...)
		if r.status != exitDone {
			t.Fatalf("%q: %s", more, r.err)
		}
		return r
	}
	mustRun(old, "-apply")
	csv := mustRun(old, "-links", "export", "-").out
	if !strings.HasPrefix(csv, "pair,left,right,rule\n") {
		t.Fatalf("not only the table is on the standard output: %.200s", csv)
	}
	file := filepath.Join(t.TempDir(), "pairs.csv")
	if out := mustRun(old, "-links", "export", file).out; !strings.Contains(out, fmt.Sprintf("Wrote %d pairs", strings.Count(csv, "\n")-1)) {
		t.Errorf("exported: %s", out)
	}
	r := mustRun(fresh, "-links", "import", file, "-json")
	if want := fmt.Sprintf(`{"type":"imported","count":%d}`, strings.Count(csv, "\n")-1); strings.TrimSpace(r.out) != want {
		t.Errorf("imported: %s, want %s", r.out, want)
	}
	r = mustRun(fresh, "-apply", "-json")
	if s := lastLine(t, []byte(r.out)); s.Registers["products"]["created"] != 0 || s.Requests.Write != 0 {
		t.Errorf("the run after the import: %+v", s)
	}
	if out := mustRun(fresh, "-why", "AB-100").out; !strings.Contains(out, "imported file") {
		t.Errorf("why:\n%s", out)
	}
}

// TestLinksFromStandardInput imports what is piped in.
func TestLinksFromStandardInput(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply", "-products", "20")
	csv := must(t, state, "-links", "export", "-").out
	var out, errs strings.Builder
	status := run(t.Context(), []string{"-state", state, "-registers", "products", "-links", "import", "-"}, &process{
		strings.NewReader(csv), &out, &errs, func(string) string { return "" },
	})
	if status != exitDone || !strings.Contains(out.String(), "Linked 0 pairs") {
		t.Errorf("status %d, %s%s", status, &out, &errs)
	}
}

func TestShellWord(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"products/7=link:netvisor/product/11": "products/7=link:netvisor/product/11",
		"link:rackbeat/product/Ø-12/A":        "link:rackbeat/product/Ø-12/A",
		"link:rackbeat/product/AB 100":        "'link:rackbeat/product/AB 100'",
		"$(reboot)":                           "'$(reboot)'",
		"it's;`id`":                           `'it'\''s;` + "`id`'",
		"a\x1b[2Jb\nc":                        "'a [2Jb c'",
	} {
		if got := shellWord(in); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", in, got, want)
		}
	}
}
