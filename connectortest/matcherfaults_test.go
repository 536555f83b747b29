package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/instep-go/instep"
)

// rightMatcher is one that keeps all rules.
func rightMatcher() instep.Matcher {
	return instep.Cascade(
		instep.ByField("vat", "tax", instep.MatchKey{Strong: true}, strings.ToUpper),
		instep.ByField("number", "code", instep.MatchKey{Weak: true}, instep.Digits),
		instep.ByField("name", "title", instep.MatchKey{Propose: true}, instep.Fold),
	)
}

// pairs gives the same firm as two systems have it.
func pairs(n int) (left, right instep.Fields) {
	text := func(name, format string) instep.Field {
		return instep.Field{Name: name, Value: instep.String(fmt.Sprintf(format, n))}
	}
	return instep.NewFields(text("vat", "fi%07d"), text("number", "%d"), text("name", "Kahvi %d  Oy")),
		instep.NewFields(text("tax", " FI%07d"), text("code", "%d"), text("title", "KAHVI %d OY"))
}

// bentKeys is the right matcher, whose own keys are then changed.
func bentKeys(bend func(s instep.Side, f instep.Fields, keys []instep.MatchKey) []instep.MatchKey) func() instep.Matcher {
	return func() instep.Matcher {
		right := rightMatcher()
		return instep.MatcherFunc(func(s instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
			return append(dst, bend(s, f, right.Keys(s, f, nil))...)
		})
	}
}

// matcherFaults are matchers by the one rule that each breaks.
var matcherFaults = map[string]func() instep.Matcher{
	"keys are pure": func() instep.Matcher {
		var tired atomic.Bool
		return bentKeys(func(_ instep.Side, f instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
			if f.Len() == 0 {
				tired.Store(true)
			} else if tired.Load() {
				return nil
			}
			return keys
		})()
	},
	"keys are appended": func() instep.Matcher {
		return instep.MatcherFunc(func(s instep.Side, f instep.Fields, _ []instep.MatchKey) []instep.MatchKey {
			return rightMatcher().Keys(s, f, nil)
		})
	},
	"keys are the caller's": func() instep.Matcher {
		var calls atomic.Int32
		var first []instep.MatchKey
		return instep.MatcherFunc(func(s instep.Side, f instep.Fields, dst []instep.MatchKey) []instep.MatchKey {
			dst = rightMatcher().Keys(s, f, dst)
			switch calls.Add(1) {
			case 1:
				first = dst
			case 7:
				clear(first)
			}
			return dst
		})
	},
	"keys at the same time": func() instep.Matcher {
		var callers atomic.Int32
		return bentKeys(func(_ instep.Side, _ instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
			defer callers.Add(-1)
			if callers.Add(1); callers.Load() == 1 {
				time.Sleep(20 * time.Microsecond)
			}
			if callers.Load() > 1 {
				return nil
			}
			return keys
		})()
	},
	"ranks begin at 1": bentKeys(func(_ instep.Side, _ instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		for i := range keys {
			keys[i].Rank--
		}
		return keys
	}),
	"no blank keys": bentKeys(func(s instep.Side, f instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		if v := f.Get([2]string{"name", "title"}[s]); v == instep.String("") {
			keys = append(keys, instep.MatchKey{Rank: 3, Propose: true})
		}
		return keys
	}),
	"no fields, no keys": bentKeys(func(_ instep.Side, f instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		if f.Len() == 0 {
			keys = append(keys, instep.MatchKey{Rank: 4, Value: "unnamed", Propose: true})
		}
		return keys
	}),
	"any value is borne": bentKeys(func(_ instep.Side, f instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		for _, v := range f.All() {
			if v.Type() == instep.TypeDate {
				panic("a date")
			}
		}
		return keys
	}),
	"sides agree": bentKeys(func(s instep.Side, _ instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		for i := range keys {
			keys[i].Value += s.String()
		}
		return keys
	}),
	"records are told apart": bentKeys(func(_ instep.Side, f instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		if f.Len() == 3 {
			keys = append(keys, instep.MatchKey{Rank: 4, Value: "FI"})
		}
		return keys
	}),
	"ranks mean the same on both sides": bentKeys(func(s instep.Side, _ instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		for i := range keys {
			keys[i].Propose = keys[i].Propose && s == instep.Left
			keys[i].Weak = keys[i].Weak || keys[i].Rank == 3 && s == instep.Right
		}
		return keys
	}),
	"strong is not weak": bentKeys(func(_ instep.Side, _ instep.Fields, keys []instep.MatchKey) []instep.MatchKey {
		for i := range keys {
			keys[i].Weak = keys[i].Weak || keys[i].Strong
		}
		return keys
	}),
}

func matcherOutcomes(t *testing.T, m func() instep.Matcher) map[string]outcome {
	t.Helper()
	out := map[string]outcome{}
	for i := range pairRules {
		p := &Pairing{Matcher: m(), Sample: pairs}
		r := matcherRules(p)[i]
		out[r.name] = tryRule(&r, t, func(testing.TB) *System { return &System{Sample: p.sample} }, false, &measures{})
	}
	return out
}

func TestEveryMatcherRuleFails(t *testing.T) {
	t.Parallel()
	for name, got := range matcherOutcomes(t, rightMatcher) {
		if got.verdict != kept {
			t.Errorf("the right matcher: rule %q: %q", name, got.says)
		}
	}
	for _, r := range matcherRules(nil) {
		if matcherFaults[r.name] == nil {
			t.Errorf("no matcher breaks the rule %q", r.name)
		}
	}
	for rule, m := range matcherFaults {
		for name, got := range matcherOutcomes(t, m) {
			if is := got.verdict == broken; is != (name == rule) {
				t.Errorf("a matcher that breaks %q: rule %q: broken is %t: %.400q", rule, name, is, got.says)
			}
		}
	}
}

// The report is of use only if it says what was seen.
func TestAccount(t *testing.T) {
	t.Parallel()
	rules := slices.Concat(sourceRules(), sinkRules())
	a := newAccount(rules)
	open := func(testing.TB) *System {
		s := newShelf()
		s.traits.Exact = false
		return s.system(values(func(name string, v instep.Value) instep.Value {
			if text, ok := v.AsString(); ok && name == "note" {
				return instep.String(strings.TrimSpace(text))
			}
			if d, ok := v.AsDecimal(); ok && name == "price" {
				return instep.Number(d.Round(2))
			}
			return v
		}))
	}
	for _, r := range rules {
		got := tryRule(&r, t, open, false, a.m)
		a.count([...]string{"kept", "broken", "not in question", "not looked at"}[got.verdict])
	}
	for _, rule := range []string{"a token is found", "a walk ends", "an empty system"} {
		a.because("broken", "Write gives no result", rule)
	}
	a.because("broken", "it comes again", "everything is walked")
	a.because("opted out", "the vendor does not tell", "deletions are told")
	for _, want := range []string{
		" 0 broken", " 0 opted out", "opted out, by the reason given:\n  the vendor does not tell (deletions are told)\n",
		"begin at the top, the rest may follow from it:\n  Write gives no result (an empty system, a walk ends, a token is found)\n  it comes again (everything is walked)\n", "read lag: 0s, declared 0s", "step of Modified: 1ms over",
		"lossy: note is trimmed\n", "lossy: price is rounded\n", "creates: once each, by a key", "edits: nobody's edit is overwritten", "deletes: seen, as the system tells",
	} {
		if got := a.String(); !strings.Contains(got, want) {
			t.Errorf("the account does not say %q:\n%s", want, got)
		}
	}
}

// failures collects what a test would say; the rest is the test's own.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestOptOuts(t *testing.T) {
	t.Parallel()
	rules := sourceRules()
	for name, test := range map[string]struct {
		skips []Skip
		said  int
	}{
		"good":    {[]Skip{{"a walk ends", "the vendor never stops"}}, 0},
		"unknown": {[]Skip{{"a walk goes on", "whatever"}}, 1},
		"none":    {[]Skip{{"a walk ends", " "}}, 1},
		"twice":   {[]Skip{{"a walk ends", "x"}, {"a walk ends", "y"}}, 1},
	} {
		f := &failures{TB: t}
		newAccount(rules).optOuts(f, rules, test.skips)
		if len(f.said) != test.said {
			t.Errorf("%s: said %q", name, f.said)
		}
	}
}
