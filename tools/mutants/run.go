package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// workshop builds and runs tests of one mutant or, in one build, of many. It is
// safe for concurrent use.
type workshop struct {
	tree *tree
	dir  string // for the changed files and the tests

	mu    sync.Mutex
	built map[string]string
}

// newWorkshop writes changed files down, and what lays them over the tree. The
// caller must close it.
func newWorkshop(t *tree, f faulty) (*workshop, error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return nil, err
	}
	w := &workshop{tree: t, dir: dir, built: map[string]string{}}
	return w, w.writeOverlay(f)
}

func (w *workshop) close() error { return os.RemoveAll(w.dir) }

func (w *workshop) overlay() string { return filepath.Join(w.dir, "overlay.json") }

// flat is the name of a file of the tree in the folder.
func flat(name string) string { return strings.ReplaceAll(name, "/", "__") }

func (w *workshop) writeOverlay(f faulty) error {
	root, err := filepath.Abs(w.tree.root)
	if err != nil {
		return err
	}
	over := struct{ Replace map[string]string }{map[string]string{}}
	for name, src := range f {
		path := filepath.Join(w.dir, flat(name))
		if err := os.WriteFile(path, src, 0o600); err != nil {
			return err
		}
		over.Replace[filepath.Join(root, filepath.FromSlash(name))] = path
	}
	text, err := json.Marshal(over)
	if err != nil {
		return err
	}
	return os.WriteFile(w.overlay(), text, 0o600)
}

// compile builds packages. What it returns is what the compiler has to say; it
// is empty if there is nothing wrong.
func (w *workshop) compile(ctx context.Context, pkgs ...string) (wrong string, err error) {
	args := []string{"build", "-o", os.DevNull, "-gcflags=-e", "-overlay", w.overlay()}
	for _, pkg := range pkgs {
		args = append(args, "./"+pkg)
	}
	out, err := w.goTool(ctx, args...)
	if _, failed := errors.AsType[*exec.ExitError](err); failed && ctx.Err() == nil {
		return out, nil
	}
	return "", err
}

func (w *workshop) goTool(ctx context.Context, args ...string) (string, error) {
	cmd := toolCommand(ctx, "go", args...)
	cmd.Dir = w.tree.root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// program builds the tests of a package, once.
func (w *workshop) program(ctx context.Context, pkg string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if path, ok := w.built[pkg]; ok {
		return path, nil
	}
	path := filepath.Join(w.dir, flat(pkg)+".test")
	out, err := w.goTool(ctx, "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", w.overlay(), "-o", path, "./"+pkg)
	if err != nil {
		return "", fmt.Errorf("build the tests of %s: %w\n%s", pkg, err, out)
	}
	w.built[pkg] = path
	return path, nil
}

// longest is how long tests may take in all. Most that never end are ended long
// before: by what they compute or, where nobody counts that or they wait for ever,
// after many times that on the clock, as other programs may be at work too.
const (
	longest = 30 * time.Minute
	onClock = 5
)

// test runs tests with the mutant of a number; 0 is none, or the only one. They
// passed if what it returns is empty; else that says in a line what failed. An
// error is that they could not be run.
func (w *workshop) test(ctx context.Context, number int, r testRun) (failure string, err error) {
	path, err := w.program(ctx, r.pkg)
	if err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, min(longest+time.Minute, onClock*r.cpu))
	defer cancel()
	cmd := testCommand(limited, r.cpu, path, append([]string{"-test.timeout", longest.String()}, r.args...))
	cmd.Dir = w.tree.path(r.pkg)
	cmd.Env = append(os.Environ(), "GOGC=400", inUse+"="+strconv.Itoa(number)) // there is more memory than time
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err == nil:
		return "", nil
	}
	return failureOf(out.Bytes(), err), nil
}

var (
	testPanic  = regexp.MustCompile(`(?m)^(panic: .*|fatal error: .*|SIGXCPU: .*)$`)
	testFailed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	testSaid   = regexp.MustCompile(`(?m)^\s+\w+_test\.go:\d+: (.*)$`)
)

// failureOf says in a line what the output of tests tells of their failure.
func failureOf(out []byte, err error) string {
	var parts []string
	for _, pattern := range []*regexp.Regexp{testPanic, testFailed, testSaid} {
		if found := pattern.FindSubmatch(out); found != nil {
			parts = append(parts, string(found[1]))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, err.Error())
	}
	const most = 160
	line := strings.Join(parts, ": ")
	if len(line) > most {
		line = strings.ToValidUTF8(line[:most], "")
	}
	return line
}
