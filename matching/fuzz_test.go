package matching_test

import (
	"strconv"
	"testing"

	"github.com/instep-go/instep"
)

// FuzzRules makes registers of any bytes and compares with the oracle.
func FuzzRules(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0x10, 0x51, 0x90, 0x51, 0xff, 0x20, 0x53})
	f.Add([]byte("two registers, and what stands in them, made of a sentence"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 120 {
			data = data[:120] // the oracle is slow
		}
		checkRules(t, fromBytes(data))
	})
}

// fromBytes reads registers out of bytes: one with the upper two bits 00 begins
// a left record, 10 a right one, and the others give the last record a key.
// Flags depend on the key alone, as the oracle expects.
func fromBytes(data []byte) sample {
	var regs sample
	side := -1
	for i, b := range data {
		switch {
		case b&0x40 == 0:
			side = int(b >> 7)
			r := row{id: strconv.Itoa(i), gone: b&0x3f == 1}
			if b&0x38 == 0x38 {
				r.id = "twice"
			}
			if b&0x38 == 0x30 && !r.gone {
				r.identity = "i"
			}
			regs[side] = append(regs[side], r)
		case side >= 0:
			rows := regs[side]
			k := b & 0x3f
			last := &rows[len(rows)-1]
			last.keys = append(last.keys, instep.MatchKey{
				Rank: k & 3, Value: strconv.Itoa(int(k >> 2)),
				Strong: k%7 == 3, Weak: k%5 == 1, Propose: k%11 == 2,
			})
		}
	}
	return regs
}
