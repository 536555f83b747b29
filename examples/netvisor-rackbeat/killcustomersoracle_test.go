package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// moved is what two customers that are the same have in common.
type moved struct{ number, name, email string }

// customers returns the customers of a system by what references call them.
func (w *world) customers(t *testing.T, vendor string) map[string]moved {
	t.Helper()
	all := map[string]moved{}
	w.dump(t, vendor, "customer", func(r record) {
		id, c := fmt.Sprint(r.Key), moved{r.Identifier, trimmed(r.Name), r.Email}
		if vendor == "rackbeat" {
			id = fmt.Sprint(r.Number)
			c = moved{id, trimmed(r.Name), r.ContactEmail}
		}
		all[id] = c
	})
	return all
}

// heldOf returns the records that a run set aside.
func heldOf(t *testing.T, out []byte) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for line := range bytes.Lines(out) {
		var it itemLineIn
		if err := json.Unmarshal(line, &it); err != nil {
			t.Fatal(err)
		}
		if it.Type == "item" && it.Text != "" {
			ids[it.Left], ids[it.Right] = true, true
		}
	}
	return ids
}

// compareCustomers wants each customer of the source once in the target, but
// for those that were set aside, and in the source itself nothing new.
func (w *world) compareCustomers(t *testing.T, source string, before map[string]moved, held map[string]bool) {
	t.Helper()
	target := "netvisor"
	if source == target {
		target = "rackbeat"
	}
	if now := w.customers(t, source); len(now) != len(before) {
		t.Errorf("%s had %d customers and has %d", source, len(before), len(now))
	}
	got, there := map[moved]int{}, w.customers(t, target)
	for _, c := range there {
		got[c]++
	}
	carried := 0
	for id, c := range before {
		if ref := source + "/customer/" + id; held[ref] {
			continue
		}
		carried++
		if got[c] != 1 {
			t.Errorf("%+v is %d times in %s", c, got[c], target)
		}
	}
	if carried != len(there) || carried < len(before)-50 {
		t.Errorf("%s has %d customers, of %d in %s, of which %d can go over", target, len(there), len(before), source, carried)
	}
}

// outcome is what a load comes to.
type outcome struct {
	records map[string]int  // what the target holds, and how often
	held    map[string]bool // what was set aside in the source
}

// outcome returns what a load has come to whose last run printed out. Records
// are texts without what the target chose by itself.
func (w *world) outcome(t *testing.T, d *direction, out []byte) outcome {
	t.Helper()
	o := outcome{map[string]int{}, heldOf(t, out)}
	maps.DeleteFunc(o.held, func(ref string, _ bool) bool { return !bytes.HasPrefix([]byte(ref), []byte(d.source+"/")) })
	for line := range bytes.Lines(w.records(t, d.target)) {
		var r struct {
			Entity string
			Record map[string]any
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		for _, own := range []string{"netvisor_key", "last_changed", "created_at", "updated_at"} {
			delete(r.Record, own)
		}
		text, err := json.Marshal(r) // sorts the fields
		if err != nil {
			t.Fatal(err)
		}
		o.records[string(text)]++
	}
	return o
}

// compareOutcome wants what the undisturbed load came to.
func (w *world) compareOutcome(t *testing.T, d *direction, out []byte) {
	t.Helper()
	got := w.outcome(t, d, out)
	if diff := cmp.Diff(d.want.held, got.held); diff != "" {
		t.Errorf("%s set aside, undisturbed (-) and now (+):\n%s", d.source, diff)
	}
	for text, n := range d.want.records {
		if got.records[text] != n {
			t.Errorf("%s has %d times, undisturbed %d times:\n%s", d.target, got.records[text], n, text)
		}
	}
	for text, n := range got.records {
		if d.want.records[text] == 0 {
			t.Errorf("%s has %d times, undisturbed never:\n%s", d.target, n, text)
		}
	}
}

// compareSource wants the source as it was.
func (w *world) compareSource(t *testing.T, d *direction, before []byte) {
	t.Helper()
	if now := w.records(t, d.source); !bytes.Equal(before, now) {
		t.Errorf("%s holds something else than before (-was +is):\n%.3000s", d.source, cmp.Diff(string(before), string(now)))
	}
}

// records returns all that a system holds, a line for each record.
func (w *world) records(t *testing.T, vendor string) []byte {
	t.Helper()
	resp, err := w.door(t.Context(), vendor, "records")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil || len(all) == 0 {
		t.Fatalf("%s shows %d bytes of records: %v", vendor, len(all), err)
	}
	return all
}
