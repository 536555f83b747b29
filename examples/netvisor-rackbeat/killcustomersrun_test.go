package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// moment is when the program is killed: so long after the given request
// arrives at a system.
type moment struct {
	vendor  string
	request int
	after   time.Duration
}

func (m moment) String() string {
	return fmt.Sprintf("request %d to %s and %v", m.request, m.vendor, m.after)
}

// longestAfter is a little longer than it takes from most requests to the next:
// the moments also fall between them, where the program does its own work.
const longestAfter = 10 * time.Millisecond

// momentsOf returns as many moments of a load, in their order. They cut it into
// even parts, beginning somewhere in the first of these, so far into it as at
// says. The load first reads the source and then has so many requests to the
// target.
func momentsOf(rng *rand.Rand, d *direction, total, kills int, at float64) []moment {
	list := make([]moment, kills)
	for i := range list {
		n := int((float64(i) + at) / float64(kills) * float64(d.reads+total))
		m := moment{d.source, n + 1, time.Duration(rng.Int64N(int64(longestAfter)))}
		if n >= d.reads {
			m.vendor, m.request = d.target, n-d.reads+1
		}
		list[i] = m
	}
	return list
}

// killedLoad is a load in the making.
type killedLoad struct {
	*world
	client   string // the program
	kills    int
	failures int    // runs that gave up by themselves
	last     []byte // what the last run printed
}

const (
	mostFailures = 5  // of one load
	mostRuns     = 12 // that were not killed
)

// toTheEnd runs the program until it has nothing left to do, and kills it at
// the given moments. The moments that come after the end are left over.
func (l *killedLoad) toTheEnd(t *testing.T, moments []moment) {
	t.Helper()
	var more []string
	for range mostRuns + len(moments) {
		var next *moment
		if len(moments) > 0 {
			next, moments = &moments[0], moments[1:]
		}
		switch killed := l.run(t, next, more...); {
		case killed:
			continue
		case len(more) > 0 && l.done(t):
			return
		case next != nil: // its moment is still to come
			moments = append([]moment{*next}, moments...)
		}
		more = []string{"-sweep"} // also tries again what waits for a minute or more
	}
	t.Fatalf("after %d runs there is still something to write; the last one says\n%s", mostRuns, l.last[max(0, len(l.last)-3000):])
}

// done reports whether the last run ended well with nothing left to do.
func (l *killedLoad) done(t *testing.T) bool {
	t.Helper()
	if len(l.last) == 0 {
		return false
	}
	s, open := lastLine(t, l.last), 0
	for _, counts := range s.Registers {
		open += counts["failed"] + counts["unknown"]
	}
	return s.Requests.Write+open == 0
}

// run runs the program once, and kills it at the moment if there is one. It
// reports whether it was killed. A run may give up because a system did too
// often, and then is one more run that did not come to its end.
func (l *killedLoad) run(t *testing.T, at *moment, args ...string) (killed bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := l.command(t, l.client)
	cmd.Args = append(cmd.Args, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var due <-chan error
	if at != nil {
		due = l.come(ctx, *at)
	}
	select {
	case err := <-due:
		if err != nil {
			t.Error(err)
		}
		_ = cmd.Process.Kill()
		err = <-ended
		if killed = err != nil && (!cmd.ProcessState.Exited() || runtime.GOOS == "windows"); killed {
			t.Logf("killed at %v", *at)
			l.kills, l.last = l.kills+1, nil
			return true
		}
		l.ended(t, err, &stdout, &stderr) // it came to its end in the meantime
	case err := <-ended:
		l.ended(t, err, &stdout, &stderr)
	}
	return false
}

// ended takes down how a run ended that was not killed.
func (l *killedLoad) ended(t *testing.T, err error, stdout, stderr *bytes.Buffer) {
	t.Helper()
	l.last = stdout.Bytes()
	if err == nil {
		return
	}
	l.last = nil
	l.failures++
	exit := (*exec.ExitError)(nil)
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || bytes.Contains(stderr.Bytes(), []byte("goroutine ")) || l.failures > mostFailures {
		t.Fatalf("the program failed: %v\n%s", err, stderr)
	}
	t.Logf("a run gave up: %s", bytes.TrimSpace(stderr.Bytes()))
}

// come tells when a moment has come.
func (w *world) come(ctx context.Context, m moment) <-chan error {
	due := make(chan error, 1)
	go func() {
		_, err := w.reach(ctx, m.vendor, m.request)
		if err == nil {
			time.Sleep(m.after)
		}
		due <- err
	}()
	return due
}

// reached returns how many requests a system has had.
func (w *world) reached(t *testing.T, vendor string) int {
	t.Helper()
	n, err := w.reach(t.Context(), vendor, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// reach waits until a system has had so many requests.
func (w *world) reach(ctx context.Context, vendor string, requests int) (int, error) {
	resp, err := w.door(ctx, vendor, "reached?n="+strconv.Itoa(requests))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(bytes.TrimSpace(text)))
}

// door asks the control door of a system.
func (w *world) door(ctx context.Context, vendor, what string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.Vendors[vendor].Control+what, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+controlToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("the control door of %s answers %s", vendor, resp.Status)
	}
	return resp, nil
}
