package main

import (
	"bufio"
	"bytes"
	"go/format"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), &out, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/run.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), out.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What somebody writes for a system of their own stays short: each connector,
// with the vocabulary that both share, counted without blank and comment lines.
func TestShort(t *testing.T) {
	t.Parallel()
	shared := codeLines(t, "article.go")
	for _, name := range []string{"folder.go", "depot.go"} {
		if n := shared + codeLines(t, name); n >= 300 {
			t.Errorf("article.go and %s have %d lines of code", name, n)
		}
	}
}

func codeLines(t *testing.T, name string) (n int) {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	src, err = format.Source(src)
	if err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(bytes.NewReader(src)); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" && !strings.HasPrefix(line, "//") {
			n++
		}
	}
	return n
}
