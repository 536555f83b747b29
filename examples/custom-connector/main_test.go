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

// What somebody writes for systems of their own stays short, counted without
// blank and comment lines: both connectors with the vocabulary that they share.
func TestShort(t *testing.T) {
	t.Parallel()
	shared, folder, depot := codeLines(t, "article.go"), codeLines(t, "folder.go"), codeLines(t, "depot.go")
	if shared+folder+depot >= 300 {
		t.Errorf("article.go has %d lines of code, folder.go %d and depot.go %d", shared, folder, depot)
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
