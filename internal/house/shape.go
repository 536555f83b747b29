package house

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

const (
	maxFileLines     = 600
	maxFunctionLines = 60
)

func packageComment(t *Tree) []Finding {
	var found []Finding
	for _, p := range t.Packages() {
		homes, opening := []string{"doc.go"}, "Package "+p.Name+" "
		if p.Name == "main" {
			homes, opening = []string{"main.go", "doc.go"}, ""
		}
		count := 0
		for _, f := range p.Files {
			text := f.Syntax.Doc.Text()
			if text == "" {
				continue
			}
			count++
			if !slices.Contains(homes, path.Base(f.Path)) {
				found = append(found, Finding{f.At(f.Syntax.Doc.Pos()), "a package comment outside " + homes[0],
					"move it there, or put an empty line below it"})
			}
			if !strings.HasPrefix(text, opening) {
				found = append(found, Finding{f.At(f.Syntax.Doc.Pos()), "the package comment does not name the package",
					fmt.Sprintf("begin it with %q", opening)})
			}
		}
		if count != 1 {
			found = append(found, Finding{p.Folder, fmt.Sprintf("%d package comments", count),
				"write one, in " + homes[0]})
		}
	}
	return found
}

func packageName(t *Tree) []Finding {
	vague := []string{"util", "utils", "common", "types", "fake", "helper", "helpers", "base", "misc", "shared"}
	var found []Finding
	first := map[string]string{}
	for _, p := range t.Packages() {
		if p.Name == "main" {
			continue
		}
		if other, taken := first[p.Name]; taken {
			found = append(found, Finding{p.Folder, fmt.Sprintf("package %s is also the name in %s", p.Name, other),
				"choose one that needs no alias where both are imported"})
		}
		first[p.Name] = p.Folder
		if slices.Contains(vague, p.Name) {
			found = append(found, Finding{p.Folder, "package " + p.Name + " says nothing about what it is",
				"name it after what it does"})
		}
	}
	return found
}

func vendorFiles(t *Tree) []Finding {
	names := []string{"doc.go", "client.go", "auth.go", "errors.go", "wire.go", "connect.go", "mapping.go"}
	var found []Finding
	for _, p := range t.Packages() {
		if !slices.Contains(vendors, p.Folder) {
			continue
		}
		for _, name := range names {
			if !slices.ContainsFunc(p.Files, func(f *File) bool { return path.Base(f.Path) == name }) {
				found = append(found, Finding{p.Folder, "has no " + name,
					"CONTRIBUTING.md says what stands in which file of a vendor package"})
			}
		}
	}
	return found
}

func fileLength(t *Tree) []Finding {
	var found []Finding
	for _, f := range t.Go {
		n := strings.Count(f.Body, "\n")
		if n > maxFileLines && !ast.IsGenerated(f.Syntax) {
			found = append(found, Finding{f.Path, fmt.Sprintf("%d lines, more than %d", n, maxFileLines),
				"split it by subject"})
		}
	}
	return found
}

func functionLength(t *Tree) []Finding {
	var found []Finding
	for _, f := range t.Go {
		if f.Test || ast.IsGenerated(f.Syntax) {
			continue
		}
		for _, decl := range f.Syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := f.Line(fn.End()) - f.Line(fn.Pos()) + 1; n > maxFunctionLines {
				found = append(found, Finding{f.At(fn.Pos()),
					fmt.Sprintf("%s has %d lines, more than %d", fn.Name.Name, n, maxFunctionLines),
					"give its parts names of their own"})
			}
		}
	}
	return found
}

func noInit(t *Tree) []Finding {
	var found []Finding
	for _, f := range t.Go {
		for _, decl := range f.Syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, Finding{f.At(fn.Pos()), "an init function", "let the caller pass the value"})
			}
		}
	}
	return found
}

func noEmptyInterface(t *Tree) []Finding {
	var found []Finding
	for _, f := range t.Go {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() == 0 {
				found = append(found, Finding{f.At(i.Pos()), "an empty interface", "write any"})
			}
			return true
		})
	}
	return found
}
