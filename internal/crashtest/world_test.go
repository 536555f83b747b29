package crashtest

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// began is when the worlds begin.
var began = time.Date(2031, time.March, 3, 8, 0, 0, 0, time.UTC)

// world is two systems with the state of a process that keeps them in step,
// and what that state must hold.
type world struct {
	dir    string
	stock  *system
	books  *system
	url    string
	clock  *clock
	ledger ledger
	serial bool

	approved bool // runs may go beyond guards
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{dir: folder(t), stock: newSystem("stock"), books: newSystem("books"), clock: &clock{now: began}, serial: true}
	w.url = serve(t, w.stock, w.books).URL
	return w
}

// fill puts records into both systems: some are equal, some differ, some are
// on one side alone.
func (w *world) fill() {
	for i := range 11 {
		code := fmt.Sprintf("A-%02d", i)
		w.stock.put(code, "Kahvi "+code, "12", "")
		switch {
		case i < 3:
			w.books.put(code, "Kahvi "+code, "12", "")
		case i < 5:
			w.books.put(code, "Kaffe", "11", "gammel")
		}
	}
	for i := range 3 {
		w.books.put(fmt.Sprintf("B-%02d", i), "Te", "7", "")
	}
}

// edit is what people do on an ordinary day, between two runs.
func (w *world) edit() {
	w.stock.put("A-01", "Kahvi, tumma", "", "")
	w.stock.put("A-02", "Kahvi, vaalea", "", "hylly 3")
	w.books.put("A-02", "", "15", "")
	w.books.put("A-07", "", "16", "lager 2")
	w.stock.remove("A-04")
	w.books.remove("A-05")
	w.stock.put("C-01", "Suklaa", "3", "")
	w.stock.put("C-02", "Suklaa", "4", "")
	w.books.put("D-01", "Chokolade", "5", "")
}

// editMore is what they do after a process died and before the next one. They
// turn to records that were being written too.
func (w *world) editMore() {
	w.stock.put("A-02", "Kahvi, keskitumma", "", "")
	w.stock.put("A-08", "Kahvi, luomu", "", "")
	w.stock.put("E-01", "Sokeri", "1", "")
	w.books.put("F-01", "Sukker", "2", "")
}

// clone is another world with the same in it. Nobody has the state open.
func (w *world) clone(t *testing.T) *world {
	t.Helper()
	return w.cloneTo(t, folder(t))
}

func (w *world) cloneTo(t *testing.T, dir string) *world {
	t.Helper()
	w2 := &world{dir: dir, stock: w.stock.clone(), books: w.books.clone(), clock: &clock{now: w.clock.Now()},
		ledger: w.ledger.clone(), serial: w.serial}
	w2.url = serve(t, w2.stock, w2.books).URL
	copyFolder(t, w.dir, w2.dir)
	return w2
}

// folder makes a folder for a state: in memory, where the system has such a
// file system. It keeps what a killed process wrote just as a disk does, and
// syncs, which no kill can tell from none, take no time.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "crash")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ending is how a process ended.
type ending struct {
	killed  bool
	counts  map[boundary]int
	kind    instep.Kind // of the error that it ended with
	text    string
	refused int // commits
}

// command prepares a process; what it says goes to out.
func (w *world) command(t *testing.T, url string, o orders, out *output) *exec.Cmd {
	t.Helper()
	o.Dir, o.URL, o.Now, o.Serial = w.dir, url, w.clock.Now(), w.serial
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), ordersName+"="+string(text))
	cmd.Stdout, cmd.Stderr = out, out
	return cmd
}

// output keeps what a process says, and calls first when it begins to speak,
// which is when it has opened its state.
type output struct {
	said  bytes.Buffer
	first func()
}

func (o *output) Write(b []byte) (int, error) {
	if o.said.Len() == 0 && o.first != nil {
		o.first()
	}
	return o.said.Write(b)
}

// live runs a process to its end, whichever that is. It is killed so long after
// it has opened its state; 0: not from outside. What it has sent is carried out
// before live returns.
func (w *world) live(t *testing.T, o orders, killed time.Duration) ending {
	t.Helper()
	server := serve(t, w.stock, w.books)
	defer server.Close()
	var out output
	cmd := w.command(t, server.URL, o, &out)
	if killed > 0 {
		out.first = func() { time.AfterFunc(killed, func() { _ = cmd.Process.Kill() }) } // in vain if it has ended
	}
	check(t, cmd.Start())
	return w.take(t, &out.said, cmd.Wait())
}

// take reads what a process has said: the ledger takes over what it committed.
func (w *world) take(t *testing.T, out *bytes.Buffer, err error) ending {
	t.Helper()
	e := ending{}
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		e.killed = true // it ends itself with 0, whatever happens
	} else if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "open", "end":
		case "commit":
			w.ledger.begin(decode(t, rest))
		case "done":
			w.ledger.end(nil)
		case "refused":
			e.refused++
			w.ledger.end(instep.Unclassified)
		case "counts":
			if err := json.Unmarshal([]byte(rest), &e.counts); err != nil {
				t.Fatal(err)
			}
		case "failed":
			if _, err := fmt.Sscan(rest, &e.kind); err != nil {
				t.Fatal(err)
			}
			_, e.text, _ = strings.Cut(rest, " ")
		default:
			t.Fatalf("the process says %q", lines.Text())
		}
	}
	return e
}

func decode(t *testing.T, text string) *instep.Batch {
	t.Helper()
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	b := &instep.Batch{}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(b); err != nil {
		t.Fatal(err)
	}
	return b
}

// open opens the state, which must be whole and what the ledger says.
func (w *world) open(t *testing.T) *sqlite.Store {
	t.Helper()
	wholeFile(t, w.dir)
	s, err := sqlite.Open(t.Context(), w.dir, nil)
	if err != nil {
		t.Fatalf("open what the process left: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.ledger.compare(t, s)
	if state, err := s.Pair(t.Context(), pairName); err != nil || state.Rewound {
		t.Errorf("the state counts as an older one: %t, %v", state.Rewound, err)
	}
	return s
}

// run runs the engine in this process.
func (w *world) run(t *testing.T, s *sqlite.Store) error {
	t.Helper()
	store := &watched{Checkpoint: s, begin: func(b *instep.Batch) { w.ledger.begin(cloneBatch(t, b)) }, end: w.ledger.end}
	_, err := play(t.Context(), store, w.url, w.clock, nil, w.serial, &reconcile.Select{Approved: w.approved})
	return err
}

func cloneBatch(t *testing.T, b *instep.Batch) *instep.Batch {
	t.Helper()
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(b); err != nil {
		t.Fatal(err)
	}
	return decode(t, base64.StdEncoding.EncodeToString(body.Bytes()))
}

// goOn has the engine run until it has nothing left to write, and looks at
// what has become of everything. A write call that was on its way when the
// process died is carried out when the engine first waits, or after its run.
func (w *world) goOn(t *testing.T, want []string) {
	t.Helper()
	s := w.open(t)
	arrive := func() { w.stock.arrive(); w.books.arrive() }
	w.clock.sleep = arrive
	quiet := 0
	for round := 0; quiet < 2; round++ {
		if round == 6 {
			t.Fatalf("after %d runs there is still something to write: %v", round, w.takeWrites())
		}
		w.takeWrites()
		if err := w.run(t, s); err != nil {
			t.Fatal(err)
		}
		arrive()
		w.pass(time.Minute)
		if quiet++; len(w.takeWrites()) > 0 {
			quiet = 0
		}
	}
	if diff := cmp.Diff(want, w.records()); diff != "" {
		t.Errorf("what is in the systems (- after undisturbed runs, + here):\n%s", diff)
	}
	for open, err := range s.Open(t.Context(), pairName) {
		if err != nil || open.Unit != nil {
			t.Errorf("a write call is still open: %v, %v", open.Unit, err)
		}
	}
	w.ledger.compare(t, s)
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	wholeFile(t, w.dir)
}

func (w *world) records() []string { return append(w.stock.records(), w.books.records()...) }

func (w *world) takeWrites() []string { return append(w.stock.takeWrites(), w.books.takeWrites()...) }

func (w *world) pass(d time.Duration) {
	w.clock.pass(d)
	w.stock.pass(d)
	w.books.pass(d)
}
