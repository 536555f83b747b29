package sqlite

import (
	"fmt"
	"time"

	"github.com/instep-go/instep"
)

// idBits is how much of a key the number of a link or unit has; above it
// stands the number of the pair.
const idBits = 40

// maxPairs keeps the keys positive.
const maxPairs = 1 << (62 - idBits)

// rowid returns the key of a link or unit.
func rowid[ID ~uint64](pair int64, id ID) int64 { return pair<<idBits | int64(id) }

// own returns the number in a key.
func own[ID ~uint64](key int64) ID { return ID(key & (1<<idBits - 1)) }

// checkID sees to it that a number fits into a key and is not 0.
func checkID[ID ~uint64](what string, id ID) error {
	if id == 0 || id >= 1<<idBits {
		return &instep.Error{Kind: instep.Config, Err: fmt.Errorf("%s %d: the number must be from 1 to 2^%d - 1", what, id, idBits)}
	}
	return nil
}

// micros returns a time for the file, microtime one from it.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func microtime(v any) time.Time {
	us, ok := v.(int64)
	if !ok {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
