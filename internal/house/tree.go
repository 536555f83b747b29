package house

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText is the size from which on a file is taken for data, not for text.
const maxText = 1 << 20

// Tree is one module as the rules see it: parsed Go files, other texts and
// folders. Left out are testdata, hidden folders other than .ci, and what lies
// inside modules of their own.
type Tree struct {
	Module  string   // module path, as go.mod says
	Dir     string   // where the module lies on this machine; empty if nowhere
	Go      []*File  // the Go files, by path
	Texts   []Text   // every text file, Go files included, by path
	Folders []string // every folder, "." included, by path
}

// Text is one text file.
type Text struct {
	Path string // slash-separated, from the root of the module
	Body string
}

// File is one Go file.
type File struct {
	Text
	Folder string // "." for the root
	Test   bool   // its name ends in _test.go
	Syntax *ast.File
	fset   *token.FileSet
}

// Line gives the line number of a position in the file.
func (f *File) Line(p token.Pos) int { return f.fset.Position(p).Line }

// At names a position in the form "path:line".
func (f *File) At(p token.Pos) string { return fmt.Sprintf("%s:%d", f.Path, f.Line(p)) }

// Example says whether the file shows users how the parts fit together, which
// is why it may import more than others.
func (f *File) Example() bool {
	name := path.Base(f.Path)
	return within(f.Folder, "examples") || f.Test && strings.HasPrefix(name, "example")
}

// Imports gives the import paths of the file as the rules write them, each
// with its position: "." and "./folder" inside the module, others unchanged.
func (f *File) Imports(module string) []Import {
	var found []Import
	for _, spec := range f.Syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has accepted it, so this does not occur
		}
		switch rest, inside := strings.CutPrefix(p, module); {
		case inside && rest == "":
			p = "."
		case inside && rest[0] == '/':
			p = "." + rest
		}
		found = append(found, Import{Path: p, At: f.At(spec.Pos())})
	}
	return found
}

// Import is one import of a file.
type Import struct{ Path, At string }

// Load reads the module whose root is fsys. The folder dir is where it lies on
// this machine, empty if nowhere. It fails on a missing go.mod and on Go files
// that do not parse.
func Load(fsys fs.FS, dir string) (*Tree, error) {
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	name, found := strings.CutPrefix(strings.SplitN(string(mod), "\n", 2)[0], "module ")
	if !found {
		return nil, errors.New("go.mod does not begin with its module path")
	}
	t := &Tree{Module: strings.TrimSpace(name), Dir: dir}
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return t.enter(fsys, p)
		case !d.Type().IsRegular():
			return nil
		}
		return t.add(fsys, p, d)
	})
	return t, err
}

// enter notes a folder, or leaves it out with all it holds.
func (t *Tree) enter(fsys fs.FS, p string) error {
	name := path.Base(p)
	if name == "testdata" || p != "." && strings.HasPrefix(name, ".") && p != ".ci" {
		return fs.SkipDir
	}
	t.Folders = append(t.Folders, p)
	if _, err := fs.Stat(fsys, path.Join(p, "go.mod")); p != "." && err == nil {
		return fs.SkipDir
	}
	return nil
}

// add takes a file over if it is text, and parses it if it is Go.
func (t *Tree) add(fsys fs.FS, p string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	if info.Size() > maxText {
		return nil
	}
	body, err := fs.ReadFile(fsys, p)
	if err != nil {
		return err
	}
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return nil
	}
	text := Text{Path: p, Body: string(body)}
	t.Texts = append(t.Texts, text)
	if path.Ext(p) != ".go" {
		return nil
	}
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, p, body, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	t.Go = append(t.Go, &File{
		Text: text, Folder: path.Dir(p), Test: strings.HasSuffix(p, "_test.go"), Syntax: syntax, fset: fset,
	})
	return nil
}

// Packages gives the folders that hold Go files other than tests, in order,
// each with those files.
func (t *Tree) Packages() []Package {
	var all []Package
	for _, f := range t.Go {
		if f.Test {
			continue
		}
		i := slices.IndexFunc(all, func(p Package) bool { return p.Folder == f.Folder })
		if i < 0 {
			all = append(all, Package{Folder: f.Folder, Name: f.Syntax.Name.Name})
			i = len(all) - 1
		}
		all[i].Files = append(all[i].Files, f)
	}
	return all
}

// Package is one folder of Go files, its tests left out.
type Package struct {
	Folder, Name string
	Files        []*File
}

// Text gives the text file at a path.
func (t *Tree) Text(p string) (body string, found bool) {
	for _, text := range t.Texts {
		if text.Path == p {
			return text.Body, true
		}
	}
	return "", false
}

// within says whether p is the folder top or lies below it.
func within(p, top string) bool {
	return p == top || strings.HasPrefix(p, top+"/")
}
