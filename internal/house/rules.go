package house

import "fmt"

// Rule is one thing that holds for the whole module.
type Rule struct {
	Name  string // short, for the name of the subtest
	Says  string // the rule, as one sentence
	Check func(*Tree) []Finding
}

// Finding is one place that breaks a rule.
type Finding struct {
	At   string // "path" or "path:line"
	What string // what stands there
	Mend string // what to do about it
}

// String gives the finding as a line for a person and their editor.
func (f Finding) String() string { return fmt.Sprintf("%s: %s; %s", f.At, f.What, f.Mend) }

// Rules gives all rules, in the order in which they are checked.
func Rules() []Rule {
	return []Rule{
		{"import-direction", "each package imports only what its row in the import table allows", importDirection},
		{"no-test-kits", "code that ships never imports test kits, fakes or testing", noTestKits},
		{"one-vendor", "only examples join several vendors", oneVendor},
		{"few-test-modules", "tests need no module beyond go-cmp and those of the code they test", fewTestModules},
		{"package-comment", "each package has one comment, in doc.go, or in main.go for a program", packageComment},
		{"package-name", "package names are unique in the module and say what the package is", packageName},
		{"vendor-files", "vendor packages consist of the same files, so that who knows one knows all", vendorFiles},
		{"file-length", "a file has at most 600 lines", fileLength},
		{"function-length", "a function outside tests has at most 60 lines", functionLength},
		{"no-init", "importing a package does nothing: no init functions", noInit},
		{"no-empty-interface", "the empty interface is spelled any", noEmptyInterface},
		{"nothing-unfinished", "no marks for work left over", nothingUnfinished},
		{"no-machine-paths", "no path of somebody's machine", noMachinePaths},
		{"layout", "CONTRIBUTING.md has one line per folder of Go files, and none for a folder that is not there", layout},
		{"readme", "README.md names every example and the test command, which .ci/run runs too", readme},
	}
}
