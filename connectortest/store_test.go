package connectortest

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// trial is a test of which only what it would say is of interest.
type trial struct {
	testing.TB

	mu   sync.Mutex
	said outcome
}

func (*trial) Helper() {}

func (r *trial) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = outcome{broken, append(r.said.says, fmt.Sprintf(format, args...))}
}

func (r *trial) Error(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }

func (r *trial) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(halt{})
}

func (r *trial) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

func (r *trial) Skip(args ...any) {
	r.said = outcome{unseen, []string{fmt.Sprint(args...)}}
	panic(halt{})
}

// tryStoreRule finds out what becomes of a rule with a store of its own.
func tryStoreRule(t *testing.T, r *storeRule, f flaw) (out outcome) {
	t.Helper()
	tried, o := &trial{TB: t}, flawedOptions()
	defer func() {
		if x := recover(); x != nil && x != any(halt{}) {
			tried.Errorf("panic: %v\n%s", x, debug.Stack())
		}
		out = tried.said
	}()
	r.check(&storeTest{TB: tried, Checkpoint: &flawed{newLasting(), f}, t: t, reopen: o.Reopen, copyState: o.Copy})
	return tried.said
}

// storeFaults are all flawed stores, by the one rule that each breaks. What
// comes after a colon tells stores apart that break the same one.
func storeFaults(t *testing.T) map[string]func() flaw {
	t.Helper()
	all := map[string]func() flaw{}
	for _, part := range []map[string]func() flaw{stateFaults, linkFaults, workFaults, eraseFaults, commitFaults, sliceFaults, keptFaults} {
		for rule, f := range part {
			if all[rule] != nil {
				t.Errorf("the rule %q has two faults", rule)
			}
			all[rule] = f
		}
	}
	return all
}

// ruleOf returns the rule that a flawed store breaks.
func ruleOf(fault string) string {
	rule, _, _ := strings.Cut(fault, ": ")
	return rule
}

// longRules take a while. Short tests try them only with the store that breaks
// them, and with the one that is right.
var longRules = []string{"large batches", "open work by pages", "lookup is aligned", "canceled at work", "concurrent use"}

// A store that is as it should be keeps all rules; each rule is the only one
// that some store breaks.
func TestEveryStoreRuleFails(t *testing.T) {
	t.Parallel()
	faults, rules := storeFaults(t), storeRules()
	names := make([]string, len(rules))
	for i := range rules {
		names[i] = rules[i].name
	}
	var breakable []string
	for fault := range faults {
		breakable = append(breakable, ruleOf(fault))
	}
	slices.Sort(breakable)
	if diff := cmp.Diff(slices.Sorted(slices.Values(names)), slices.Compact(breakable)); diff != "" {
		t.Errorf("rules (-) and the stores that break them (+) differ:\n%s", diff)
	}
	faults["none"] = func() flaw { return flaw{} }
	for _, broke := range slices.Sorted(maps.Keys(faults)) {
		t.Run(broke, func(t *testing.T) {
			t.Parallel()
			for i := range rules {
				name, want := rules[i].name, kept
				if name == ruleOf(broke) {
					want = broken
				} else if testing.Short() && broke != "none" && slices.Contains(longRules, name) {
					continue
				}
				if got := tryStoreRule(t, &rules[i], faults[broke]()); got.verdict != want {
					t.Errorf("rule %q: verdict %d, want %d: %.600q", name, got.verdict, want, got.says)
				}
			}
		})
	}
}

// inChild tells the test binary that it is the process whose tests must fail.
const inChild = "CONNECTORTEST_FAULTS"

// TestFaults runs in a process of its own, started by TestKitFindsFaults.
func TestFaults(t *testing.T) {
	if os.Getenv(inChild) == "" {
		t.Skip("its failures are wanted only where another test counts them")
	}
	TestStore(t, func(*testing.T) instep.Checkpoint {
		return &flawed{newLasting(), linkFaults["links come back"]()}
	}, flawedOptions())
}

// What a store that breaks a rule gets to read is the rule.
func TestKitFindsFaults(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFaults$", "-test.v")
	cmd.Env = append(os.Environ(), inChild+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("a store that breaks a rule has passed")
	}
	for what, want := range map[string]int{
		"--- FAIL: TestFaults/":                                 1,
		"--- FAIL: TestFaults/links_come_back ":                 1,
		"--- PASS: TestFaults/":                                 len(storeRules()) - 1,
		"--- SKIP: TestFaults/":                                 0,
		"the rule: Links and Scan return every field of a link": 1,
	} {
		if got := strings.Count(string(out), what); got != want {
			t.Errorf("%q is said %d times, want %d:\n%s", what, got, want, out)
		}
	}
}
