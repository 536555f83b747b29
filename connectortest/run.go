package connectortest

import (
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// rule is one sentence of the contract, and how to find out whether a
// connector keeps it.
type rule struct {
	name  string
	text  string // the rule as a sentence
	needs []need // else it is skipped
	check func(b *bench)
}

// verdict is what became of a rule.
type verdict uint8

const (
	kept verdict = iota
	broken
	foreign // the connector's traits and capabilities put it out of question
	unseen  // something is missing to look at it
)

// outcome is what became of a rule and why.
type outcome struct {
	verdict verdict
	says    []string
}

// runRules runs each rule as a subtest and logs the account.
func runRules(t *testing.T, rules []rule, open func(testing.TB) *System, o *Options) {
	t.Helper()
	if o == nil {
		o = &Options{}
	}
	all := newAccount(rules)
	skips := all.optOuts(t, rules, o.Skip)
	t.Cleanup(func() { t.Log(all.String()) })
	for i := range rules {
		r := &rules[i]
		t.Run(r.name, func(t *testing.T) {
			if !o.Live {
				t.Parallel()
			}
			reason, out := skips[r.name]
			if out && o.Live {
				all.count("opted out")
				all.because("opted out", reason, r.name)
				t.Skip("opted out: " + reason)
			}
			got := tryRule(r, t, open, o.Live, all.m)
			all.report(t, r, got, reason, out)
		})
	}
}

// tryRule finds out what becomes of a rule on a system of its own.
func tryRule(r *rule, t testing.TB, open func(testing.TB) *System, live bool, m *measures) (out outcome) {
	b := &bench{tb: t, System: open(t), live: live, m: m}
	defer func() {
		if x := recover(); x != nil && x != any(halt{}) {
			b.Errorf("panic: %v\n%s", x, debug.Stack())
		}
		b.tidy()
		out = b.outcome()
	}()
	b.begin()
	for _, v := range []verdict{foreign, unseen} {
		for _, n := range r.needs {
			if n.verdict == v && !n.met(b) {
				b.stop(v, "%s", n.says)
			}
		}
	}
	r.check(b)
	return out
}

// optOuts returns the reasons by rule, and reports those that are none.
func (a *account) optOuts(t testing.TB, rules []rule, skips []Skip) map[string]string {
	t.Helper()
	out := make(map[string]string, len(skips))
	for _, s := range skips {
		switch _, twice := out[s.Rule]; {
		case !slices.ContainsFunc(rules, func(r rule) bool { return r.name == s.Rule }):
			t.Errorf("Options.Skip names the rule %q, which is not there", s.Rule)
		case twice:
			t.Errorf("Options.Skip names the rule %q twice", s.Rule)
		case strings.TrimSpace(s.Reason) == "":
			t.Errorf("Options.Skip gives no reason for the rule %q", s.Rule)
		default:
			out[s.Rule] = s.Reason
		}
	}
	return out
}

// report passes an outcome on to a subtest.
func (a *account) report(t *testing.T, r *rule, got outcome, reason string, out bool) {
	t.Helper()
	says := strings.Join(got.says, "\n")
	switch {
	case out && got.verdict == broken:
		a.count("opted out")
		a.because("opted out", reason, r.name)
		t.Skip("opted out: " + reason + "\nseen: " + says)
	case out:
		a.count("broken")
		a.because("broken", "it is opted out of, and not broken", r.name)
		t.Errorf("Options.Skip opts out of a rule that is not broken: take it out\nthe rule: %s", r.text)
	case got.verdict == broken:
		a.count("broken")
		a.because("broken", got.says[0], r.name)
		t.Errorf("%s\nthe rule: %s", says, r.text)
	case got.verdict == foreign:
		a.count("not in question")
		t.Skip("not in question: " + says)
	case got.verdict == unseen:
		a.count("not looked at")
		a.because("not looked at", says, r.name)
		t.Skip("not looked at: " + says)
	default:
		a.count("kept")
	}
}
