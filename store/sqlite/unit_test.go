package sqlite

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

var sampleIntents = map[string][]instep.Intent{
	"none":  nil,
	"empty": {{}},
	"alike": {
		{Link: 7, Action: instep.Create, Key: 1, Rules: []uint16{0, 300, 65535}, Hashes: []uint32{1, 2, 1<<32 - 1}},
		{Link: 8, Action: instep.Create, Key: 1 << 63, Rules: []uint16{0, 300, 65535}, Hashes: []uint32{4, 5, 6}},
	},
	"unlike": {
		{Link: 1 << 39, Action: instep.Update, Target: "nul\x00\xff", Rules: []uint16{1}, Hashes: []uint32{1}, Before: []uint32{0, 7}},
		{Link: 1, Action: instep.Deactivate, Token: "4f0c9a"},
		{Link: 1, Rules: []uint16{1}, Target: "31"},
	},
}

func TestIntents(t *testing.T) {
	t.Parallel()
	for name, list := range sampleIntents {
		b := encodeIntents(list)
		got, err := decodeIntents(b)
		if diff := cmp.Diff(list, got); b == nil || err != nil || diff != "" {
			t.Errorf("%s: error %v, difference %s", name, err, diff)
		}
		for n := range b { // a part of it is never the same thing
			if got, err := decodeIntents(b[:n]); err == nil && len(got) >= len(list) {
				t.Errorf("%s: %d of %d bytes say it all", name, n, len(b))
			}
		}
	}
	got, err := decodeIntents(encodeIntents(sampleIntents["alike"]))
	if err != nil {
		t.Fatal(err)
	}
	got[0].Rules[0] = 9
	if got[1].Rules[0] != 0 {
		t.Error("two intents share their rules")
	}
}

// A rule's number that no rule can have is damage, and not that of another rule.
func TestRuleOutOfRange(t *testing.T) {
	t.Parallel()
	for rule, fine := range map[uint64]bool{1<<16 - 1: true, 1 << 16: false, 1<<17 - 1: false} {
		b := []byte{0, 0, 0, 1} // no flags, the same link, no action, one rule
		b = append(binary.AppendUvarint(b, rule), 0, 0)
		if list, err := decodeIntents(b); (err == nil) != fine {
			t.Errorf("rule %d: %v, %v", rule, list, err)
		}
	}
}

// What can be read can be written, and reads the same again; what cannot is an
// error and no panic.
func FuzzIntents(f *testing.F) {
	for _, list := range sampleIntents {
		f.Add(encodeIntents(list))
	}
	f.Add([]byte{0, 2, 0, 0xff, 0xff, 0xff, 0xff, 0x03})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := decodeIntents(b)
		if err != nil {
			if instep.KindOf(err) != instep.Malformed {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := decodeIntents(encodeIntents(list))
		if diff := cmp.Diff(list, again); err != nil || diff != "" {
			t.Errorf("%x: error %v, difference %s", b, err, diff)
		}
	})
}
