package connectortest

import (
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// findRules are about Find.
var findRules = []rule{
	{
		name: "find is aligned", needs: []need{aFinder, hands},
		text: "Find returns a list for each value, in the order of the values: empty for one that no record has, the same for one given twice: by its place the engine knows whose key was found",
		check: func(b *bench) {
			b.eachKey(func(field string, ids []string, values []instep.Value) {
				ask := []instep.Value{values[1], instep.String("97531"), values[0], values[1]}
				want := []string{ids[1], "", ids[0], ids[1]}
				for i, recs := range b.find(field, ask...) {
					if got := idsOf(recs); strings.Join(got, " ") != want[i] {
						b.Errorf("by %s, value %d of %v gives %q, want %q", field, i, ask, got, want[i])
					}
				}
			})
		},
	},
	{
		name: "find is exact", needs: []need{aFinder, hands},
		text: "Find gives only records whose field has exactly the value: not a part of it, more than it, or another case",
		check: func(b *bench) {
			b.eachKey(func(field string, _ []string, values []instep.Value) {
				s, _ := values[0].AsString()
				b.onlyExact(field, s[:len(s)-1], s[1:], s+"0", strings.ToUpper(s), strings.ToLower(s), swapCase(s))
			})
		},
	},
	{
		name: "find knows no patterns", needs: []need{aFinder, hands},
		text: "what means something in a search (wildcards, quotes, separators) is part of the value for Find: a record with another value would be taken for the one that was meant",
		check: func(b *bench) {
			b.eachKey(func(field string, _ []string, values []instep.Value) {
				s, _ := values[0].AsString()
				b.onlyExact(field, "*", "%", s[:1]+"*", s[:1]+"%", s[:len(s)-1]+"?", s[:len(s)-1]+"_", `"`+s+`"`, "'"+s+"'", ".*", "' OR 1=1 --", "&", "<x>")
			})
		},
	},
	{
		name: "find gives all", needs: []need{aFinder, hands},
		text: "Find gives all records that have the value, if several may have it: the engine must not take one of several for the only one",
		check: func(b *bench) {
			seen := false
			b.eachKey(func(field string, ids []string, values []instep.Value) {
				twin := b.sample().With(field, values[0])
				if b.Make == nil {
					r := b.write(b.creates(twin))[0]
					if r.Err != nil {
						return
					}
					ids = append(slices.Clone(ids[:1]), r.Ref.ID)
				} else {
					id, err := b.Make(twin)
					if err != nil {
						return
					}
					b.made = append(b.made, id)
					ids = append(slices.Clone(ids[:1]), id)
				}
				seen = true
				b.shown(ids...)
				got := idsOf(b.find(field, values[0])[0])
				if slices.Sort(ids); !slices.Equal(got, ids) {
					b.Errorf("%q have the same %s, found are %q", ids, field, got)
				}
			})
			if !seen {
				b.stop(foreign, "the system lets no two records have the same value of a field that can be found by")
			}
		},
	},
	{
		name: "find reads directly", needs: []need{aFinder, aSink},
		text: "Find does not ask an index that lags behind: a record is found as soon as its create was answered, and Traits.ReadLag is over",
		check: func(b *bench) {
			fields := b.findable()
			f := b.sample()
			id := b.create(f)
			b.sleep(b.traits.ReadLag)
			for _, field := range fields {
				if got := idsOf(b.find(field, f.Get(field))[0]); !slices.Contains(got, id) {
					b.Errorf("by %s, the record %s that was just created is not found", field, id)
				}
			}
		},
	},
	{
		name: "what is found is whole", needs: []need{aFinder, aGetter, hands},
		text: "Find and Get give the same fields of a record",
		check: func(b *bench) {
			b.eachKey(func(field string, ids []string, values []instep.Value) {
				got, want := b.find(field, values[0])[0], b.get(ids[0])[0]
				if len(got) != 1 || !got[0].Fields.Equal(want.Fields) || got[0].Ref != want.Ref {
					b.Errorf("by %s: found %v, Get gives %v", field, got, want)
				}
			})
		},
	},
	{
		name: "a field nothing is found by", needs: []need{aFinder},
		text: "Find by a field that it cannot find by is an error: an empty list would say that there is no such record",
		check: func(b *bench) {
			lists, err := b.finder().Find(b.ctx(), "no such field", []instep.Value{instep.String("x")})
			if err == nil {
				b.Errorf("no error, and %d lists", len(lists))
			}
		},
	},
	{
		name: "a canceled find", needs: []need{aFinder},
		text: "Find with a context that has ended gives an error, of kind Canceled or the context's own",
		check: func(b *bench) {
			for _, field := range b.findable() {
				_, err := b.finder().Find(b.dead(), field, []instep.Value{b.Sample(1).Get(field)})
				b.wantCanceled("Find by "+field, err)
			}
		},
	},
	{
		name: "a throttled find", needs: []need{aFinder, hands, throttle},
		text: "a Find that the system refuses for too many requests fails with kind RateLimited, or waits itself: it never says that there is no such record",
		check: func(b *bench) {
			b.eachKey(func(field string, _ []string, values []instep.Value) {
				var lists [][]instep.Record
				wait, err := b.throttled(func() (err error) { lists, err = b.finder().Find(b.ctx(), field, values[:1]); return err })
				b.wantThrottled("Find by "+field, err, wait)
				if err == nil && (len(lists) != 1 || len(lists[0]) == 0) {
					b.Errorf("Find by %s gives %v, and no error", field, lists)
				}
			})
		},
	},
}

// findable returns the fields that the Finder takes.
func (b *bench) findable() []string {
	if b.FindBy != nil || b.finder() == nil {
		return b.FindBy
	}
	var out []string
	for name, v := range b.Sample(1).All() {
		if v.Type() != instep.TypeString {
			continue
		}
		if _, err := b.finder().Find(b.ctx(), name, []instep.Value{v}); err == nil {
			out = append(out, name)
		}
	}
	return out
}

// eachKey calls f with each field that records can be found by, where samples
// differ in it, and with three records and their values.
func (b *bench) eachKey(f func(field string, ids []string, values []instep.Value)) {
	fields := b.findable()
	var ids []string
	var records []instep.Fields
	for range 3 {
		s := b.sample()
		ids, records = append(ids, b.makes(s)), append(records, s)
	}
	b.shown(ids...)
	looked := false
	for _, field := range fields {
		var values []instep.Value
		for _, rec := range records {
			if s, ok := rec.Get(field).AsString(); ok && len(s) > 1 {
				values = append(values, rec.Get(field))
			}
		}
		if len(values) == 3 && values[0] != values[1] {
			looked = true
			f(field, ids, values)
		}
	}
	if !looked {
		b.stop(unseen, "the samples do not differ in a text of two or more letters by which records can be found: set System.FindBy")
	}
}

// find finds records, and expects a list for each value.
func (b *bench) find(field string, values ...instep.Value) [][]instep.Record {
	lists, err := b.finder().Find(b.ctx(), field, values)
	if err != nil {
		b.Fatalf("Find by %s: %v", field, err)
	}
	if len(lists) != len(values) {
		b.Fatalf("Find by %s of %d values gives %d lists", field, len(values), len(lists))
	}
	return lists
}

// onlyExact expects that whatever is found by a text has exactly that text.
func (b *bench) onlyExact(field string, texts ...string) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		for _, rec := range b.find(field, instep.String(text))[0] {
			if got := rec.Fields.Get(field); got != instep.String(text) {
				b.Errorf("by %s, %q finds %s, which has %q", field, text, rec.Ref, got)
			}
		}
	}
}

// swapCase changes the case of the first letter.
func swapCase(s string) string {
	if up := strings.ToUpper(s[:1]); up != s[:1] {
		return up + s[1:]
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func idsOf(recs []instep.Record) []string {
	ids := make([]string, len(recs))
	for i := range recs {
		ids[i] = recs[i].Ref.ID
	}
	slices.Sort(ids)
	return ids
}
