package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ran is what a run printed and returned.
type ran struct {
	status   int
	out, err string
}

func execute(t *testing.T, env map[string]string, args ...string) ran {
	t.Helper()
	var out, err bytes.Buffer
	if !slices.Contains(args, "-registers") {
		args = append(args, "-registers", "products")
	}
	status := run(t.Context(), args, &process{strings.NewReader(""), &out, &err, func(name string) string { return env[name] }})
	return ran{status, out.String(), err.String()}
}

// must runs the program on fakes and wants it to succeed.
func must(t *testing.T, state string, args ...string) ran {
	t.Helper()
	r := execute(t, nil, append([]string{"-state", state}, args...)...)
	if r.status != exitDone || r.err != "" {
		t.Fatalf("%q: status %d, %s", args, r.status, r.err)
	}
	return r
}

// mustJSON is must with -json. It returns the lines by type and the summary.
func mustJSON(t *testing.T, state string, args ...string) (map[string][]itemLineIn, lastSummary) {
	t.Helper()
	r := must(t, state, append(args, "-json")...)
	lines := map[string][]itemLineIn{}
	for line := range strings.Lines(r.out) {
		var l itemLineIn
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("not JSON: %v\n%s", err, line)
		}
		lines[l.Type] = append(lines[l.Type], l)
	}
	return lines, lastLine(t, []byte(r.out))
}

// itemLineIn has what tests look at in the lines of -json.
type itemLineIn struct {
	Type, Register, Outcome, System, Left, Right, Code, Action, Text string
	Fields                                                           json.RawMessage
}

func (l itemLineIn) fieldNames(t *testing.T) []string {
	t.Helper()
	var names []string
	if err := json.Unmarshal(l.Fields, &names); err != nil {
		t.Fatalf("%s: %v", l.Fields, err)
	}
	return names
}

// shown is a product in the terms of both systems.
type shown struct {
	Name, Description, Group, Unit, Barcode string
	Active                                  bool
}

// peek reads what the fakes beside a state hold.
func peek(t *testing.T, state string) (left map[string]shown, right map[string][]shown) {
	t.Helper()
	f, err := openFakes(&settings{state: state})
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	groups, units := map[int]string{}, map[int]string{}
	for _, g := range f.rackbeat.Groups() {
		groups[g.Number] = g.Name
	}
	for _, u := range f.rackbeat.Units() {
		units[u.Number] = u.Name
	}
	left, right = map[string]shown{}, map[string][]shown{}
	for _, p := range f.rackbeat.Products() {
		left[p.Number] = shown{p.Name, p.Description, groups[p.Group], units[p.Unit], p.Barcode, !p.IsBarred}
	}
	for _, p := range f.netvisor.Products() {
		right[p.Code] = append(right[p.Code], shown{p.Name, p.Description, p.Group, p.Unit, p.PrimaryEAN, p.Active})
	}
	return left, right
}

// carried reports whether a product of Rackbeat can be in step.
func carried(code string, p shown) bool {
	return code != catalogue.LongCode && code != catalogue.DuplicateCode && p.Group != catalogue.RackbeatOnlyGroup
}

// TestFirstRuns follows what a new user does: a plan, the first load, a second
// run, some edits, one more run.
func TestFirstRuns(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	plan := must(t, state)
	for _, want := range []string{"Create in Netvisor", "Update in Netvisor", "Unfit: ", "Review: ", "run the same command with -apply", " 0 written"} {
		if !strings.Contains(plan.out, want) {
			t.Errorf("the plan does not say %q:\n%s", want, plan.out)
		}
	}
	items, sum := mustJSON(t, state)
	if sum.Applied || sum.Requests.Write != 0 || len(items["wrote"]) != 0 {
		t.Errorf("a plan wrote something: %+v", sum)
	}
	planned := sum.Registers["products"]

	_, sum = mustJSON(t, state, "-apply")
	done := sum.Registers["products"]
	if d := cmp.Diff(planned, done); d != "" || done["created"] < 15 || done["updated"] < 15 || done["linked"] < 350 {
		t.Errorf("what was done differs from the plan, or is little: %v\n%s", done, d)
	}
	if want := done["created"] + done["updated"]; sum.Requests.Write != want || sum.Writes["netvisor"] != want || sum.Writes["rackbeat"] != 0 {
		t.Errorf("%d requests written for %d products: %+v", sum.Requests.Write, want, sum)
	}
	left, right := peek(t, state)
	for code, p := range left {
		if all := right[code]; carried(code, p) && (len(all) != 1 || all[0] != p) {
			t.Errorf("%q is %+v in Rackbeat and %+v in Netvisor", code, p, all)
		}
	}

	_, sum = mustJSON(t, state, "-apply")
	again := sum.Registers["products"]
	if again["created"]+again["updated"]+again["linked"]+again["drifted"] != 0 || sum.Requests.Write != 0 {
		t.Errorf("the second run is not empty: %+v", sum)
	}
	if again["unfit"] != done["unfit"] || again["review"] != done["review"] {
		t.Errorf("records set aside: %v, then %v", done, again)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply")
	before, _ := peek(t, state)
	lines, sum := mustJSON(t, state, "-apply", "-changes", "50")
	if got := sum.Registers["products"]; got["updated"] != 25 || got["drifted"] != 25 || got["created"] != 0 || sum.Requests.Write != 25 {
		t.Errorf("50 edits led to %+v", sum)
	}
	for _, l := range lines["wrote"] {
		if names := l.fieldNames(t); len(names) != 1 || l.Action != "update" || l.System != "netvisor" {
			t.Errorf("%s: %s of %v in %s, want the one field edited", l.Left, l.Action, names, l.System)
		}
	}
	left, right := peek(t, state)
	drifted, edited := 0, 0
	for code, p := range left {
		if p != before[code] {
			edited++
		}
		if carried(code, p) && right[code][0] != p {
			drifted++
		}
	}
	// Edited prices are not among what is compared here.
	if edited < 12 || drifted < 12 {
		t.Errorf("%d edits of texts in Rackbeat, %d that stand in Netvisor", edited, drifted)
	}
	if _, sum = mustJSON(t, state, "-apply", "-sweep"); sum.Requests.Write != 0 || sum.Registers["products"]["drifted"] != 0 {
		t.Errorf("the run after the edits is not empty: %+v", sum)
	}
}

func TestRevert(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply", "-products", "60")
	if _, sum := mustJSON(t, state, "-apply", "-changes", "10", "-drift", "revert"); sum.Registers["products"]["updated"] != 10 {
		t.Errorf("reverting: %+v", sum)
	}
	left, right := peek(t, state)
	for code, p := range left {
		if carried(code, p) && right[code][0] != p {
			t.Errorf("%q was not reverted: %+v, not %+v", code, right[code][0], p)
		}
	}
}

func TestFromNetvisor(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	_, before := peekNew(t, state)
	lines, sum := mustJSON(t, state, "-apply", "-from", "netvisor")
	if sum.Writes["rackbeat"] < 30 || sum.Writes["netvisor"] < 15 {
		t.Errorf("writes of the first load: %v", sum.Writes)
	}
	unmapped := slices.ContainsFunc(lines["item"], func(l itemLineIn) bool {
		return l.Outcome == "unfit" && l.Code == "P-9" && strings.Contains(l.Text, "mapping")
	})
	if !unmapped {
		t.Error("the product of a group that Rackbeat lacks is not unfit with the remedy")
	}
	left, right := peek(t, state)
	for code, all := range right {
		if len(all) != 1 || code == "" || all[0].Group == catalogue.NetvisorOnlyGroup {
			continue
		}
		// An empty text of Netvisor does not erase one of Rackbeat.
		if p := all[0]; left[code].Name != p.Name || p.Description != "" && left[code].Description != p.Description {
			t.Errorf("%q is %+v in Netvisor and %+v in Rackbeat", code, p, left[code])
		}
		if old := before[code]; len(old) == 1 && old[0].Name != all[0].Name {
			t.Errorf("%q was called %q in Netvisor, and now %q", code, old[0].Name, all[0].Name)
		}
	}
	if _, sum = mustJSON(t, state, "-apply", "-from", "netvisor"); sum.Requests.Write != 0 {
		t.Errorf("the second run is not empty: %+v", sum)
	}
}

// peekNew makes the fakes of a state and tells what they begin with.
func peekNew(t *testing.T, state string) (map[string]shown, map[string][]shown) {
	t.Helper()
	f, err := openFakes(&settings{state: state, sizes: catalogue.Sizes{Products: catalogue.DefaultSize}, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	f.close()
	return peek(t, state)
}

func TestLimitAndOnly(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	lines, sum := mustJSON(t, state, "-apply", "-only", "rackbeat/product/4711")
	if len(lines["wrote"]) != 1 || lines["wrote"][0].Left != "rackbeat/product/4711" || sum.Later < 30 {
		t.Errorf("-only wrote %v, %+v", lines["wrote"], sum)
	}
	if lines, _ = mustJSON(t, state, "-apply", "-only", "JUL-24"); len(lines["wrote"]) != 0 {
		t.Errorf("-only wrote what is unfit: %v", lines["wrote"])
	}
	if lines, _ = mustJSON(t, state, "-apply", "-only", "Ø-12/A"); len(lines["wrote"]) != 1 {
		t.Errorf("-only with a number alone wrote %v", lines["wrote"])
	}
	lines, sum = mustJSON(t, state, "-apply", "-limit", "7")
	if len(lines["wrote"]) != 7 || sum.Requests.Write != 7 {
		t.Errorf("-limit 7 wrote %d, %+v", len(lines["wrote"]), sum)
	}
	if r := must(t, state, "-limit", "3"); !strings.Contains(r.out, "left for a later run") {
		t.Errorf("the plan does not say that some is left:\n%s", r.out)
	}
	if _, sum = mustJSON(t, state, "-apply"); sum.Later != 0 || sum.Requests.Write == 0 {
		t.Errorf("the rest: %+v", sum)
	}
	if _, sum = mustJSON(t, state, "-apply"); sum.Requests.Write != 0 {
		t.Errorf("the run after all is not empty: %+v", sum)
	}
}

// TestGolden pins what people see of a small catalogue, word for word.
func TestGolden(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	for _, step := range []struct{ file, args string }{
		{"plan", "-products 60"}, {"apply", "-apply"}, {"again", "-apply"},
	} {
		r := must(t, state, strings.Fields(step.args)...)
		golden(t, step.file, steady(r.out))
	}
}

// golden compares an output with the file it is kept in.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); d != "" {
		t.Errorf("%s (-want +got); go test -update writes it anew:\n%s", file, d)
	}
}

var duration = regexp.MustCompile(`(?m)(; )[0-9.]+m?s\.$`)

// steady takes out what differs from run to run: the order in which the two
// sides were read, and the time.
func steady(out string) string {
	var read, rest []string
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "Read ") {
			read = append(read, line)
		} else {
			rest = append(rest, line)
		}
	}
	slices.Sort(read)
	return duration.ReplaceAllString(strings.Join(append(read, rest...), ""), "$1(time).")
}

// TestStopped has the program stopped while it writes.
func TestStopped(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &countingWriter{mark: `"type":"wrote"`, at: 25, then: cancel}
	var stderr bytes.Buffer
	status := run(ctx, []string{"-state", state, "-apply", "-json"}, &process{nil, out, &stderr, func(string) string { return "" }})
	if status != exitStopped || !strings.Contains(stderr.String(), "the next run goes on") {
		t.Errorf("status %d, %q", status, &stderr)
	}
	sum := lastLine(t, out.Bytes())
	if sum.Later == 0 || sum.Writes["netvisor"] == 0 || sum.Error == "" {
		t.Errorf("summary of the stopped run: %+v", sum)
	}
	mustJSON(t, state, "-apply")
	left, right := peek(t, state)
	for code, p := range left {
		if all := right[code]; carried(code, p) && (len(all) != 1 || all[0] != p) {
			t.Errorf("%q is %+v in Rackbeat and %+v in Netvisor", code, p, all)
		}
	}
	if _, sum = mustJSON(t, state, "-apply"); sum.Requests.Write != 0 {
		t.Errorf("the run after all is not empty: %+v", sum)
	}
}

// countingWriter calls a function when it has seen a mark a number of times.
type countingWriter struct {
	bytes.Buffer
	mark string
	at   int
	then func()
}

func (w *countingWriter) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.mark) {
		if w.at--; w.at == 0 {
			w.then()
		}
	}
	return w.Buffer.Write(p)
}

// TestHostileTexts has names that would take over a terminal.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply", "-products", "20")
	f, err := openFakes(&settings{state: state})
	if err != nil {
		t.Fatal(err)
	}
	const evil = "a\x1b]0;title\x07\x1b[2Jb\u202ec"
	if err := f.rackbeat.Edit("AB-100", func(p *rackbeattest.Product) { p.Name = evil }); err != nil {
		t.Fatal(err)
	}
	if err := f.netvisor.Edit(1, func(p *netvisortest.Product) { p.Description = "x\x9by" }); err != nil {
		t.Fatal(err)
	}
	f.close()
	if r := must(t, state); strings.ContainsAny(r.out, "\x1b\x07\u009b\u202e") || !strings.Contains(r.out, "AB-100") {
		t.Errorf("control characters get through: %q", r.out)
	}
}

func TestMappingAsFile(t *testing.T) {
	t.Parallel()
	printed := execute(t, nil, "-print-mapping")
	if printed.status != exitDone || !strings.Contains(printed.out, `"recommended_cost_price"`) {
		t.Fatalf("-print-mapping: %+v", printed)
	}
	file := filepath.Join(t.TempDir(), "mapping.json")
	if err := os.WriteFile(file, []byte(printed.out), 0o600); err != nil {
		t.Fatal(err)
	}
	if again := execute(t, nil, "-print-mapping", "-mapping", file); again.out != printed.out {
		t.Errorf("the mapping does not survive:\n%s", cmp.Diff(printed.out, again.out))
	}
	state := t.TempDir()
	must(t, state, "-apply", "-products", "40")
	if _, sum := mustJSON(t, state, "-apply", "-mapping", file); sum.Requests.Write != 0 {
		t.Errorf("the same mapping from a file is another one: %+v", sum)
	}
}

// TestMeetLater has a product made in Rackbeat that Netvisor had before, and
// one made in Netvisor that Rackbeat had as unfit.
func TestMeetLater(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	must(t, state, "-apply")
	left, right := peek(t, state)
	alone := slices.DeleteFunc(slices.Sorted(maps.Keys(right)), func(code string) bool {
		_, both := left[code]
		return both || code == "" || right[code][0].Group == catalogue.NetvisorOnlyGroup
	})
	f, err := openFakes(&settings{state: state})
	if err != nil {
		t.Fatal(err)
	}
	code := alone[0]
	if err := f.rackbeat.Add(rackbeattest.Product{Number: code, Name: "Uusi nimi", SalesPrice: "12.5", Group: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.netvisor.Add(netvisortest.Product{Code: "JUL-24", Name: "Joulukalenteri", Group: "Elintarvikkeet", UnitPrice: "1"}); err != nil {
		t.Fatal(err)
	}
	f.close()
	lines, sum := mustJSON(t, state, "-apply")
	if n := sum.Requests.Write; n != 1 || len(lines["wrote"]) != 1 || lines["wrote"][0].Action != "update" {
		t.Errorf("%d writes, %+v, want one update of %q", n, lines["wrote"], code)
	}
	if _, right = peek(t, state); len(right[code]) != 1 || right[code][0].Name != "Uusi nimi" {
		t.Errorf("%q is %+v in Netvisor", code, right[code])
	}
	if _, sum = mustJSON(t, state, "-apply", "-sweep"); sum.Requests.Write != 0 {
		t.Errorf("the run after that is not empty: %+v", sum)
	}
}
