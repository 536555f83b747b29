package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutant is one fault: edits that are made to the tree all at once.
type mutant struct {
	name  string // of a named one; where it is and what it does, of one drawn
	why   string // what is wrong with it, or why it survives
	test  string // the test of the engine that must notice it; empty: any
	drawn bool
	edits []edit
}

// edit replaces text in a file that is named by its path in the tree, with
// slashes.
type edit struct {
	file     string
	old, new string
	at       int // where old begins; -1: wherever it is, once
}

// faulty is what a mutant makes of the files it changes, by their paths.
type faulty map[string][]byte

// apply makes the edits. It is an error if one of them does not fit the tree as
// it is.
func (m *mutant) apply(t *tree) (faulty, error) {
	out := faulty{}
	for _, e := range m.edits {
		src, ok := out[e.file]
		if !ok {
			var err error
			if src, err = t.read(e.file); err != nil {
				return nil, err
			}
		}
		at := e.at
		if at < 0 {
			found := places(src, e.old)
			if len(found) != 1 {
				return nil, fmt.Errorf("its text is %d times in %s: %q", len(found), e.file, firstLine(e.old))
			}
			at = found[0]
		}
		out[e.file] = slices.Concat(src[:at], []byte(e.new), src[at+len(e.old):])
	}
	return out, nil
}

// places returns where text, which are whole lines, begins in a source.
func places(src []byte, text string) []int {
	var found []int
	for at := 0; at < len(src); {
		if bytes.HasPrefix(src[at:], []byte(text)) {
			found = append(found, at)
		}
		end := bytes.IndexByte(src[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	return found
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

// key names a mutant by what it makes of the tree: two that make the same are
// one.
func (f faulty) key() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(h, "%s %d\n", name, len(f[name]))
		h.Write(f[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// tree is the module that is tested.
type tree struct {
	root  string
	files map[string][]byte // those that were read
}

func newTree(root string) *tree { return &tree{root: root, files: map[string][]byte{}} }

func (t *tree) path(name string) string { return filepath.Join(t.root, filepath.FromSlash(name)) }

// read returns a file, which must not be changed.
func (t *tree) read(name string) ([]byte, error) {
	if src, ok := t.files[name]; ok {
		return src, nil
	}
	src, err := os.ReadFile(t.path(name))
	if err != nil {
		return nil, err
	}
	t.files[name] = src
	return src, nil
}

// broken are the folders that faults are drawn from.
var broken = []string{"reconcile", "store/memory", "store/sqlite"}

// sources returns the paths of the Go files of a folder that are not tests.
func (t *tree) sources(folder string) ([]string, error) {
	all, err := filepath.Glob(t.path(folder) + "/*.go")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, path := range all {
		if name := filepath.Base(path); !strings.HasSuffix(name, "_test.go") {
			names = append(names, folder+"/"+name)
		}
	}
	return names, nil
}
