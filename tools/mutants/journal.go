package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// journal keeps verdicts in a file, one on a line, and finds them again.
type journal struct {
	tree, code string
	trust      bool // kills stand as long as only tests differ

	mu   sync.Mutex
	file *os.File
	list map[string]verdict // of this tree, by key
}

// entry is a line of the file.
type entry struct {
	Code string // of the sources without tests
	verdict
}

// treeKey is the key of the verdict about the tree as it is.
const treeKey = "tree"

// openJournal reads what was judged before. With trust, what was killed in a
// tree that had the same sources but other tests counts as killed.
func openJournal(path string, t *tree, trust bool) (*journal, error) {
	j := &journal{trust: trust, list: map[string]verdict{}}
	var err error
	if j.tree, j.code, err = hashTree(t.root); err != nil {
		return nil, err
	}
	if j.file, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(j.file)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, errors.Join(fmt.Errorf("%s, line %d: %w", path, n, err), j.file.Close())
		}
		j.take(e)
	}
	if err := lines.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), j.file.Close())
	}
	return j, nil
}

func (j *journal) take(e entry) {
	stands := j.trust && e.Code == j.code && (e.What == killed || e.What == invalid)
	if e.Tree == j.tree || stands {
		j.list[e.Key] = e.verdict
	}
}

// judged returns the verdict about a mutant, if it was looked at deeply enough.
func (j *journal) judged(key string, deep bool) (verdict, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	v, ok := j.list[key]
	return v, ok && (v.Deep || !deep || v.What != survived && key != treeKey)
}

// add keeps a verdict.
func (j *journal) add(v verdict) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	v.Tree = j.tree
	line, err := json.Marshal(entry{j.code, v})
	if err != nil {
		return err
	}
	j.list[v.Key] = v
	_, err = j.file.Write(append(line, '\n'))
	return err
}

func (j *journal) close() error { return j.file.Close() }

// untold are folders of which no verdict depends.
var untold = map[string]bool{".git": true, "tools": true, "docs": true, "benchmarks": true}

// tests are folders that are there to test others.
var tests = []string{"reconcile/sim/", "connectortest/"}

// hashTree returns what tells trees apart: all that is compiled, and that
// without tests.
func hashTree(root string) (all, code string, err error) {
	whole, sources := sha256.New(), sha256.New()
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if untold[name] {
				return filepath.SkipDir
			}
			return nil
		}
		if !isCompiled(name) {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(whole, "%s %d\n%s", name, len(src), src)
		if !isTest(name) {
			fmt.Fprintf(sources, "%s %d\n%s", name, len(src), src)
		}
		return nil
	})
	return hex.EncodeToString(whole.Sum(nil)[:8]), hex.EncodeToString(sources.Sum(nil)[:8]), err
}

func isCompiled(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".sql", ".mod", ".sum":
		return true
	default:
		return false
	}
}

func isTest(name string) bool {
	for _, folder := range tests {
		if strings.HasPrefix(name, folder) {
			return true
		}
	}
	return strings.HasSuffix(name, "_test.go")
}

// secondLine returns the first line of a compiler's output that names no
// package.
func secondLine(out string) string {
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "#") {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(out)
}
