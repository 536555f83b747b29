package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
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
		id, c := movedOf(vendor, r)
		all[id] = c
	})
	return all
}

func movedOf(vendor string, r record) (id string, c moved) {
	if vendor == "rackbeat" {
		id = fmt.Sprint(r.Number)
		return id, moved{id, trimmed(r.Name), r.ContactEmail}
	}
	return fmt.Sprint(r.Key), moved{r.Identifier, trimmed(r.Name), r.Email}
}

// heldOf returns the records that a run set aside, and the codes of why.
func heldOf(t *testing.T, out []byte) map[string]string {
	t.Helper()
	held := map[string]string{}
	for line := range bytes.Lines(out) {
		var it struct {
			itemLineIn
			Reason struct{ Code string }
		}
		if err := json.Unmarshal(line, &it); err != nil {
			t.Fatal(err)
		}
		if it.Type == "item" && it.Text != "" {
			held[it.Left], held[it.Right] = it.Reason.Code, it.Reason.Code
		}
	}
	return held
}

// compareCustomers wants each customer of the source once in the target, but
// for those that were set aside, and in the source itself nothing new.
func (w *world) compareCustomers(t *testing.T, source string, before map[string]moved, held map[string]string) {
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
		if _, aside := held[source+"/customer/"+id]; aside {
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
	records map[string]int    // what the target holds, and how often
	held    map[string]string // what was set aside of the source, and why
}

// outcome returns what a load has come to whose last run printed out. Records
// are texts without what the target chose by itself.
func (w *world) outcome(t *testing.T, d *direction, out []byte) outcome {
	t.Helper()
	o := outcome{map[string]int{}, heldOf(t, out)}
	maps.DeleteFunc(o.held, func(ref, _ string) bool { return !strings.HasPrefix(ref, d.source+"/") })
	for line := range bytes.Lines(w.records(t, d.target)) {
		o.records[shared(t, line)]++
	}
	return o
}

// shared returns a record as a text without what a system chose by itself.
func shared(t *testing.T, text []byte) string {
	t.Helper()
	var all struct {
		Entity string
		Record map[string]any
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, own := range []string{"netvisor_key", "last_changed", "created_at", "updated_at"} {
		delete(all.Record, own)
	}
	out, err := json.Marshal(all) // sorts the fields
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// compareOutcome wants what the undisturbed load came to.
func (w *world) compareOutcome(t *testing.T, d *direction, out []byte) {
	t.Helper()
	got := w.outcome(t, d, out)
	if diff := cmp.Diff(d.want.held, got.held); diff != "" {
		t.Errorf("set aside (- undisturbed, + killed):\n%s", diff)
	}
	for _, wrong := range miscounted(d.want.records, got.records) {
		t.Errorf("%s holds %s", d.target, wrong)
	}
}

// miscounted tells of which records there are more or fewer than wanted.
func miscounted(want, got map[string]int) (wrong []string) {
	all := maps.Clone(got)
	maps.Copy(all, want)
	for _, text := range slices.Sorted(maps.Keys(all)) {
		if want[text] != got[text] {
			wrong = append(wrong, fmt.Sprintf("%d times, and not %d times: %s", got[text], want[text], text))
		}
	}
	return wrong
}

// touched compares what a system holds with what it held, and returns what is
// wrong.
func touched(before, now []byte) (wrong []string) {
	was, is := slices.Collect(bytes.Lines(before)), slices.Collect(bytes.Lines(now))
	if len(was) != len(is) {
		return []string{fmt.Sprintf("-%d records +%d records", len(was), len(is))}
	}
	for i := range was {
		if !bytes.Equal(was[i], is[i]) {
			wrong = append(wrong, cmp.Diff(string(was[i]), string(is[i])))
		}
	}
	return wrong
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

// TestKilledCustomersJudge has the judge of killed loads find what is wrong.
func TestKilledCustomersJudge(t *testing.T) {
	t.Parallel()
	want := map[string]int{"a": 1, "b": 1, "twins": 2}
	for name, test := range map[string]struct {
		got   map[string]int
		wrong int
	}{
		"as wanted": {map[string]int{"a": 1, "b": 1, "twins": 2}, 0},
		"duplicate": {map[string]int{"a": 1, "b": 2, "twins": 2}, 1},
		"missing":   {map[string]int{"a": 1, "twins": 2}, 1},
		"one twin":  {map[string]int{"a": 1, "b": 1, "twins": 1}, 1},
		"changed":   {map[string]int{"a": 1, "c": 1, "twins": 2}, 2},
	} {
		if wrong := miscounted(want, test.got); len(wrong) != test.wrong {
			t.Errorf("%s: %q", name, wrong)
		}
	}
	const before = `{"entity":"customer","record":{"netvisor_key":1,"name":"Aitta","city":"Suo","last_changed":"1"}}` + "\n"
	for name, test := range map[string]struct {
		now   string
		wrong int
	}{
		"untouched":    {before, 0},
		"field":        {strings.Replace(before, "Suo", "Salo", 1), 1},
		"one more":     {before + before, 1},
		"gone":         {"", 1},
		"another name": {strings.Replace(before, "Aitta", "Aita", 1), 1},
	} {
		if wrong := touched([]byte(before), []byte(test.now)); len(wrong) != test.wrong {
			t.Errorf("%s: %q", name, wrong)
		}
	}
}
