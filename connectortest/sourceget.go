package connectortest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// oddRecordIDs are ids that no system gives.
var oddRecordIDs = []string{
	"999999999", "no-such-id", "-1", "0", "1e3", "99999999999999999999999999", "../1", "a/b?c=d#e", "%2F", "å ä ö", "x,y",
	"' OR 1=1 --", "nul\x00", "line\nend", "\xff\xfe", strings.Repeat("9", 300),
}

// whole is what Get and Read must agree on.
func whole(rec *instep.Record) string {
	return fmt.Sprintf("%s %s %s, version %q, identity %q", rec.Status, rec.Ref, rec.Fields, rec.Version, rec.Identity)
}

// getRules are about Get.
var getRules = []rule{
	{
		name: "a source of changes is a Getter", needs: []need{aSource, aDelta},
		text: "every source without Traits.Snapshot must be an instep.Getter: before a write the record is read once more",
		check: func(b *bench) {
			if _, ok := instep.As[instep.Getter](b.Source); !ok {
				b.Errorf("the Source has neither a method Get nor Traits.Snapshot")
			}
		},
	},
	{
		name: "get is aligned", needs: []need{aGetter, hands},
		text: "Get returns one record for each ref, in the order of the refs, for the same ref as often as it is asked for: it is by its place that the engine knows which record it sees",
		check: func(b *bench) {
			ids := b.fill(3)
			ask := []string{ids[2], ids[0], ids[0], ids[1], ids[2]}
			b.until(func() bool {
				return !slices.ContainsFunc(b.get(ids...), func(rec instep.Record) bool { return !present(&rec) })
			})
			for part := range slices.Chunk(ask, max(b.traits.MaxGet, 1)) {
				for i, rec := range b.get(part...) {
					if rec.Ref.ID != part[i] || !present(&rec) {
						b.Errorf("asked for %q, the record at place %d is %s, %s", part, i, rec.Ref, rec.Status)
					}
				}
			}
		},
	},
	{
		name: "get of none", needs: []need{aGetter},
		text: "Get without refs returns no records and no error",
		check: func(b *bench) {
			if recs, err := b.getter().Get(b.ctx(), nil); err != nil || len(recs) > 0 {
				b.Errorf("got %d records and error %v", len(recs), err)
			}
		},
	},
	{
		name: "get of many", needs: []need{aGetter, hands},
		text: "Get takes as many refs as Traits.MaxGet says",
		check: func(b *bench) {
			ids := b.fill(4)
			refs := make([]instep.Ref, min(max(b.traits.MaxGet, 1), 60))
			for i := range refs {
				refs[i] = b.ref(ids[i%len(ids)])
			}
			recs, err := b.getter().Get(b.ctx(), refs)
			if err != nil || len(recs) != len(refs) {
				b.Errorf("asked for %d, got %d records and error %v", len(refs), len(recs), err)
			}
		},
	},
	{
		name: "get of what is not there", needs: []need{aGetter, hands},
		text: "a record that is not there comes with status Missing or Deleted, the ref that was asked for and no fields, without an error, beside one that is there",
		check: func(b *bench) {
			ids := b.fill(1)
			ask := []string{"999999999", ids[0]}
			recs := b.get(ask...)
			if rec := recs[0]; !gone(&rec) || rec.Fields.Len() > 0 || rec.Ref.ID != ask[0] {
				b.Errorf("%s is %s with %d fields", rec.Ref, rec.Status, rec.Fields.Len())
			}
			if !present(&recs[1]) {
				b.Errorf("%s beside it is %s", recs[1].Ref, recs[1].Status)
			}
		},
	},
	{
		name: "ids that cannot be", needs: []need{aGetter},
		text: "an id that no record of the system can have is one that is not there: no error, no panic, and no other record",
		check: func(b *bench) {
			for _, id := range oddRecordIDs {
				if rec := b.get(id)[0]; !gone(&rec) || rec.Fields.Len() > 0 {
					b.Errorf("the id %.40q is %s with %d fields", id, rec.Status, rec.Fields.Len())
				}
			}
		},
	},
	{
		name: "get of what was deleted", needs: []need{aGetter, hands, removes},
		text: "a deleted record comes with status Missing or Deleted and no fields",
		check: func(b *bench) {
			ids := b.fill(2)
			b.removes(ids[0])
			rec := b.readUntil(ids[0], gone)
			if !gone(&rec) || rec.Fields.Len() > 0 {
				b.Errorf("the deleted record is %s with %d fields", rec.Status, rec.Fields.Len())
			}
		},
	},
	{
		name: "hidden is not there to be used", needs: []need{aGetter, hands, hides},
		text: "a record that was withdrawn comes with status Hidden, or Missing where Traits.HidesMissing is set, and never as Deleted",
		check: func(b *bench) {
			ids := b.fill(2)
			if err := b.Hide(ids[0]); err != nil {
				b.Fatalf("System.Hide: %v", err)
			}
			good := func(rec *instep.Record) bool {
				return rec.Status == instep.Hidden || b.traits.HidesMissing && rec.Status == instep.Missing
			}
			if rec := b.readUntil(ids[0], good); !good(&rec) {
				b.Errorf("the record that was withdrawn is %s", rec.Status)
			}
		},
	},
	{
		name: "get gives what a walk gives", needs: []need{aSource, aGetter, hands},
		text: "Get and Read give the same fields, status, version and identity of a record: what differs would pass for an edit",
		check: func(b *bench) {
			ids := b.fill(3)
			w := b.everything()
			for i, rec := range b.get(ids...) {
				listed := w.recs[ids[i]]
				if !rec.Fields.Equal(listed.Fields) || rec.Status != listed.Status || rec.Version != listed.Version || rec.Identity != listed.Identity {
					b.Errorf("%s: Get gives %s, Read gave %s", ids[i], whole(&rec), whole(&listed))
				}
			}
		},
	},
	{
		name: "a canceled get", needs: []need{aGetter, hands},
		text: "Get with a context that has ended gives an error, of kind Canceled or the context's own",
		check: func(b *bench) {
			ids := b.fill(1)
			_, err := b.getter().Get(b.dead(), []instep.Ref{b.ref(ids[0])})
			b.wantCanceled("Get", err)
		},
	},
	{
		name: "a throttled get", needs: []need{aGetter, hands, throttle},
		text: "a Get that the system refuses for too many requests fails with kind RateLimited, or waits itself: it never says that records are missing",
		check: func(b *bench) {
			ids := b.fill(1)
			var recs []instep.Record
			wait, err := b.throttled(func() (err error) { recs, err = b.getter().Get(b.ctx(), []instep.Ref{b.ref(ids[0])}); return err })
			b.wantThrottled("Get", err, wait)
			if err == nil && (len(recs) != 1 || !present(&recs[0])) {
				b.Errorf("Get gives %v, and no error", recs)
			}
		},
	},
}
