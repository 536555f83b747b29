package connectortest

import (
	"github.com/instep-go/instep"
)

// recordRules are about the records of a walk.
var recordRules = []rule{
	{
		name: "refs are whole", needs: []need{aSource, hands},
		text: "each record has an id, and the System and Entity that the traits name: by these three the engine knows it again",
		check: func(b *bench) {
			b.fill(3)
			if b.traits.System == "" || b.traits.Entity == "" {
				b.Errorf("Traits.System is %q and Traits.Entity %q", b.traits.System, b.traits.Entity)
			}
			for _, rec := range b.everything().recs {
				if rec.Ref.System != b.traits.System || rec.Ref.Entity != b.traits.Entity || rec.Ref.ID == "" {
					b.Errorf("the ref %q is not of %q and %q", rec.Ref, b.traits.System, b.traits.Entity)
				}
			}
		},
	},
	{
		name: "fields are described", needs: []need{aSource, hands, describe},
		text: "each field that a record has is described, as one that can be read: a mapping can name no others",
		check: func(b *bench) {
			b.fill(3)
			for _, rec := range b.everything().recs {
				for name := range rec.Fields.All() {
					if info := b.info(name); info.Type == instep.TypeAbsent || info.Access&instep.CanRead == 0 {
						b.Fatalf("%s has the field %q, which is not described as one that can be read", rec.Ref, name)
					}
				}
			}
		},
	},
	{
		name: "values have the described type", needs: []need{aSource, hands, describe},
		text: "a value is of the type that its field is described with, or null: a mapping is checked against the description, before any value is seen",
		check: func(b *bench) {
			b.fill(3)
			for _, rec := range b.everything().recs {
				for name, v := range rec.Fields.All() {
					if t := b.info(name).Type; t != instep.TypeAbsent && v.Type() != t && v.Type() != instep.TypeNull {
						b.Fatalf("%s of %s is a %s, described as a %s", name, rec.Ref, v.Type(), t)
					}
				}
			}
		},
	},
	{
		name: "what is written is read", needs: []need{aSource, hands},
		text: "a walk gives each field that a record was made with and that can be read, by its own name",
		check: func(b *bench) {
			f := b.sample()
			id := b.makes(f)
			b.shown(id)
			rec := b.everything().recs[id]
			for name, v := range f.All() {
				if b.info(name).Access&instep.CanRead != 0 && !v.IsBlank() && rec.Fields.Get(name).IsBlank() {
					b.Errorf("the record was made with %s %q, and is given without", name, v)
				}
			}
		},
	},
	{
		name: "an edit does not go back in time", needs: []need{aSource, hands, edits},
		text: "Record.Modified, where it is given, is given after an edit too, and is not earlier than before",
		check: func(b *bench) {
			ids := b.fill(2)
			before := b.everything()
			b.edits(ids[0], b.text(45))
			b.comes(before.last.Next, ids[0], b.text(45))
			old, now := before.recs[ids[0]].Modified, b.everything().recs[ids[0]].Modified
			if now.Before(old) {
				b.Errorf("Modified was %s, and after an edit it is %s", old, now)
			}
		},
	},
	{
		name: "the step of time", needs: []need{aSource, hands, granular},
		text: "Record.Modified is not coarser than Traits.Granularity: two edits within one step cannot be told apart",
		check: func(b *bench) {
			for range 8 {
				b.makes(b.sample())
				b.sleep(b.traits.Granularity + b.traits.Granularity/7)
			}
			b.shown(b.made...)
			w := b.everything()
			var own []instep.Record
			for _, id := range b.made {
				own = append(own, w.recs[id])
			}
			step, n := stepOf(own)
			if n == 0 {
				b.stop(foreign, "records have no time of change")
			}
			if n < len(own)-1 || step > b.traits.Granularity {
				b.Errorf("%d records have %d times, all multiples of %s; Traits.Granularity is %s", len(own), n, step, b.traits.Granularity)
			}
		},
	},
	{
		name: "versions move", needs: []need{aSource, hands, edits, ifVersion},
		text: "with Traits.IfVersion each record that is there has a Version, another one after an edit by somebody: with the old one the engine would overwrite the edit",
		check: func(b *bench) {
			ids := b.fill(2)
			before := b.everything()
			b.edits(ids[0], b.text(46))
			b.comes(before.last.Next, ids[0], b.text(46))
			old, now := before.recs[ids[0]].Version, b.everything().recs[ids[0]].Version
			if old == "" || now == "" || old == now {
				b.Errorf("the version was %q, and after an edit it is %q", old, now)
			}
		},
	},
	{
		name: "identities are given", needs: []need{aSource, hands, canRename},
		text: "with Traits.CanRename each record that is there has an Identity or an Origin",
		check: func(b *bench) {
			ids := b.fill(2)
			w := b.everything()
			for _, id := range ids {
				if rec := w.recs[id]; rec.Identity == "" && rec.Origin == "" {
					b.Errorf("%s has neither", rec.Ref)
				}
			}
		},
	},
	{
		name: "identities are each record's own", needs: []need{aSource, hands, canRename},
		text: "no two records have the same Identity, nor the same Origin together with the same Content",
		check: func(b *bench) {
			b.fill(3)
			seen := map[[3]string]instep.Ref{}
			for _, rec := range b.everything().recs {
				who := [3]string{rec.Identity}
				if rec.Identity == "" {
					who = [3]string{"", rec.Origin, rec.Content}
				}
				if other, ok := seen[who]; ok && who != [3]string{} {
					b.Errorf("%s and %s are both %q", rec.Ref, other, who)
				}
				seen[who] = rec.Ref
			}
		},
	},
	{
		name: "identities stay", needs: []need{aSource, hands, renames, canRename},
		text: "a record whose id was changed comes under its new id with the Identity, or the Origin, that it had: else it would be taken for one that went and one that came",
		check: func(b *bench) {
			ids := b.fill(2)
			w := b.everything()
			to, err := b.Rename(ids[0])
			if err != nil {
				b.Fatalf("System.Rename: %v", err)
			}
			b.made = append(b.made, to)
			old, now := w.recs[ids[0]], instep.Record{}
			b.until(func() bool { now = b.since(w.last.Next).recs[to]; return now.Ref.ID == to })
			if now.Ref.ID != to || now.Identity != old.Identity || now.Identity == "" && now.Origin != old.Origin {
				b.Errorf("the record was %q, %q, and is now %q, %q", old.Identity, old.Origin, now.Identity, now.Origin)
			}
		},
	},
}
