package main

import (
	"context"
	"sync"

	"github.com/instep-go/instep"
)

// labelled passes everything through to a connector and remembers what the
// records that were read are called, so that a plan can show people a name
// beside an id. The engine finds all that the connector can do through Unwrap.
type labelled struct {
	instep.Source
	get   instep.Getter
	field string // that holds the name

	mu    sync.Mutex
	names map[string]string // by id
}

func withLabels(src instep.Source, field string) *labelled {
	get, _ := instep.As[instep.Getter](src)
	return &labelled{Source: src, get: get, field: field, names: map[string]string{}}
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
		if name, ok := recs[i].Fields.Get(l.field).AsString(); ok {
			l.names[recs[i].Ref.ID] = name
		}
	}
}

// name returns what a record is called; "" if it was not read in this run.
func (l *labelled) name(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.names[id]
}
