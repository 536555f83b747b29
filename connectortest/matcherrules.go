package connectortest

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// matcherRules are all rules of TestMatcher.
func matcherRules(p *Pairing) []rule {
	var out []rule
	for _, r := range pairRules {
		out = append(out, rule{name: r.name, text: r.text, check: func(b *bench) { r.check(b, p) }})
	}
	return out
}

// oddValues are values of every type, as no field is expected to have them.
var oddValues = []instep.Value{
	{}, instep.Null(), instep.String(""), instep.String("   "), instep.String("\x00\xff"), instep.String(strings.Repeat("long ", 5000)),
	instep.String("-"), instep.Bool(true), instep.Int(-1), instep.Number(instep.MustDecimal("0.5")),
	instep.Day(instep.Date{Year: 1, Month: 1, Day: 1}), instep.Instant(time.Unix(0, 0)), instep.Reference(instep.Ref{}),
	instep.List(), instep.List(instep.Null()), instep.Group(instep.Fields{}),
}

// pairRules are the rules of TestMatcher, each with the matcher.
var pairRules = []struct {
	name, text string
	check      func(b *bench, p *Pairing)
}{
	{
		name: "keys are pure",
		text: "the same input gives the same keys, whatever was asked in between",
		check: func(b *bench, p *Pairing) {
			first := map[instep.Side][]instep.MatchKey{}
			p.each(1, func(s instep.Side, f instep.Fields) { first[s] = slices.Clone(p.keys(s, f)) })
			p.each(2, func(s instep.Side, f instep.Fields) {
				p.keys(s, f)
				p.keys(s, instep.Fields{})
			})
			p.each(1, func(s instep.Side, f instep.Fields) {
				if again := p.keys(s, f); !slices.Equal(again, first[s]) {
					b.Errorf("%s: the keys were %+v and are %+v", s, first[s], again)
				}
			})
		},
	},
	{
		name: "keys are appended",
		text: "Keys appends to dst: what was in it stays in front, untouched",
		check: func(b *bench, p *Pairing) {
			p.each(1, func(s instep.Side, f instep.Fields) {
				dst := []instep.MatchKey{{Rank: 7, Value: "before", Weak: true}}
				got := p.Matcher.Keys(s, f, dst)
				if want := append(slices.Clone(dst), p.keys(s, f)...); !slices.Equal(got, want) {
					b.Errorf("%s: got %+v, want %+v", s, got, want)
				}
			})
		},
	},
	{
		name: "keys are the caller's",
		text: "keys that were given out are not changed by a later call",
		check: func(b *bench, p *Pairing) {
			left, _ := p.Sample(1)
			keys := p.keys(instep.Left, left)
			kept := slices.Clone(keys)
			for n := 2; n < 5; n++ {
				p.each(n, func(s instep.Side, f instep.Fields) { p.keys(s, f) })
			}
			if !slices.Equal(keys, kept) {
				b.Errorf("the keys were %+v and are %+v", kept, keys)
			}
		},
	},
	{
		name: "keys at the same time",
		text: "Keys is called concurrently and gives to each caller what it gives to one alone; run the test with -race as well",
		check: func(b *bench, p *Pairing) {
			var mu sync.Mutex
			var wg sync.WaitGroup
			for n := 1; n <= 4; n++ {
				p.each(n, func(s instep.Side, f instep.Fields) {
					want := slices.Clone(p.keys(s, f))
					wg.Go(func() {
						for range 200 {
							if got := p.keys(s, f); !slices.Equal(got, want) {
								mu.Lock()
								b.Errorf("%s: the keys of record %d are %+v alone, and %+v", s, n, want, got)
								mu.Unlock()
								return
							}
						}
					})
				})
			}
			wg.Wait()
		},
	},
	{
		name: "ranks begin at 1",
		text: "each key has a rank from 1",
		check: func(b *bench, p *Pairing) {
			p.each(1, func(s instep.Side, f instep.Fields) {
				for _, k := range p.keys(s, f) {
					if k.Rank == 0 {
						b.Errorf("%s: the key %+v has rank 0", s, k)
					}
				}
			})
		},
	},
	{
		name: "no blank keys",
		text: "blank and meaningless values give no key: all records without a value would be one",
		check: func(b *bench, p *Pairing) {
			p.each(1, func(s instep.Side, f instep.Fields) {
				for name := range f.All() {
					for _, v := range []instep.Value{{}, instep.Null(), instep.String(""), instep.String(" \t")} {
						for _, k := range p.keys(s, f.With(name, v)) {
							if strings.TrimSpace(k.Value) == "" {
								b.Errorf("%s: with %s %q there is the key %+v", s, name, v, k)
							}
						}
					}
				}
			})
		},
	},
	{
		name: "no fields, no keys",
		text: "a record of which nothing is known has no keys",
		check: func(b *bench, p *Pairing) {
			for _, s := range []instep.Side{instep.Left, instep.Right} {
				if keys := p.keys(s, instep.Fields{}); len(keys) > 0 {
					b.Errorf("%s: without fields there are the keys %+v", s, keys)
				}
			}
		},
	},
	{
		name: "any value is borne",
		text: "a value of any type may stand in any field: it gives a key or none, and no panic",
		check: func(_ *bench, p *Pairing) {
			p.each(1, func(s instep.Side, f instep.Fields) {
				for name := range f.All() {
					for _, v := range oddValues {
						p.keys(s, f.With(name, v))
					}
				}
			})
		},
	},
	{
		name: "sides agree",
		text: "the two sides of one record have a key in common: same rank, same value",
		check: func(b *bench, p *Pairing) {
			for n := 1; n <= 3; n++ {
				left, right := p.Sample(n)
				l, r := p.keys(instep.Left, left), p.keys(instep.Right, right)
				if !slices.ContainsFunc(l, func(k instep.MatchKey) bool { return slices.ContainsFunc(r, alike(k)) }) {
					b.Errorf("record %d has %+v on the left and %+v on the right", n, l, r)
				}
			}
		},
	},
	{
		name: "records are told apart",
		text: "two records have no key in common that links them: one that is neither Propose nor Weak",
		check: func(b *bench, p *Pairing) {
			left, _ := p.Sample(1)
			for n := 2; n <= 4; n++ {
				_, right := p.Sample(n)
				for _, k := range p.keys(instep.Left, left) {
					if !k.Propose && !k.Weak && slices.ContainsFunc(p.keys(instep.Right, right), alike(k)) {
						b.Errorf("record 1 on the left and record %d on the right both have %+v", n, k)
					}
				}
			}
		},
	},
	{
		name: "ranks mean the same on both sides",
		text: "keys of one rank are Strong, Propose or Weak on both sides alike",
		check: func(b *bench, p *Pairing) {
			seen := map[uint8]instep.MatchKey{}
			p.each(1, func(s instep.Side, f instep.Fields) {
				for _, k := range p.keys(s, f) {
					k.Value = ""
					if first, ok := seen[k.Rank]; ok && first != k {
						b.Errorf("%s: a key of rank %d is %+v, another %+v", s, k.Rank, k, first)
					}
					seen[k.Rank] = k
				}
			})
		},
	},
	{
		name: "strong is not weak",
		text: "no key is both Strong, which nobody else can have, and Weak, which both sides give out by themselves",
		check: func(b *bench, p *Pairing) {
			p.each(1, func(s instep.Side, f instep.Fields) {
				for _, k := range p.keys(s, f) {
					if k.Strong && k.Weak {
						b.Errorf("%s: the key %+v", s, k)
					}
				}
			})
		},
	},
}

// alike tells keys that meet a key.
func alike(k instep.MatchKey) func(instep.MatchKey) bool {
	return func(o instep.MatchKey) bool { return o.Rank == k.Rank && o.Value == k.Value }
}
