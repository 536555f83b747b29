package house

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// src maps paths to file contents. A "§" in a content stands for a slash where
// the text would otherwise be a finding in this very file.
type src map[string]string

// madeUp builds a module of the given files and loads it.
func madeUp(t *testing.T, files src) *Tree {
	t.Helper()
	m := fstest.MapFS{"go.mod": {Data: []byte("module example.org/mod\n\ngo 1.26.0\n")}}
	for p, body := range files {
		m[p] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(body, "§", "/"))}
	}
	tree, err := Load(m, "/srv/checkout")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// imports writes a Go file with the given imports.
func imports(pkg string, paths ...string) string {
	var b strings.Builder
	b.WriteString("package " + pkg + "\n")
	for _, p := range paths {
		b.WriteString("import _ \"" + p + "\"\n")
	}
	return b.String()
}

func lines(n int) string { return strings.Repeat("\n", n) }

type ruleCase struct {
	name, rule string
	files      src
	want       []string // how each finding begins; none: the files are all right
}

// ruleCases show each rule failing.
var ruleCases = []ruleCase{
	{"vocabulary", "import-direction", src{
		"a.go": imports("mod", "net/http", "strings", "example.org/mod/reconcile", "golang.org/x/text/language", "os"),
	}, []string{"a.go:2: the vocabulary imports net/http", "a.go:4: the vocabulary imports ./reconcile",
		"a.go:5: the vocabulary imports golang.org/x/text/language", "a.go:6: the vocabulary imports os"}},
	{"engine", "import-direction", src{
		"reconcile/a.go": imports("reconcile", "example.org/mod", "github.com/dchest/siphash", "sync",
			"net/http", "example.org/mod/netvisor", "example.org/mod/store/memory"),
	}, []string{"reconcile/a.go:5: the engine imports net/http", "reconcile/a.go:6: the engine imports ./netvisor",
		"reconcile/a.go:7: the engine imports ./store/memory"}},
	{"matching", "import-direction", src{
		"matching/a.go": imports("matching", "example.org/mod", "hash/maphash", "example.org/mod/reconcile"),
	}, []string{"matching/a.go:4: the matching of whole registers imports ./reconcile"}},
	{"registers", "import-direction", src{
		"internal/registers/a.go": imports("registers", "example.org/mod", "example.org/mod/matching"),
	}, []string{"internal/registers/a.go:3: the registers for benchmarks imports ./matching"}},
	{"crash tests", "import-direction", src{
		"internal/crashtest/a.go": imports("crashtest", "modernc.org/sqlite", "example.org/mod/reconcile"),
	}, []string{"internal/crashtest/a.go:3: a crash test imports ./reconcile"}},
	{"simulation", "import-direction", src{
		"reconcile/sim/a.go": imports("sim", "example.org/mod/reconcile", "example.org/mod/store/memory", "example.org/mod/store/sqlite"),
	}, []string{"reconcile/sim/a.go:4: the simulation of the engine imports ./store/sqlite"}},
	{"simulation of several pairs", "import-direction", src{
		"reconcile/sim/chains/a.go": imports("chains", "example.org/mod/reconcile", "example.org/mod/store/memory", "example.org/mod/reconcile/sim"),
	}, []string{"reconcile/sim/chains/a.go:4: the simulation of several pairs imports ./reconcile/sim"}},
	{"small model", "import-direction", src{
		"reconcile/model/a.go": imports("model", "example.org/mod/reconcile", "example.org/mod/reconcile/sim"),
	}, []string{"reconcile/model/a.go:3: the small model of the engine imports ./reconcile/sim"}},
	{"stores", "import-direction", src{
		"store/sqlite/a.go": imports("sqlite", "example.org/mod", "modernc.org/sqlite", "modernc.org/sqlite/lib",
			"database/sql", "example.org/mod/reconcile", "net/http"),
		"store/memory/a.go": imports("memory", "example.org/mod", "modernc.org/sqlite"),
	}, []string{"store/memory/a.go:3: a store imports modernc.org/sqlite", "store/sqlite/a.go:6: the SQLite store imports ./reconcile",
		"store/sqlite/a.go:7: the SQLite store imports net/http"}},
	{"tables", "import-direction", src{
		"sqltable/a.go":              imports("sqltable", "example.org/mod", "database/sql", "github.com/jackc/pgx/v5/stdlib"),
		"internal/postgrestest/a.go": imports("postgrestest", "os/exec", "github.com/jackc/pgx/v5/stdlib", "example.org/mod"),
		"sqltable/open_test.go":      imports("sqltable", "testing", "modernc.org/sqlite", "example.org/mod/reconcile"),
	}, []string{"internal/postgrestest/a.go:4: PostgreSQL for tests imports .", "sqltable/a.go:4: tables of the user's own database imports github.com/jackc"}},
	{"transport", "import-direction", src{
		"internal/transport/a.go": imports("transport", "net/http", "golang.org/x/time/rate", "example.org/mod/netvisor"),
	}, []string{"internal/transport/a.go:4: the HTTP stack imports ./netvisor"}},
	{"vendor package", "import-direction", src{
		"netvisor/a.go": imports("netvisor", "net/http", "example.org/mod", "example.org/mod/internal/transport",
			"example.org/mod/rackbeat", "example.org/mod/reconcile", "example.org/mod/store/memory", "example.org/mod/mirror",
			"example.org/mod/connection", "github.com/google/uuid", "os", "database/sql"),
		"netvisor/a_test.go": imports("netvisor", "example.org/mod/netvisor/netvisortest", "os"),
	}, []string{"netvisor/a.go:5: a vendor package imports ./rackbeat", "netvisor/a.go:6", "netvisor/a.go:7", "netvisor/a.go:8",
		"netvisor/a.go:9", "netvisor/a.go:10: a vendor package imports github.com/google/uuid",
		"netvisor/a.go:11: a vendor package imports os", "netvisor/a.go:12"}},
	{"fake server", "import-direction", src{
		"rackbeat/rackbeattest/a.go":      imports("rackbeattest", "net/http", "example.org/mod/internal/fakeserver", "example.org/mod"),
		"rackbeat/rackbeattest/a_test.go": imports("rackbeattest_test", "github.com/google/go-cmp/cmp", "example.org/mod/rackbeat/rackbeattest", "example.org/mod/rackbeat"),
	}, []string{"rackbeat/rackbeattest/a.go:4: a fake server imports .", "rackbeat/rackbeattest/a_test.go:4: a fake server imports ./rackbeat"}},
	{"shared by fakes", "import-direction", src{
		"internal/fakeserver/a.go": imports("fakeserver", "net/http/httptest", "example.org/mod"),
	}, []string{"internal/fakeserver/a.go:3: what the fakes share imports ."}},
	{"companies", "import-direction", src{
		"company/a.go": imports("company", "golang.org/x/text/cases", "example.org/mod", "example.org/mod/reconcile"),
	}, []string{"company/a.go:4: what is known of companies imports ./reconcile"}},
	{"kit", "import-direction", src{
		"connectortest/a.go": imports("connectortest", "testing", "example.org/mod", "example.org/mod/store/memory"),
	}, []string{"connectortest/a.go:4: the conformance kit imports ./store/memory"}},
	{"house", "import-direction", src{
		"internal/house/a.go": imports("house", "go/ast", "example.org/mod"),
	}, []string{"internal/house/a.go:3: the checks of the house imports ."}},
	{"examples are free", "import-direction", src{
		"examples/a/main.go": imports("main", "os", "example.org/mod", "example.org/mod/netvisor/netvisortest", "github.com/google/uuid"),
		"example_test.go":    imports("mod_test", "example.org/mod/netvisor", "os"),
	}, nil},
	{"folder without a row", "import-direction", src{
		"misplaced/a.go": imports("misplaced"),
	}, []string{"misplaced/a.go: no row"}},
	{"kits in shipped code", "no-test-kits", src{
		"a.go":               imports("mod", "testing", "example.org/mod/connectortest"),
		"netvisor/a.go":      imports("netvisor", "testing/fstest", "example.org/mod/netvisor/netvisortest"),
		"a_test.go":          imports("mod", "testing"),
		"connectortest/a.go": imports("connectortest", "testing"),
		"examples/a/main.go": imports("main", "example.org/mod/netvisor/netvisortest"),
	}, []string{"a.go:2: imports testing", "a.go:3: imports ./connectortest", "netvisor/a.go:2", "netvisor/a.go:3"}},
	{"two vendors", "one-vendor", src{
		"reconcile/a_test.go":     imports("reconcile", "example.org/mod/netvisor/netvisortest", "example.org/mod/netvisor", "example.org/mod/rackbeat"),
		"netvisor/a_test.go":      imports("netvisor", "example.org/mod/rackbeat/rackbeattest"),
		"example_sync_test.go":    imports("mod_test", "example.org/mod/netvisor", "example.org/mod/rackbeat"),
		"examples/a/main_test.go": imports("main", "example.org/mod/netvisor", "example.org/mod/rackbeat"),
	}, []string{"netvisor/a_test.go:2: imports rackbeat", "reconcile/a_test.go:4: imports rackbeat"}},
	{"testify", "few-test-modules", src{
		"store/sqlite/a_test.go": imports("sqlite", "testing", "modernc.org/sqlite", "github.com/google/go-cmp/cmp", "example.org/mod", "github.com/stretchr/testify/assert"),
	}, []string{"store/sqlite/a_test.go:6: a test imports github.com/stretchr/testify/assert"}},
	{"comments", "package-comment", src{
		"good/doc.go": "// Package good is.\npackage good\n", "good/b.go": "//go:build linux\n\npackage good\n",
		"none/a.go":  "package none\n",
		"two/doc.go": "// Package two is.\npackage two\n", "two/b.go": "// Package two is.\npackage two\n",
		"odd/doc.go":     "// What odd is.\npackage odd\n",
		"prog/main.go":   "// Command prog does.\npackage main\n",
		"prog2/main.go":  "package main\n",
		"only/a_test.go": "package only\n",
	}, []string{"none: 0 package comments", "odd/doc.go:1: the package comment does not name", "prog2: 0 package comments",
		"two/b.go:1: a package comment outside doc.go", "two: 2 package comments"}},
	{"names", "package-name", src{
		"a/sync/a.go": "package sync\n", "b/sync/a.go": "package sync\n", "util/a.go": "package util\n",
		"c/main.go": "package main\n", "d/main.go": "package main\n",
	}, []string{"b/sync: package sync is also the name in a/sync", "util: package util says nothing"}},
	{"vendor files", "vendor-files", src{
		"zoho/doc.go": "package zoho\n", "zoho/client.go": "package zoho\n", "zoho/auth.go": "package zoho\n",
		"zoho/errors.go": "package zoho\n", "zoho/wire.go": "package zoho\n", "zoho/connect.go": "package zoho\n",
		"zoho/zohotest/server.go": "package zohotest\n",
	}, []string{"zoho: has no mapping.go"}},
	{"long files", "file-length", src{
		"a.go": "package mod" + lines(600), "b.go": "package mod" + lines(601),
		"c.go": "// Code generated by hand. DO NOT EDIT.\n\npackage mod" + lines(700),
	}, []string{"b.go: 601 lines"}},
	{"long functions", "function-length", src{
		"a.go":      "package mod\n\nfunc fits() {" + lines(59) + "}\n\nfunc (t T) long() {" + lines(60) + "}\n",
		"a_test.go": "package mod\n\nfunc long() {" + lines(60) + "}\n",
	}, []string{"a.go:64: long has 61 lines"}},
	{"init", "no-init", src{
		"a.go": "package mod\n\nfunc init() {}\n\nfunc (t T) init() {}\n",
	}, []string{"a.go:3: an init function"}},
	{"empty interface", "no-empty-interface", src{
		"a.go": "package mod\n\nvar a any\n\nvar b interface{}\n\nvar c interface{ M() }\n\ntype d interface{ ~int }\n",
	}, []string{"a.go:5: an empty interface"}},
	{"marks", "nothing-unfinished", src{
		"a.go": "package mod\n\n// TO" + "DO: more\n\nvar a = \"XX" + "X\"\n", "m/1.sql": "-- FIX" + "ME\n",
		"b.go": "package mod\n\n// TODOS are fine, and so is XXXL.\n", "testdata/a.txt": "TO" + "DO\n",
	}, []string{"a.go:3: the mark", "a.go:5: the mark", "m/1.sql:1: the mark"}},
	{"machine paths", "no-machine-paths", src{
		"a.go":      "package mod\n\nconst a = \"§home/jane/x\"\n\nconst b = \"https://host.example/home/jane, host.example/srv/checkout\"\n",
		"README.md": "see §srv/checkout/a.go\nand `§Users/jo`\nand C:\\Users" + "\\jo\nnot /usr/bin/env\n",
		"bin.dat":   "\x00§home/jane/x\n",
	}, []string{"README.md:1: an absolute path", "README.md:2: an absolute path", "README.md:3: an absolute path", "a.go:3: an absolute path"}},
	{"layout", "layout", src{
		"CONTRIBUTING.md": "# Layout of the code\n\ntext\n\n```\n./     root\na/b/   listed\ngone/  not there\n```\n\n```\nelse/\n```\n",
		"a.go":            "package mod\n", "a/b/a.go": "package b\n", "c/c.go": "package c\n", "d/d_test.go": "package d\n",
	}, []string{"CONTRIBUTING.md: the layout leaves out c", "CONTRIBUTING.md: the layout lists gone"}},
	{"no layout", "layout", src{
		"a.go": "package mod\n", "CONTRIBUTING.md": "```\na/\n```\n",
	}, []string{"CONTRIBUTING.md: no list of folders"}},
	{"readme", "readme", src{
		"README.md": "examples/one: go test ./...\n", ".ci/run": "go vet\n",
		"examples/one/main.go": "package main\n", "examples/two/main.go": "package main\n", "examples/two/deeper/a.go": "package deeper\n",
	}, []string{"README.md: says nothing of examples/two", ".ci/run: does not have the test command"}},
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, test := range ruleCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := ruleNamed(t, test.rule).Check(madeUp(t, test.files))
			for i, f := range found {
				if i >= len(test.want) || !strings.HasPrefix(f.String(), test.want[i]) {
					t.Errorf("unexpected finding %d: %s", i, f)
				}
				if f.Mend == "" {
					t.Errorf("%s: says nothing about how to mend it", f)
				}
			}
			if len(found) < len(test.want) {
				t.Errorf("%d findings, want %d: %q", len(found), len(test.want), test.want)
			}
		})
	}
}

// TestEveryRuleFails holds the table above complete: each rule and each row of
// the import table that can be broken is seen broken.
func TestEveryRuleFails(t *testing.T) {
	t.Parallel()
	for _, rule := range Rules() {
		if !slices.ContainsFunc(ruleCases, func(c ruleCase) bool {
			return c.rule == rule.Name && len(c.want) > 0
		}) {
			t.Errorf("no case shows %s failing", rule.Name)
		}
	}
	for _, row := range importTable {
		if slices.Contains(row.may, "<any module>") {
			continue
		}
		broken := false
		for _, c := range ruleCases {
			for _, w := range c.want {
				broken = broken || strings.Contains(w, ": "+row.who+" imports ")
			}
		}
		if !broken {
			t.Errorf("no case shows %s breaking its row", row.who)
		}
	}
}

func ruleNamed(t *testing.T, name string) Rule {
	t.Helper()
	rules := Rules()
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("there is no rule %s", name)
	}
	return rules[i]
}

func TestLoad(t *testing.T) {
	t.Parallel()
	tree := madeUp(t, src{
		"a.go": "package mod\n", "tools/go.mod": "module x\n", "tools/a.go": "not go", ".git/a.go": "not go",
		"a/testdata/a.go": "not go", ".ci/run": "true\n", "big.txt": strings.Repeat("x", maxText+1),
	})
	var texts []string
	for _, text := range tree.Texts {
		texts = append(texts, text.Path)
	}
	if want := []string{".ci/run", "a.go", "go.mod"}; !slices.Equal(texts, want) {
		t.Errorf("texts %q, want %q", texts, want)
	}
	if want := []string{".", ".ci", "a", "tools"}; !slices.Equal(tree.Folders, want) {
		t.Errorf("folders %q, want %q", tree.Folders, want)
	}

	for name, files := range map[string]fstest.MapFS{
		"no go.mod":   {"a.go": {Data: []byte("package mod\n")}},
		"no module":   {"go.mod": {Data: []byte("go 1.26.0\n")}},
		"broken file": {"go.mod": {Data: []byte("module m\n")}, "a.go": {Data: []byte("pack age")}},
	} {
		if _, err := Load(fs.FS(files), ""); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
