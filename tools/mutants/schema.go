package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
)

// To build all tests anew for each mutant takes most of the time there is. So
// one build has them all: of each function that a mutant changes there is a
// further one, and the function begins with a look at which mutant is in use.

// inUse is the variable of a program's environment with the number of the
// mutant that is in use, and switchName the one in each package that holds it.
const (
	inUse      = "INSTEP_MUTANT"
	switchName = "mutantInUse"
	switchFile = "mutant_in_use.go"
)

// schema is a tree with many mutants, each under a number.
type schema struct {
	tree  *tree
	files map[string]*woven
}

// woven is a file of the tree with the functions of mutants.
type woven struct {
	src     []byte
	pkg     string // the name of its package
	funcs   map[string]*function
	order   []string // of funcs, as they stand in the file
	outside string   // what is in no function
	clones  strings.Builder
	lines   int           // of the source and the clones
	ranges  []cloneOfFunc // ascending
}

// function is one of a file as it is.
type function struct {
	decl   *ast.FuncDecl
	head   string // all up to its body
	text   string
	lbrace int // where its body begins
	cases  string
}

// cloneOfFunc is the lines of a function of a mutant.
type cloneOfFunc struct{ from, to, number int }

func newSchema(t *tree) *schema { return &schema{tree: t, files: map[string]*woven{}} }

// weave reads the functions of a source by their names.
func weave(src []byte) (*woven, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	w := &woven{src: src, pkg: file.Name.Name, funcs: map[string]*function{}, lines: strings.Count(string(src), "\n")}
	var rest strings.Builder
	last := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		name := nameOf(f)
		if w.funcs[name] != nil {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		rest.Write(src[last:at(f.Pos())])
		last = at(f.End())
		w.funcs[name] = &function{
			decl: f, head: string(src[at(f.Pos()):at(f.Body.Lbrace)]), text: string(src[at(f.Pos()):last]), lbrace: at(f.Body.Lbrace),
		}
		w.order = append(w.order, name)
	}
	rest.Write(src[last:])
	w.outside = rest.String()
	return w, nil
}

// nameOf is the name of a function, after that of the type it belongs to.
func nameOf(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name + "." + f.Name.Name
	}
	return "?." + f.Name.Name
}

// add takes a mutant in, and reports whether it could: one that changes more
// than the bodies of functions must be built on its own.
func (s *schema) add(number int, f faulty) bool {
	changed := map[string]map[string]*function{}
	for name, src := range f {
		w, err := s.file(name)
		if err != nil {
			return false
		}
		of, ok := w.changes(src)
		if !ok {
			return false
		}
		changed[name] = of
	}
	for name, of := range changed {
		w := s.files[name]
		for _, fn := range slices.Sorted(maps.Keys(of)) {
			w.clone(number, w.funcs[fn], of[fn])
		}
	}
	return true
}

func (s *schema) file(name string) (*woven, error) {
	if w := s.files[name]; w != nil {
		return w, nil
	}
	src, err := s.tree.read(name)
	if err != nil {
		return nil, err
	}
	w, err := weave(src)
	if err == nil {
		s.files[name] = w
	}
	return w, err
}

// changes returns the functions that differ in another version of the file, and
// whether these are all the difference.
func (w *woven) changes(src []byte) (map[string]*function, bool) {
	now, err := weave(src)
	if err != nil || now.outside != w.outside || len(now.funcs) != len(w.funcs) {
		return nil, false
	}
	changed := map[string]*function{}
	for name, f := range now.funcs {
		old := w.funcs[name]
		if old == nil || old.head != f.head {
			return nil, false
		}
		if old.text == f.text {
			continue
		}
		if _, ok := callOf(old.decl, ""); !ok || f.decl.Name.Name == "init" {
			return nil, false
		}
		changed[name] = f
	}
	return changed, len(changed) > 0
}

// clone adds the function of a mutant, and its call to the function as it is.
func (w *woven) clone(number int, old, now *function) {
	name := old.decl.Name.Name
	renamed := fmt.Sprintf("%s__mutant%d", name, number)
	call, _ := callOf(old.decl, renamed)
	if old.decl.Type.Results == nil || len(old.decl.Type.Results.List) == 0 {
		call += "; return"
	} else {
		call = "return " + call
	}
	old.cases += fmt.Sprintf("case %d: %s; ", number, call)
	skip := int(now.decl.Name.Pos() - now.decl.Pos())
	text := "\n" + now.text[:skip] + renamed + now.text[skip+len(name):] + "\n"
	w.clones.WriteString(text)
	n := strings.Count(text, "\n")
	w.ranges = append(w.ranges, cloneOfFunc{w.lines + 1, w.lines + n, number})
	w.lines += n
}

// callOf is a call of a function under another name with its own arguments. It
// reports false if one of these has no name.
func callOf(f *ast.FuncDecl, name string) (string, bool) {
	var args []string
	for _, p := range f.Type.Params.List {
		dots := ""
		if _, ok := p.Type.(*ast.Ellipsis); ok {
			dots = "..."
		}
		if len(p.Names) == 0 {
			return "", false
		}
		for _, n := range p.Names {
			if n.Name == "_" {
				return "", false
			}
			args = append(args, n.Name+dots)
		}
	}
	call := name + typeArgs(f) + "(" + strings.Join(args, ", ") + ")"
	if f.Recv == nil {
		return call, true
	}
	if len(f.Recv.List) == 0 || len(f.Recv.List[0].Names) == 0 || f.Recv.List[0].Names[0].Name == "_" {
		return "", false
	}
	return f.Recv.List[0].Names[0].Name + "." + call, true
}

func typeArgs(f *ast.FuncDecl) string {
	if f.Type.TypeParams == nil {
		return ""
	}
	var names []string
	for _, p := range f.Type.TypeParams.List {
		for _, n := range p.Names {
			names = append(names, n.Name)
		}
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// faulty returns the files with all mutants in them, and those that say which
// is in use.
func (s *schema) faulty() faulty {
	all := faulty{}
	for name, w := range s.files {
		if len(w.ranges) == 0 {
			continue
		}
		all[name] = w.text()
		folder := path.Dir(name)
		all[folder+"/"+switchFile] = fmt.Appendf(nil, `package %s

import (
	"os"
	"strconv"
)

var %s, _ = strconv.Atoi(os.Getenv(%q))
`, w.pkg, switchName, inUse)
	}
	return all
}

// text puts the file together: no line of it moves.
func (w *woven) text() []byte {
	var b strings.Builder
	last := 0
	for _, name := range w.order {
		if f := w.funcs[name]; f.cases != "" {
			b.Write(w.src[last : f.lbrace+1])
			fmt.Fprintf(&b, " switch %s { %s}; ", switchName, f.cases)
			last = f.lbrace + 1
		}
	}
	b.Write(w.src[last:])
	b.WriteString(w.clones.String())
	return []byte(b.String())
}

// numberAt returns the mutant that a line of a file belongs to; 0 if it is none.
func (s *schema) numberAt(name string, line int) int {
	w := s.files[name]
	if w == nil {
		return 0
	}
	for _, r := range w.ranges {
		if r.from <= line && line <= r.to {
			return r.number
		}
	}
	return 0
}
