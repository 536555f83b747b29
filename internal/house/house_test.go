package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestHouse runs the rules over the module itself.
func TestHouse(t *testing.T) {
	t.Parallel()
	tree := self(t)
	for _, rule := range Rules() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			for _, f := range rule.Check(tree) {
				t.Errorf("%s\n\trule: %s", f, rule.Says)
			}
		})
	}
}

// TestDependencies looks at everything a package pulls in, however indirectly,
// by asking the go command, which knows the standard library as well.
func TestDependencies(t *testing.T) {
	t.Parallel()
	tree := self(t)
	tests := []struct {
		folder, why string
		never       []string
	}{
		{".", "the vocabulary is for programs that use neither network nor database",
			[]string{"net/http/...", "database/sql/...", "os/exec", "<any module>"}},
		{"reconcile", "the engine only knows interfaces", []string{"net/http/...", "database/sql/...", "./<vendor>", "./store/..."}},
		{"netvisor", "a client alone brings no database", []string{"database/sql/...", "modernc.org/..."}},
		{"rackbeat", "a client alone brings no database", []string{"database/sql/...", "modernc.org/..."}},
		{"netvisor/netvisortest", "a fake shares no code with its client", []string{".", "./<vendor>", "<any module>"}},
		{"rackbeat/rackbeattest", "a fake shares no code with its client", []string{".", "./<vendor>", "<any module>"}},
	}
	for _, test := range tests {
		t.Run(test.folder, func(t *testing.T) {
			t.Parallel()
			if !slices.ContainsFunc(tree.Packages(), func(p Package) bool { return p.Folder == test.folder }) {
				t.Skip("there is no such package")
			}
			for _, dep := range dependencies(t, tree, test.folder) {
				if fits(test.never, dep) {
					t.Errorf("%s pulls in %s: %s; see who does with: go mod why -m, go list -deps", test.folder, dep, test.why)
				}
			}
		})
	}
}

// dependencies gives what the package in a folder pulls in, itself left out,
// as import paths in the form the rules use.
func dependencies(t *testing.T, tree *Tree, folder string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", dotted(folder))
	cmd.Dir = tree.Dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -deps %s: %v", dotted(folder), err)
	}
	var deps []string
	for p := range strings.FieldsSeq(string(out)) {
		// What the standard library has taken over from golang.org/x is part of it.
		if strings.HasPrefix(p, "vendor/") {
			continue
		}
		switch rest, inside := strings.CutPrefix(p, tree.Module); {
		case inside && rest == "":
			p = "."
		case inside:
			p = "." + rest
		}
		if p != dotted(folder) {
			deps = append(deps, p)
		}
	}
	return deps
}

// self gives the module this package belongs to. A copy that the go command
// downloaded is no checkout: it lacks the modules within, such as tools.
func self(t *testing.T) *Tree {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(dir, "@") {
		t.Skip("not a checkout")
	}
	tree, err := Load(os.DirFS(dir), dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
