package crashtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

// Sizes of SQLite's write-ahead log: it begins with a header, and each page in
// it has one of its own, in which the second number is not zero where a
// transaction ends. See https://www.sqlite.org/fileformat2.html#walformat.
const (
	logHeader   = 32
	frameHeader = 24
)

// logFile is what stands in a write-ahead log.
type logFile struct {
	body  []byte
	frame int   // bytes of a frame
	ends  []int // where each transaction ends
}

func readLog(t *testing.T, dir string) logFile {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, "state.db-wal"))
	check(t, err)
	l := logFile{body: body, frame: frameHeader + int(binary.BigEndian.Uint32(body[8:]))}
	for at := logHeader; at+l.frame <= len(body); at += l.frame {
		if binary.BigEndian.Uint32(body[at+4:]) != 0 && bytes.Equal(body[at+8:at+16], body[16:24]) { // the salt of this log
			l.ends = append(l.ends, at+l.frame)
		}
	}
	return l
}

// damage is what happens to a log.
type damage struct {
	name string
	do   func(log []byte) []byte
	keep int // up to where the log still counts
}

func flip(at, keep int) damage {
	return damage{fmt.Sprintf("a bit of byte %d is another", at), func(log []byte) []byte {
		log[at] ^= 4
		return log
	}, keep}
}

func cut(at, keep int) damage {
	return damage{fmt.Sprintf("cut after byte %d", at), func(log []byte) []byte { return log[:at] }, keep}
}

func empty(from, keep int) damage {
	return damage{fmt.Sprintf("zeros from byte %d on", from), func(log []byte) []byte {
		clear(log[from:])
		return log
	}, keep}
}

// damages are all that the test does to a log. From the frame that is damaged
// on, nothing of it counts, and of a transaction that is not whole nothing.
func (l *logFile) damages() []damage {
	var all []damage
	begin := logHeader
	for _, end := range l.ends {
		last := end - l.frame // where its last frame begins
		all = append(all, cut(end, end), cut(last+l.frame/2, begin), empty(last+l.frame/2, begin), flip(last+frameHeader+9, begin))
		begin = end
	}
	before, end := l.ends[len(l.ends)-2], l.ends[len(l.ends)-1]
	last := end - l.frame
	return append(all,
		cut(end-1, before), cut(last+1, before), cut(last+frameHeader, before), cut(last, before), cut(before+1, before),
		flip(last, before), flip(last+5, before), flip(last+17, before), flip(end-1, before), flip(before+frameHeader, before),
		empty(last, before), empty(before, before), empty(end-1, before), empty(0, 0),
		flip(0, 0), flip(30, 0), cut(logHeader-1, 0), cut(0, 0),
		damage{"a frame of something else follows", func(log []byte) []byte { return append(log[:end], bytes.Repeat([]byte{0x5a}, l.frame)...) }, end},
		damage{"half a frame follows", func(log []byte) []byte { return append(log[:end], log[:l.frame/2]...) }, end},
	)
}

// torn returns a world whose process was killed near the end of its run, with
// all of its commits in the log.
func torn(t *testing.T, base *world) *world {
	t.Helper()
	w := base.clone(t)
	if e := w.live(t, orders{Die: afterCommit, At: 10}, 0); !e.killed {
		t.Fatalf("the process was not killed: %+v", e)
	}
	return w
}

// TestTornLog damages the log that a killed process left. The state must then
// be that after some commit, the last one that the damage leaves whole; what is
// older than what was once committed must say so; and the engine must go on
// without making anything twice.
func TestTornLog(t *testing.T) {
	t.Parallel()
	for i, phase := range phases {
		t.Run(phase.name, func(t *testing.T) {
			if testing.Short() && i == 0 {
				t.Skip("short")
			}
			t.Parallel()
			base := phase.prepare(t)
			want := undisturbed(t, base)
			w := torn(t, base)
			log := readLog(t, w.dir)
			all := log.damages()
			states := map[int]int{} // commits that count, by where the log ends
			for i, d := range all {
				w2 := w.clone(t)
				path := filepath.Join(w2.dir, "state.db-wal")
				check(t, os.WriteFile(path, d.do(slices.Clone(log.body)), 0o600))
				got := w2.reopen(t)
				if known, ok := states[d.keep]; ok && known != got {
					t.Errorf("%s: %d commits are there, and %d where the log was cut at byte %d", d.name, got, known, d.keep)
				}
				states[d.keep] = got
				if i%3 == 0 || longer() {
					w2.editMore()
					w2.approve(t)
					w2.goOn(t, want)
				}
				if t.Failed() {
					t.Fatalf("%s (transactions end at %v)", d.name, log.ends)
				}
			}
			if n := states[log.ends[len(log.ends)-1]]; n != len(w.ledger.done) {
				t.Errorf("of %d commits %d are there where the log is whole", len(w.ledger.done), n)
			}
			t.Logf("%d kinds of damage to a log of %d transactions, which leave these numbers of commits: %v", len(all), len(log.ends), states)
		})
	}
}

// reopen opens a state that may be an older one, and returns how many of the
// batches it has; from now on the ledger has no others.
func (w *world) reopen(t *testing.T) int {
	t.Helper()
	wholeFile(t, w.dir)
	s, err := sqlite.Open(t.Context(), w.dir, nil)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer s.Close()
	got, n := contents(t, s), len(w.ledger.done)
	for n >= 0 && contents(t, w.ledger.model(t, n)) != got {
		n--
	}
	if n < 0 {
		t.Fatalf("the state is not that after any of the commits:\n%.3000s", got)
	}
	state, err := s.Pair(t.Context(), pairName)
	if older := n < len(w.ledger.done); err != nil || state.Rewound != older {
		t.Errorf("%d of %d commits are there; the state counts as an older one: %t, %v", n, len(w.ledger.done), state.Rewound, err)
	}
	w.ledger.done = w.ledger.done[:n]
	return n
}

// approve runs the engine once on a state that may be an older one. It may
// stop, and write nothing, until somebody has looked.
func (w *world) approve(t *testing.T) {
	t.Helper()
	wholeFile(t, w.dir)
	s, err := sqlite.Open(t.Context(), w.dir, nil)
	check(t, err)
	defer s.Close()
	w.takeWrites()
	err = w.run(t, s)
	if instep.KindOf(err) == instep.Guarded {
		if writes := w.takeWrites(); len(writes) > 0 {
			t.Errorf("a run that needs approval has written %v", writes)
		}
		w.approved = true
		err = w.run(t, s)
		w.approved = false
	}
	check(t, err)
}
