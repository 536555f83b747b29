package connectortest

import (
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// sweepRules are about what a walk says of itself.
var sweepRules = []rule{
	{
		name: "a sweep comes last", needs: []need{aSource, hands},
		text: "Page.Sweep is set on the last page of a walk only: before it, what was not shown yet would look deleted",
		check: func(b *bench) {
			b.many()
			w := b.everything()
			for i, p := range w.pages[:len(w.pages)-1] {
				if p.Sweep != (instep.Sweep{}) {
					b.Errorf("page %d of %d has the sweep %+v", i+1, len(w.pages), p.Sweep)
				}
			}
		},
	},
	{
		name: "changes are no sweep", needs: []need{aSource, hands, aDelta},
		text: "a walk that did not begin at the empty cursor is never complete: what it does not show would be held to be deleted",
		check: func(b *bench) {
			b.fill(3)
			next := b.everything().last.Next
			b.makes(b.sample())
			if s := b.since(next).last.Sweep; s.Complete {
				b.Errorf("a walk over changes ends with the sweep %+v", s)
			}
		},
	},
	{
		name: "the total is right", needs: []need{aSource, hands},
		text: "Sweep.Total of a walk over a quiet system is how many records there are, or -1",
		check: func(b *bench) {
			b.fill(6)
			w := b.everything()
			there := 0
			for _, rec := range w.recs {
				if rec.Status != instep.Deleted && rec.Status != instep.Missing {
					there++
				}
			}
			b.m.sweep(w.last.Sweep)
			if s := w.last.Sweep; s.Complete && s.Total >= 0 && s.Total != there {
				b.Errorf("Sweep.Total is %d, and the walk gives %d records", s.Total, there)
			}
		},
	},
	{
		name: "a list that shifts", needs: []need{aSource, hands, removes},
		text: "a walk during which shown records are deleted gives all the others, or is not complete: what it skips would look deleted",
		check: func(b *bench) {
			ids := b.many()
			var removed []string
			w := b.walk(b.Source, "", func(_ int, w *walked) {
				if own := ownOf(b, w.last.Records); own != "" {
					b.removes(own)
					removed = append(removed, own)
				}
			})
			rest := slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(removed, id) })
			if lacks := w.lacks(rest); len(lacks) > 0 && w.last.Sweep.Complete {
				b.Errorf("the sweep is complete, and the walk does not give %q", lacks)
			}
		},
	},
	{
		name: "a cut list is not complete", needs: []need{aSource, hands, cuts},
		text: "a walk over a list that lacks records fails, or gives all others there are, or is not complete: what it lacks would look deleted",
		check: func(b *bench) {
			ids := b.many()
			b.CutList()
			var w walked
			for p := (instep.Page{More: true}); p.More; {
				var err error
				from := p.Next
				if p, err = b.Source.Read(b.ctx(), from); err != nil {
					return
				}
				w.add(from, &p)
			}
			if lacks := w.lacks(ids); len(lacks) > 0 && w.last.Sweep.Complete {
				b.Errorf("the sweep is complete, and the walk does not give %q", lacks)
			}
		},
	},
	{
		name: "a walk in order", needs: []need{aSource, hands, ordered},
		text: "with Traits.Ordered a walk gives records in ascending order of Ref.ID, by bytes, across pages too",
		check: func(b *bench) {
			b.many()
			w := b.everything()
			var ids []string
			for _, p := range w.pages {
				for i := range p.Records {
					ids = append(ids, p.Records[i].Ref.ID)
				}
			}
			if !slices.IsSortedFunc(ids, strings.Compare) {
				b.Errorf("a walk gives %q", ids)
			}
		},
	},
	{
		name: "pages are the caller's", needs: []need{aSource, hands},
		text: "a page that was given out is not changed by a later Read, nor a later Read by what the caller does to it",
		check: func(b *bench) {
			b.fill(3)
			first := b.parted(b.Source)
			kept := slices.Clone(first.last.Records)
			for i := range first.last.Records {
				first.last.Records[i] = instep.Record{}
			}
			again := b.parted(b.Source)
			for i := range kept {
				if got := again.recs[kept[i].Ref.ID]; !got.Fields.Equal(kept[i].Fields) || got.Ref != kept[i].Ref {
					b.Fatalf("read again after its page was overwritten, %s is %s %s", kept[i].Ref, got.Ref, got.Fields)
				}
			}
			for i := range first.last.Records {
				if first.last.Records[i].Ref != (instep.Ref{}) {
					b.Fatalf("the next Read has written into the page before")
				}
			}
		},
	},
}
