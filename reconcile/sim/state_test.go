package sim_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/instep-go/instep/reconcile/sim"
	"github.com/instep-go/instep/store/sqlite"
)

// onDisk plays a history once more with its state in a file, which each process opens
// anew, and wants it to be the same history, byte for byte.
func onDisk(t *testing.T, h history, replay string) {
	t.Helper()
	dir := t.TempDir()
	var last *sqlite.Store
	leave := func() {
		if last != nil {
			if err := last.Close(); err != nil {
				t.Errorf("%v\n\t%s", err, replay)
			}
		}
	}
	r := sim.RunIn(h.seed, h.edition, func() sim.State {
		leave()
		var err error
		if last, err = sqlite.Open(t.Context(), dir, nil); err != nil {
			t.Fatalf("%v\n\t%s", err, replay)
		}
		return last
	})
	leave()
	if got, want, same := sameTrace(r.Trace, sim.Run(h.seed, h.edition).Trace); !same {
		t.Errorf("with its state in a file it is another history: %s, not %s\n\t%s", got, want, replay)
	}
}

// sameTrace compares two traces, and returns the first lines in which they differ.
func sameTrace(a, b []byte) (x, y string, same bool) {
	left, right := lines(a), lines(b)
	for i := range min(len(left), len(right)) {
		if left[i] != right[i] {
			return left[i], right[i], false
		}
	}
	return "", "", len(left) == len(right)
}

var (
	atTime  = regexp.MustCompile(`\.[0-9]+Z"`)
	none    = strings.NewReplacer(`"Base":""`, `"Base":null`, `"Drift":[]`, `"Drift":null`, `"Keys":[]`, `"Keys":null`)
	ofState = regexp.MustCompile(`ends: pair [a-z]+: .*(changed meanwhile|canceled): .*`)
)

// lines returns the lines of a trace, without what may differ between stores: a file
// has times to the microsecond, does not know an empty list from none, and says more
// in its errors.
func lines(trace []byte) []string {
	text := atTime.ReplaceAllStringFunc(string(trace), func(at string) string {
		return strings.TrimRight(at[:min(len(at)-2, 7)], "0") + `Z"`
	})
	return strings.Split(ofState.ReplaceAllString(none.Replace(text), "ends: $1"), "\n")
}
