package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"strconv"
)

// draw returns all places of the sources where a fault can be made, in the
// order that the seed gives them. Not all of them compile.
func draw(t *tree, seed uint64) ([]mutant, error) {
	var all []mutant
	for _, folder := range broken {
		names, err := t.sources(folder)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			src, err := t.read(name)
			if err != nil {
				return nil, err
			}
			points, err := pointsOf(name, src)
			if err != nil {
				return nil, err
			}
			all = append(all, points...)
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, nil
}

// finder finds the places in a file.
type finder struct {
	name string
	src  []byte
	fset *token.FileSet
	list []mutant
}

func pointsOf(name string, src []byte) ([]mutant, error) {
	f := &finder{name: name, src: src, fset: token.NewFileSet()}
	file, err := parser.ParseFile(f.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		ast.Inspect(d, f.visit)
	}
	return f.list, nil
}

// operators says what becomes of an operator.
var operators = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL},
	token.AND: {token.OR}, token.OR: {token.AND}, token.SHL: {token.SHR}, token.SHR: {token.SHL},
	token.ADD_ASSIGN: {token.SUB_ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN},
	token.OR_ASSIGN: {token.AND_ASSIGN}, token.AND_ASSIGN: {token.OR_ASSIGN},
	token.INC: {token.DEC}, token.DEC: {token.INC},
	token.BREAK: {token.CONTINUE}, token.CONTINUE: {token.BREAK},
}

func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.operator(n.OpPos, n.Op)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			f.replace(n.OpPos, n.OpPos+1, "", `"!" dropped`)
		}
	case *ast.IncDecStmt:
		f.operator(n.TokPos, n.Tok)
	case *ast.AssignStmt:
		f.operator(n.TokPos, n.Tok)
	case *ast.BranchStmt:
		f.operator(n.TokPos, n.Tok)
	case *ast.BasicLit:
		f.number(n)
	case *ast.Ident:
		f.boolean(n)
	case *ast.IfStmt:
		f.negate(n.Cond)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.CommClause:
		f.statements(n.Body)
	}
	return true
}

func (f *finder) operator(pos token.Pos, op token.Token) {
	for _, to := range operators[op] {
		f.replace(pos, pos+token.Pos(len(op.String())), to.String(), fmt.Sprintf("%q to %q", op, to))
	}
}

// number makes a number one more, and one less.
func (f *finder) number(n *ast.BasicLit) {
	v, err := strconv.ParseInt(n.Value, 0, 32)
	if n.Kind != token.INT || err != nil {
		return
	}
	for _, to := range []int64{v + 1, v - 1} {
		if to >= 0 {
			f.replace(n.Pos(), n.End(), strconv.FormatInt(to, 10), fmt.Sprintf("%d to %d", v, to))
		}
	}
}

func (f *finder) boolean(n *ast.Ident) {
	switch n.Name {
	case "true":
		f.replace(n.Pos(), n.End(), "false", "true to false")
	case "false":
		f.replace(n.Pos(), n.End(), "true", "false to true")
	}
}

// negate turns a condition around, if no operator does the same.
func (f *finder) negate(cond ast.Expr) {
	switch c := cond.(type) {
	case *ast.BinaryExpr:
		if c.Op != token.LAND && c.Op != token.LOR {
			return
		}
	case *ast.UnaryExpr:
		if c.Op == token.NOT {
			return
		}
	}
	f.replace(cond.Pos(), cond.End(), "!("+f.text(cond)+")", "condition negated")
}

// statements drops statements, one at a time. Those that declare something are
// left, because what they declare is used.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.IfStmt, *ast.ExprStmt, *ast.IncDecStmt, *ast.ReturnStmt, *ast.BranchStmt, *ast.DeferStmt, *ast.GoStmt,
			*ast.SendStmt, *ast.ForStmt, *ast.RangeStmt:
		default:
			continue
		}
		f.drop(s)
	}
}

// drop drops a statement, with its lines if nothing else is on them.
func (f *finder) drop(s ast.Stmt) {
	from, to := f.offset(s.Pos()), f.offset(s.End())
	start, end := bytes.LastIndexByte(f.src[:from], '\n')+1, to
	if i := bytes.IndexByte(f.src[to:], '\n'); i >= 0 {
		end = to + i + 1
	}
	if len(bytes.TrimSpace(f.src[start:from])) == 0 && len(bytes.TrimSpace(f.src[to:end])) == 0 {
		from, to = start, end
	}
	f.note(s.Pos(), from, to, "", "dropped: "+firstLine(f.text(s)))
}

func (f *finder) replace(from, to token.Pos, text, what string) {
	f.note(from, f.offset(from), f.offset(to), text, what)
}

func (f *finder) note(pos token.Pos, from, to int, text, what string) {
	at := f.fset.Position(pos)
	f.list = append(f.list, mutant{
		name:  fmt.Sprintf("%s:%d:%d %s", f.name, at.Line, at.Column, what),
		drawn: true,
		edits: []edit{{file: f.name, old: string(f.src[from:to]), new: text, at: from}},
	})
}

func (f *finder) offset(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *finder) text(n ast.Node) string {
	return string(f.src[f.offset(n.Pos()):f.offset(n.End())])
}
