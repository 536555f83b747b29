package crashtest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	driver "modernc.org/sqlite"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// A test binary with this variable set is the process that is killed.
const ordersName = "CRASHTEST_ORDERS"

// orders say what a process is to do.
type orders struct {
	Dir    string // of the state
	URL    string // of the systems
	Now    time.Time
	Serial bool // everything in a row, so that moments can be counted

	Die boundary // at which moment
	At  int      // of that kind

	Pages  int           // most pages of state.db; 0: no limit
	Bytes  int64         // largest file; 0: no limit
	Torn   bool          // die when something fails
	Early  bool          // the limit holds from the first moment on, not only after opening
	Nobody bool          // give up the rights of root
	JumpAt int           // the commit before which the clock jumps; 0: never
	Jump   time.Duration // by how much
}

func TestMain(m *testing.M) {
	if text := os.Getenv(ordersName); text != "" {
		var o orders
		err := json.Unmarshal([]byte(text), &o)
		if err == nil {
			err = child(context.Background(), &o)
		}
		if err != nil {
			fmt.Printf("failed %d %v\n", instep.KindOf(err), err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child opens the state and runs the engine once. It writes to its output what
// it commits, before and after, so that others know what it knew when it died.
func child(ctx context.Context, o *orders) error {
	f := &fuse{what: o.Die, at: o.At, seen: map[boundary]int{}}
	c := &clock{now: o.Now}
	if o.JumpAt > 0 {
		f.each = func(what boundary, n int) {
			if what == beforeCommit && n == o.JumpAt {
				c.pass(o.Jump)
			}
		}
	}
	hook(f, o.Pages)
	if o.Nobody {
		if err := becomeNobody(); err != nil {
			return err
		}
	}
	limit := func(now bool) error {
		if o.Bytes == 0 || !now {
			return nil
		}
		return limitFiles(o.Bytes)
	}
	if err := limit(o.Early); err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, o.Dir, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := limit(!o.Early); err != nil {
		return err
	}
	fmt.Println("open")
	w := &watched{Checkpoint: s, fuse: f, begin: sayCommit, end: sayDone}
	if o.Torn {
		w.end = func(err error) {
			if err != nil {
				die()
			}
			sayDone(nil)
		}
	}
	_, err = play(ctx, w, o.URL, c, f, o.Serial, nil)
	if err != nil && o.Torn {
		die()
	}
	if said, e := json.Marshal(f.counts()); e == nil {
		fmt.Printf("counts %s\n", said)
	}
	if err == nil {
		err = s.Close()
	}
	if err == nil {
		fmt.Println("end")
	}
	return err
}

func sayCommit(b *instep.Batch) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(b); err != nil {
		panic(err)
	}
	fmt.Println("commit " + base64.StdEncoding.EncodeToString(body.Bytes()))
}

func sayDone(err error) {
	if err != nil {
		fmt.Println("refused", err)
		return
	}
	fmt.Println("done")
}

// hook has the fuse see what SQLite does within a commit, and limits the file.
func hook(f *fuse, pages int) {
	driver.RegisterConnectionHook(func(conn driver.ExecQuerierContext, _ string) error {
		if pages > 0 {
			if _, err := conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", pages), nil); err != nil {
				return err
			}
		}
		h, ok := conn.(driver.HookRegisterer)
		if !ok {
			return errors.New("the driver has no hooks")
		}
		h.RegisterPreUpdateHook(func(driver.SQLitePreUpdateData) { f.reach(atRow) })
		h.RegisterCommitHook(func() int32 { f.reach(atLast); return 0 })
		return nil
	})
}

// pairName is the name of the one pair.
const pairName = "products"

// watched tells of commits.
type watched struct {
	instep.Checkpoint
	fuse  *fuse
	begin func(*instep.Batch)
	end   func(error)
	mu    sync.Mutex // what is told is in the order of what is done
}

func (w *watched) Unwrap() any { return w.Checkpoint }

func (w *watched) Commit(ctx context.Context, b *instep.Batch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begin(b)
	w.fuse.reach(beforeCommit)
	err := w.Checkpoint.Commit(ctx, b)
	w.end(err)
	w.fuse.reach(afterCommit)
	return err
}

// clock is a time that passes when somebody waits or jumps.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
	sleep func() // called when somebody waits; nil: nothing
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pass(max(d, 0))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept += max(d, 0)
	if c.sleep != nil {
		c.sleep()
	}
	return ctx.Err()
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// play runs the engine once.
func play(ctx context.Context, store instep.Checkpoint, url string, c *clock, f *fuse, serial bool, sel *reconcile.Select) (reconcile.Summary, error) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	pair := reconcile.Pair{
		Name:    pairName,
		Left:    &remote{url: url, of: newSystem("stock"), http: client, fuse: f},
		Right:   &remote{url: url, of: newSystem("books"), http: client, fuse: f},
		Mapping: mapping(), Flow: instep.BothWays,
		Deletes: [2]reconcile.DeletePolicy{reconcile.DeleteDeleted, reconcile.DeleteDeleted},
	}
	e, err := reconcile.New(store, []reconcile.Pair{pair}, &reconcile.Options{Clock: c, Serial: serial})
	if err != nil {
		return reconcile.Summary{}, err
	}
	return e.Run(ctx, sel)
}

func mapping() instep.Mapping {
	end := func(field string) instep.End { return instep.End{Field: field, Via: []string{"trim"}} }
	return instep.Mapping{Rules: []instep.Rule{
		{Name: "code", Left: end("number"), Right: end("code"), Match: &instep.Match{Rank: 1}},
		{Name: "name", Left: end("name"), Right: end("title"), Owner: instep.LeftOwns},
		{Name: "price", Left: end("price"), Right: end("net_price"), Owner: instep.RightOwns},
		{Name: "note", Left: end("note"), Right: end("remark")},
	}}
}
