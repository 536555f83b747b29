package sqlite

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func TestMore(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]more{
		"nothing":    {},
		"identities": {identity: [2]uint64{1, 1<<64 - 1}},
		"one side":   {identity: [2]uint64{1: 7}, version: [2]string{1: "v\x00"}},
		"versions":   {version: [2]string{"a long one, of a vendor with a taste for long ones", "\xff"}},
		"drift":      {drift: []uint16{0, 300, 65535}},
		"key sides":  {sides: []uint8{1, 2, 3}},
		"meeting":    {meeting: true},
		"all":        {identity: [2]uint64{1, 2}, version: [2]string{"3", "4"}, drift: []uint16{5}, meeting: true, sides: []uint8{6}},
	} {
		b := m.encode()
		got, err := decodeMore(b)
		if diff := cmp.Diff(m, got, cmp.AllowUnexported(more{})); err != nil || diff != "" {
			t.Errorf("%s: error %v, difference %s", name, err, diff)
		}
		for n := range b { // a part of it is never the same thing
			if part, err := decodeMore(b[:n]); err == nil && bytes.Equal(part.encode(), b) {
				t.Errorf("%s: %d of %d bytes say it all", name, n, len(b))
			}
		}
	}
	for name, b := range map[string][]byte{
		"a part that there is not": {0xfe}, "half an identity": {partIdentity, 1, 2, 3}, "a text cut short": {partVersion, 5, 'v'},
		"no number of sides": {partSides}, "sides cut short": {partSides, 2, 1},
	} {
		if m, err := decodeMore(b); instep.KindOf(err) != instep.Malformed {
			t.Errorf("%s reads as %+v, %v", name, m, err)
		}
	}
	if (more{}).encode() != nil {
		t.Error("nothing is not nil")
	}
}

// What can be read can be written, and reads the same again; what cannot is an
// error and no panic.
func FuzzMore(f *testing.F) {
	f.Add([]byte{})
	f.Add(more{identity: [2]uint64{1, 2}, version: [2]string{"3", "4"}, drift: []uint16{5}, sides: []uint8{6}, meeting: true}.encode())
	f.Add([]byte{partDrift, 0xff, 0xff, 0xff, 0xff, 0x03})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeMore(b)
		if err != nil {
			if instep.KindOf(err) != instep.Malformed {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := decodeMore(m.encode())
		if err != nil || !bytes.Equal(again.encode(), m.encode()) {
			t.Errorf("%x reads as %+v, which reads as %+v, %v", b, m, again, err)
		}
	})
}
