package main

import (
	"cmp"
	"context"
	"sync"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
)

// labelled passes everything through to a connector and remembers what the
// records that were read are called, so that a plan can show people a name
// and a number beside an id. The engine finds all that the connector can do through Unwrap.
type labelled struct {
	instep.Source
	get   instep.Getter
	field string // that holds the number or code

	mu    sync.Mutex
	known map[string]label // by id
}

// label is what people call a record.
type label struct{ name, code string }

func withLabels(src instep.Source, field string) *labelled {
	get, _ := instep.As[instep.Getter](src)
	return &labelled{Source: src, get: get, field: field, known: map[string]label{}}
}

// Unwrap returns the connector.
func (l *labelled) Unwrap() any { return l.Source }

// Read reads a page and remembers its names.
func (l *labelled) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	page, err := l.Source.Read(ctx, from)
	l.remember(page.Records)
	return page, err
}

// Get reads records by id and remembers their names.
func (l *labelled) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	recs, err := l.get.Get(ctx, refs)
	l.remember(recs)
	return recs, err
}

func (l *labelled) remember(recs []instep.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range recs {
		if recs[i].Fields.Len() > 0 {
			l.known[recs[i].Ref.ID] = label{textOf(&recs[i], "name"), textOf(&recs[i], l.field)}
		}
	}
}

// of returns what a record is called; empty if it was not read in this run.
func (l *labelled) of(id string) label {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[id]
}

// labels are the connectors of a run, by register and side.
type labels map[string][2]*labelled

// name returns what a record is called; "" if it was not read in this run.
func (l labels) name(pair string, side instep.Side, id string) string {
	return l.of(pair, side, id).name
}

// label returns the number by which people know the records of an item.
func (l labels) label(it reconcile.Item) string {
	left, right := l.of(it.Pair, instep.Left, it.Left.ID), l.of(it.Pair, instep.Right, it.Right.ID)
	if left == (label{}) && right == (label{}) {
		return it.Label
	}
	return cmp.Or(left.code, right.code)
}

func (l labels) of(pair string, side instep.Side, id string) label {
	if both, ok := l[pair]; ok && id != "" {
		return both[side].of(id)
	}
	return label{}
}
