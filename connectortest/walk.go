package connectortest

import (
	"maps"
	"slices"

	"github.com/instep-go/instep"
)

// maxPages bounds a walk: one that has more does not end.
const maxPages = 100_000

// walked is a walk that has come to its end.
type walked struct {
	from  []instep.Cursor // of each page
	pages []instep.Page
	recs  map[string]instep.Record // the last of each id
	last  instep.Page
}

func (w *walked) add(from instep.Cursor, p *instep.Page) {
	if w.recs == nil {
		w.recs = map[string]instep.Record{}
	}
	w.from, w.pages, w.last = append(w.from, from), append(w.pages, *p), *p
	for _, rec := range p.Records {
		w.recs[rec.Ref.ID] = rec
	}
}

// has reports whether the walk showed all these as being there.
func (w *walked) has(ids ...string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool {
		rec, ok := w.recs[id]
		return !ok || !present(&rec)
	})
}

func (w *walked) ids() []string { return slices.Sorted(maps.Keys(w.recs)) }

// lacks returns those ids that the walk did not show at all.
func (w *walked) lacks(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, ok := w.recs[id]; return ok })
}

// page reads one page.
func (b *bench) page(s instep.Source, from instep.Cursor) instep.Page {
	p, err := s.Read(b.ctx(), from)
	if err != nil {
		b.Fatalf("Read: %v", err)
	}
	b.m.sight(p.Records)
	return p
}

// walk reads from a cursor to the end. Between two pages it calls meanwhile,
// unless that is nil, with the number of pages read.
func (b *bench) walk(s instep.Source, from instep.Cursor, meanwhile func(pages int, w *walked)) walked {
	var w walked
	for {
		p := b.page(s, from)
		w.add(from, &p)
		if !p.More {
			return w
		}
		if len(w.pages) >= maxPages {
			b.Fatalf("the walk has not ended after %d pages", maxPages)
		}
		if p.Next == from {
			b.Fatalf("the cursor does not move, and there are more pages")
		}
		if meanwhile != nil {
			meanwhile(len(w.pages), &w)
		}
		from = p.Next
	}
}

// everything walks over everything.
func (b *bench) everything() walked { return b.walk(b.Source, "", nil) }

// since walks over what changed after a cursor.
func (b *bench) since(from instep.Cursor) walked { return b.walk(b.Source, from, nil) }

// many fills the system until a walk over everything has at least two pages,
// and returns the ids.
func (b *bench) many() []string {
	ids := b.fill(7)
	if w := b.everything(); len(w.pages) < 2 {
		b.stop(unseen, "a walk over %d records has one page: if the source has pages at all, open it with pages of 5 or fewer", len(w.recs))
	}
	return ids
}

// parted returns page n of a walk for the given source, without going on.
func (b *bench) parted(s instep.Source) walked {
	var w walked
	p := b.page(s, "")
	w.add("", &p)
	return w
}
