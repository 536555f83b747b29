package crashtest

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/sqlite"
)

// The size of a page of state.db, and of what a disk writes as a whole.
const (
	pageSize   = 4096
	sectorSize = 512
)

// tear is what is left of a page that a disk wrote in part: what it was before,
// zeros, or anything. The file may also end there.
type tear struct {
	name string
	do   func(file, before []byte, at int) []byte
}

var tears = []tear{
	{"the page is zeros", func(file, _ []byte, at int) []byte { clear(file[at : at+pageSize]); return file }},
	{"its first half is zeros", func(file, _ []byte, at int) []byte { clear(file[at : at+pageSize/2]); return file }},
	{"its second half is zeros", func(file, _ []byte, at int) []byte { clear(file[at+pageSize/2 : at+pageSize]); return file }},
	{"its first sector is zeros", func(file, _ []byte, at int) []byte { clear(file[at : at+sectorSize]); return file }},
	{"its second half is anything", func(file, _ []byte, at int) []byte {
		copy(file[at+pageSize/2:at+pageSize], bytes.Repeat([]byte("\x5a\xc3"), pageSize/4))
		return file
	}},
	{"its second half is an earlier one", func(file, before []byte, at int) []byte {
		copy(file[at+pageSize/2:at+pageSize], before[min(at+pageSize/2, len(before)):])
		return file
	}},
	{"its first half is an earlier one", func(file, before []byte, at int) []byte {
		copy(file[at:at+pageSize/2], before[min(at, len(before)):])
		return file
	}},
	{"the file ends within it", func(file, _ []byte, at int) []byte { return file[:at+pageSize/2] }},
	{"the file ends before it", func(file, _ []byte, at int) []byte { return file[:at] }},
}

func readFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, name))
	check(t, err)
	return body
}

// fileOf returns state.db after the world has come to rest, with all in it.
func (w *world) fileOf(t *testing.T) []byte {
	t.Helper()
	w.settle(t)
	return readFile(t, w.dir, "state.db")
}

// TestTornFile tears each page of a state.db that has no log to mend it. What
// is wrong with its structure must be found when it is opened. SQLite keeps no
// checksums: an earlier state of a page is as good to it as the right one, and
// there must be few of those among the halves.
func TestTornFile(t *testing.T) {
	t.Parallel()
	w := firstLoad(t)
	before := w.fileOf(t)
	w.edit()
	file := w.fileOf(t)
	refused, harmless, unseen := 0, 0, 0
	for at := 0; at < len(file); at += pageSize {
		for _, tear := range tears {
			torn := tear.do(slices.Clone(file), before, at)
			if bytes.Equal(torn, file) || len(torn) == 0 { // none at all is an older state
				continue
			}
			w2 := w.clone(t)
			check(t, os.WriteFile(filepath.Join(w2.dir, "state.db"), torn, 0o600))
			switch {
			case integrity(t, w2.dir) != "ok":
				refused++
				w2.refused(t, instep.Malformed, "put back a backup")
				if after := readFile(t, w2.dir, "state.db"); !bytes.Equal(after, torn) {
					t.Error("state.db has changed")
				}
			case w2.holdsAll(t):
				harmless++
			default:
				unseen++
				t.Logf("not seen: in page %d %s", at/pageSize+1, tear.name)
			}
			if t.Failed() {
				t.Fatalf("page %d: %s", at/pageSize+1, tear.name)
			}
		}
	}
	if refused < 100 || 20*unseen > refused {
		t.Errorf("%d damaged files were refused, %d not", refused, unseen)
	}
	t.Logf("of %d torn files %d were refused, and in %d nothing was lost", refused+harmless+unseen, refused, harmless)
}

// holdsAll reports whether the state holds all that was committed.
func (w *world) holdsAll(t *testing.T) bool {
	t.Helper()
	s, err := sqlite.Open(t.Context(), w.dir, nil)
	check(t, err)
	defer s.Close()
	return contents(t, s) == contents(t, w.ledger.model(t, len(w.ledger.done)))
}

// refused opens a state that cannot be used, twice.
func (w *world) refused(t *testing.T, kind instep.Kind, remedy string) {
	t.Helper()
	for range 2 {
		s, err := sqlite.Open(t.Context(), w.dir, nil)
		if err == nil {
			_ = s.Close()
		}
		if instep.KindOf(err) != kind || !strings.Contains(err.Error(), remedy) {
			t.Errorf("open: got %v, want kind %q and %q", err, kind, remedy)
		}
	}
}

// TestTornFold tears state.db while a log is folded into it: the log is still
// there then, and mends it.
func TestTornFold(t *testing.T) {
	t.Parallel()
	base := ordinaryDay(t)
	want := undisturbed(t, base)
	w := torn(t, base)
	before := readFile(t, w.dir, "state.db")
	whole := w.clone(t)
	check(t, whole.open(t).Close())
	file := readFile(t, whole.dir, "state.db")
	n := 0
	for at := 0; at < len(file); at += pageSize {
		half := slices.Concat(file[:at+pageSize/2], before[min(at+pageSize/2, len(before)):])
		w2 := w.clone(t)
		check(t, os.WriteFile(filepath.Join(w2.dir, "state.db"), half, 0o600))
		if n++; n%5 == 0 {
			w2.editMore()
			w2.goOn(t, want)
		} else {
			check(t, w2.open(t).Close())
		}
		if t.Failed() {
			t.Fatalf("torn in page %d", at/pageSize+1)
		}
	}
	t.Logf("torn in each of %d pages", n)
}
