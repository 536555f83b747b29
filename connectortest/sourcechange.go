package connectortest

import (
	"slices"

	"github.com/instep-go/instep"
)

// changeRules are about what comes after a walk over everything.
var changeRules = []rule{
	{
		name: "what was made is read", needs: []need{aSource, hands},
		text: "Read from the Next of a finished walk gives the records made since: they would not be carried over until the next walk over everything",
		check: func(b *bench) {
			b.fill(2)
			next := b.everything().last.Next
			id := b.makes(b.sample())
			if _, ok := b.until(func() bool { w := b.since(next); return w.has(id) }); !ok {
				b.Errorf("the record %s was made after the walk and does not come", id)
			}
		},
	},
	{
		name: "what was edited is read", needs: []need{aSource, hands, edits},
		text: "Read from the Next of a finished walk gives the records edited since, as they are then: other edits are lost until the next walk over everything",
		check: func(b *bench) {
			ids := b.fill(3)
			next := b.everything().last.Next
			b.edits(ids[1], b.text(41))
			b.comes(next, ids[1], b.text(41))
		},
	},
	{
		name: "changes go on", needs: []need{aSource, hands, edits},
		text: "each walk over changes ends with a Next that the next one begins at: an edit that is followed by further walks is not lost",
		check: func(b *bench) {
			ids := b.fill(2)
			next := b.everything().last.Next
			for i := range 3 {
				id := ids[i%2]
				b.edits(id, b.text(50+i))
				next = b.comes(next, id, b.text(50+i))
			}
		},
	},
	{
		name: "an emptied field is null", needs: []need{aSource, hands, edits},
		text: "a field that somebody has emptied comes as null, or as an empty text: absent would say that nothing is known of it",
		check: func(b *bench) {
			ids := b.fill(2)
			next := b.everything().last.Next
			b.edits(ids[0], instep.Null())
			var got instep.Value
			b.until(func() bool {
				w := b.since(next)
				rec, ok := w.recs[ids[0]]
				got = rec.Fields.Get(b.editField())
				return ok && got.IsBlank()
			})
			if got.IsAbsent() || !got.IsBlank() {
				b.Errorf("%s was emptied and comes as %s %q", b.editField(), got.Type(), got)
			}
		},
	},
	{
		name: "edited during a walk", needs: []need{aSource, hands, edits},
		text: "an edit made while a walk goes on, of a record that it has shown already, comes in this walk or in the next: the cursor must not move past it",
		check: func(b *bench) {
			b.many()
			id := ""
			w := b.walk(b.Source, "", func(_ int, w *walked) {
				if own := ownOf(b, w.last.Records); id == "" && own != "" {
					id = own
					b.edits(id, b.text(43))
				}
			})
			if id == "" {
				b.stop(unseen, "all records came on the last page")
			}
			b.comesIn(&w, id, b.text(43))
		},
	},
	{
		name: "made during a walk", needs: []need{aSource, hands},
		text: "a record made while a walk goes on comes in this walk or in the next: the cursor must not move past it",
		check: func(b *bench) {
			b.many()
			id := ""
			w := b.walk(b.Source, "", func(pages int, _ *walked) {
				if pages == 1 {
					id = b.makes(b.sample())
				}
			})
			if _, ok := b.until(func() bool { later := b.since(w.last.Next); return w.has(id) || later.has(id) }); !ok {
				b.Errorf("the record %s comes neither in the walk in which it was made nor in the next", id)
			}
		},
	},
	{
		name: "edited during a walk over changes", needs: []need{aSource, hands, edits},
		text: "an edit made while a walk over changes goes on comes in this walk or in the next: the cursor must not move past it",
		check: func(b *bench) {
			ids := b.many()
			next := b.everything().last.Next
			for i, id := range ids {
				b.edits(id, b.text(60+i))
			}
			b.until(func() bool { w := b.since(next); return w.has(ids...) })
			id := ""
			w := b.walk(b.Source, next, func(_ int, w *walked) {
				if own := ownOf(b, w.last.Records); id == "" && own != "" {
					id = own
					b.edits(id, b.text(44))
				}
			})
			if id == "" {
				b.stop(unseen, "all changes came on one page")
			}
			b.comesIn(&w, id, b.text(44))
		},
	},
	{
		name: "deletions are told", needs: []need{aSource, hands, removes, seesDeletes},
		text: "with Traits.SeesDeletes, Read from a later cursor gives a deleted record with status Deleted: nothing else would ever tell of it",
		check: func(b *bench) {
			ids := b.fill(2)
			next := b.everything().last.Next
			b.removes(ids[0])
			if _, ok := b.until(func() bool { return b.since(next).recs[ids[0]].Status == instep.Deleted }); !ok {
				b.Errorf("the record %s was deleted, and a walk over changes does not give it with status deleted", ids[0])
			}
		},
	},
	{
		name: "what was deleted is not there", needs: []need{aSource, hands, removes},
		text: "a walk over everything does not give a deleted record as one that is there: it would be made anew on the other side",
		check: func(b *bench) {
			ids := b.fill(2)
			b.removes(ids[0])
			if _, ok := b.until(func() bool { w := b.everything(); return !w.has(ids[0]) }); !ok {
				b.Errorf("the record %s was deleted, and is given as one that is there", ids[0])
			}
		},
	},
	{
		name: "hidden is not deleted", needs: []need{aSource, hands, hides},
		text: "a record that was withdrawn without being deleted is never given as Deleted: its counterpart would be deleted",
		check: func(b *bench) {
			ids := b.fill(2)
			next := b.everything().last.Next
			if err := b.Hide(ids[0]); err != nil {
				b.Fatalf("System.Hide: %v", err)
			}
			b.until(func() bool { w := b.since(next); _, ok := w.recs[ids[0]]; return ok })
			for _, w := range []walked{b.since(next), b.everything()} {
				if w.recs[ids[0]].Status == instep.Deleted {
					b.Errorf("the record %s was withdrawn, and is given as deleted", ids[0])
				}
			}
		},
	},
	{
		name: "the read lag holds", needs: []need{aSource, hands},
		text: "a record that was made is in every read once Traits.ReadLag is over; with none, at once",
		check: func(b *bench) {
			id := b.makes(b.sample())
			waited, ok := b.until(func() bool { w := b.everything(); return w.has(id) })
			b.m.lag(waited)
			if !ok || waited > b.traits.ReadLag+b.traits.ReadLag/4 {
				b.Errorf("the record was seen %t after %s, Traits.ReadLag is %s", ok, waited, b.traits.ReadLag)
			}
		},
	},
}

// ownOf returns the first of the records that the rule has made.
func ownOf(b *bench, recs []instep.Record) string {
	for i := range recs {
		if slices.Contains(b.made, recs[i].Ref.ID) {
			return recs[i].Ref.ID
		}
	}
	return ""
}

// comes expects that a record comes after a cursor with a value of the edited
// field, and returns the Next of that walk.
func (b *bench) comes(from instep.Cursor, id string, v instep.Value) instep.Cursor {
	var w walked
	if _, ok := b.until(func() bool {
		w = b.since(from)
		return same(v, w.recs[id].Fields.Get(b.editField()))
	}); !ok {
		b.Fatalf("%s of record %s was set to %q, and comes as %q", b.editField(), id, v, w.recs[id].Fields.Get(b.editField()))
	}
	return w.last.Next
}

// comesIn is comes, where the walk itself may have shown the value.
func (b *bench) comesIn(w *walked, id string, v instep.Value) {
	if !same(v, w.recs[id].Fields.Get(b.editField())) {
		b.comes(w.last.Next, id, v)
	}
}
