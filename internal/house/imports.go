package house

import (
	"fmt"
	"slices"
	"strings"
)

// vendors are the packages that speak to one vendor's system each.
var vendors = []string{"netvisor", "rackbeat", "zvoove", "superoffice", "eventworx", "ameise", "zoho"}

// importRow says what the packages in some folders may import.
//
// Patterns: "std" is the standard library, "." the root package, "./x" the
// folder x, "./<vendor>" any vendor package, "./<fake>" any vendor's fake
// server; everything else is an import path. "/..." at the end means the folder
// or path itself and all below it.
type importRow struct {
	who   string   // for messages
	from  []string // folders; the first row that fits a folder counts
	may   []string // all it may import
	never []string // exceptions from may
	tests bool     // the row holds for tests too (go-cmp aside)

	inTests []string // modules that only its tests may import
}

// importTable is the architecture: arrows point towards the root, vendors do
// not know each other nor the engine, and fakes share no code with the clients
// they are there to prove right.
var importTable = []importRow{
	{
		who:   "the vocabulary",
		from:  []string{"."},
		may:   []string{"std"},
		never: []string{"net/http/...", "database/sql/...", "os/...", "log"},
	},
	{
		who:   "the simulation of the engine",
		from:  []string{"./reconcile/sim"},
		may:   []string{"std", ".", "./reconcile", "./store/memory"},
		never: []string{"net/http/...", "database/sql/...", "os/...", "log"},
	},
	{
		who:   "the simulation of several pairs",
		from:  []string{"./reconcile/sim/chains"},
		may:   []string{"std", ".", "./reconcile", "./store/memory"},
		never: []string{"net/http/...", "database/sql/...", "os/...", "log"},
	}, {
		who:   "the small model of the engine",
		from:  []string{"./reconcile/model"},
		may:   []string{"std", ".", "./reconcile", "./store/memory"},
		never: []string{"net/http/...", "database/sql/...", "os/...", "log"},
	},
	{
		who:   "the matching of whole registers",
		from:  []string{"./matching"},
		may:   []string{"std", "."},
		never: []string{"net/http/...", "database/sql/...", "os/...", "log"},
	},
	{
		who:   "the engine",
		from:  []string{"./reconcile/..."},
		may:   []string{"std", ".", "./reconcile/...", "github.com/dchest/siphash"},
		never: []string{"net/http/...", "database/sql/...", "os/...", "log"},
	},
	{
		who:   "the SQLite store",
		from:  []string{"./store/sqlite/..."},
		may:   []string{"std", ".", "./store/...", "modernc.org/sqlite/...", "golang.org/x/sys/..."},
		never: []string{"net/http/..."},
	},
	{
		who:   "a store",
		from:  []string{"./store/..."},
		may:   []string{"std", ".", "./store/..."},
		never: []string{"net/http/..."},
	},
	{
		who:     "tables of the user's own database",
		from:    []string{"./sqltable/..."},
		may:     []string{"std", "."},
		never:   []string{"net/http/...", "os/...", "log"},
		inTests: []string{"modernc.org/sqlite/...", "github.com/jackc/pgx/v5/..."},
	},
	{
		who:  "PostgreSQL for tests",
		from: []string{"./internal/postgrestest/..."},
		may:  []string{"std", "github.com/jackc/pgx/v5/..."},
	},
	{
		who:  "the HTTP stack",
		from: []string{"./internal/transport/..."},
		may:  []string{"std", ".", "github.com/hashicorp/go-retryablehttp", "golang.org/x/time/rate"},
	},
	{
		who:   "a fake server",
		from:  []string{"./<fake>/..."},
		may:   []string{"std", "./internal/fakeserver"},
		tests: true,
	},
	{
		who:   "a vendor package",
		from:  []string{"./<vendor>"},
		may:   []string{"std", ".", "./internal/transport", "golang.org/x/text/..."},
		never: []string{"database/sql/...", "os/...", "log"},
	},
	{
		who:   "what the fakes share",
		from:  []string{"./internal/fakeserver/..."},
		may:   []string{"std"},
		tests: true,
	},
	{
		who:  "what is known of companies",
		from: []string{"./company/..."},
		may:  []string{"std", ".", "golang.org/x/text/..."},
	},
	{
		who:  "the conformance kit",
		from: []string{"./connectortest/..."},
		may:  []string{"std", "."},
	},
	{
		who:  "a crash test",
		from: []string{"./internal/crashtest/..."},
		may:  []string{"std", "modernc.org/sqlite"},
	},
	{
		who:  "the registers for benchmarks",
		from: []string{"./internal/registers/..."},
		may:  []string{"std", "."},
	},
	{
		who:   "the checks of the house",
		from:  []string{"./internal/house/..."},
		may:   []string{"std"},
		tests: true,
	},
	{
		who:  "an example",
		from: []string{"./examples/..."},
		may:  []string{"std", "./...", "<any module>"},
	},
}

// testModules are the modules every test may use.
var testModules = []string{"github.com/google/go-cmp/..."}

// rowOf finds the row for a folder.
func rowOf(folder string) (importRow, bool) {
	for _, row := range importTable {
		if fits(row.from, dotted(folder)) {
			return row, true
		}
	}
	return importRow{}, false
}

func importDirection(t *Tree) []Finding {
	var found []Finding
	for _, f := range t.Go {
		row, ok := rowOf(f.Folder)
		if !ok {
			found = append(found, Finding{f.Path, "no row of the import table fits this folder",
				"say in internal/house/imports.go what it may import"})
			continue
		}
		if f.Test && !row.tests || f.Example() {
			continue
		}
		may := row.may
		if f.Test {
			may = slices.Concat(may, testModules, []string{dotted(f.Folder)})
		}
		for _, imp := range f.Imports(t.Module) {
			if fits(row.never, imp.Path) || !fits(may, imp.Path) {
				found = append(found, Finding{imp.At, fmt.Sprintf("%s imports %s", row.who, imp.Path), mendImport(row)})
			}
		}
	}
	return found
}

// mendImport tells which way out there is of a wrong import.
func mendImport(row importRow) string {
	s := "it may import " + strings.Join(row.may, ", ")
	if len(row.never) > 0 {
		s += ", but not " + strings.Join(row.never, ", ")
	}
	return s + ": move the code, or let the caller join both sides"
}

// noTestKits keeps what only tests need out of programs. Examples run on fakes,
// and the conformance kit is one.
func noTestKits(t *Tree) []Finding {
	kits := []string{"testing/...", "./connectortest/...", "./<fake>/..."}
	var found []Finding
	for _, f := range t.Go {
		if f.Test || f.Example() || within(f.Folder, "connectortest") {
			continue
		}
		for _, imp := range f.Imports(t.Module) {
			if fits(kits, imp.Path) {
				found = append(found, Finding{imp.At, "imports " + imp.Path, "use it in tests and examples only"})
			}
		}
	}
	return found
}

// oneVendor looks at tests too: a package whose tests need two vendors tests
// something that belongs in an example.
func oneVendor(t *Tree) []Finding {
	var found []Finding
	first := map[string]string{} // folder → the vendor it has to do with
	for _, f := range t.Go {
		if f.Example() {
			continue
		}
		if own := vendorOf(dotted(f.Folder)); own != "" {
			first[f.Folder] = own
		}
		for _, imp := range f.Imports(t.Module) {
			v := vendorOf(imp.Path)
			switch known := first[f.Folder]; {
			case v == "" || v == known:
			case known == "":
				first[f.Folder] = v
			default:
				found = append(found, Finding{imp.At, fmt.Sprintf("imports %s in a folder that has to do with %s", v, known),
					"join vendors under examples, or in an example_test.go"})
			}
		}
	}
	return found
}

func fewTestModules(t *Tree) []Finding {
	var found []Finding
	for _, f := range t.Go {
		if !f.Test || within(f.Folder, "examples") {
			continue
		}
		row, _ := rowOf(f.Folder)
		may := slices.Concat([]string{"std", "./..."}, testModules, row.may, row.inTests)
		for _, imp := range f.Imports(t.Module) {
			if !fits(may, imp.Path) {
				found = append(found, Finding{imp.At, "a test imports " + imp.Path, "compare with == or go-cmp"})
			}
		}
	}
	return found
}

// dotted writes a folder as the patterns do.
func dotted(folder string) string {
	if folder == "." {
		return "."
	}
	return "./" + folder
}

// vendorOf gives the vendor whose package or fake an import path names.
func vendorOf(p string) string {
	for _, v := range vendors {
		if within(p, "./"+v) {
			return v
		}
	}
	return ""
}

// fits says whether one of the patterns fits an import path or dotted folder.
func fits(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return fitsOne(pattern, p) })
}

func fitsOne(pattern, p string) bool {
	inModule := p == "." || strings.HasPrefix(p, "./")
	dotFirst := strings.Contains(strings.SplitN(p, "/", 2)[0], ".")
	switch pattern {
	case "std":
		return !inModule && !dotFirst
	case "<any module>":
		return !inModule && dotFirst
	case "./...":
		return inModule
	}
	for _, v := range vendors {
		literal := strings.NewReplacer("<vendor>", v, "<fake>", v+"/"+v+"test").Replace(pattern)
		top, below := strings.CutSuffix(literal, "/...")
		if p == top || below && within(p, top) {
			return true
		}
	}
	return false
}
