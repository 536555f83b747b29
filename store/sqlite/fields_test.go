package sqlite

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func TestFields(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 8, 0, 0, 5000, time.UTC)
	for name, fields := range map[string][]instep.FencedField{
		"none":     nil,
		"one":      {{Rule: 1, At: now, Hash: 2, Was: 3, Pending: true, Back: 4}},
		"highest":  {{Rule: math.MaxUint16, At: now, Hash: math.MaxUint32, Was: math.MaxUint32, Pending: true, Back: math.MaxUint8}},
		"zero":     {{}, {}},
		"no times": {{Rule: 1}, {Rule: 2, At: now}, {Rule: 3}, {Rule: 4, At: now}},
		"times":    {{At: now}, {At: now.Add(-time.Hour)}, {At: now.Add(time.Hour)}, {At: time.Unix(0, 0).UTC()}, {At: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC)}},
	} {
		b := encodeFields(fields)
		got, err := decodeFields(b)
		if diff := cmp.Diff(fields, got); err != nil || diff != "" {
			t.Errorf("%s: error %v, difference %s", name, err, diff)
		}
		for n := range b { // a part of it is never the same thing
			if part, err := decodeFields(b[:n]); err == nil && bytes.Equal(encodeFields(part), b) {
				t.Errorf("%s: %d of %d bytes say it all", name, n, len(b))
			}
		}
	}
}

// What can be read can be written, and reads the same again; what cannot is an
// error and no panic.
func FuzzFields(f *testing.F) {
	f.Add([]byte{})
	f.Add(encodeFields([]instep.FencedField{{Rule: 300, At: time.Unix(1, 0), Hash: 2, Was: 3, Pending: true, Back: 4}, {Rule: 1}}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x03})
	f.Fuzz(func(t *testing.T, b []byte) {
		fields, err := decodeFields(b)
		if err != nil {
			if instep.KindOf(err) != instep.Malformed {
				t.Errorf("error %v", err)
			}
			return
		}
		again, err := decodeFields(encodeFields(fields))
		if err != nil || !cmp.Equal(fields, again) {
			t.Errorf("%x reads as %+v, which reads as %+v, %v", b, fields, again, err)
		}
	})
}

// A rule has a number of 16 bits: a larger one is no other rule's.
func TestFieldOfNoRule(t *testing.T) {
	t.Parallel()
	b := append(binary.AppendUvarint(nil, 0x10000<<fieldBits), 0, 1, 0, 0, 0, 2, 0, 0, 0)
	if fields, err := decodeFields(b); instep.KindOf(err) != instep.Malformed {
		t.Errorf("it reads as %+v, %v", fields, err)
	}
}
