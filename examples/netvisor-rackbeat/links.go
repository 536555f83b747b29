package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/instep-go/instep"
)

// moveLinks exports or imports which products belong together.
func (s *session) moveLinks(ctx context.Context) error {
	if s.set.links == "export" {
		return s.exportLinks(ctx)
	}
	return s.importLinks(ctx)
}

func (s *session) exportLinks(ctx context.Context) error {
	if s.set.linksFile == "-" {
		return s.engine.ExportLinks(ctx, s.stdout)
	}
	rows := &rowCounter{}
	err := create(s.set.linksFile, func(w io.Writer) error {
		return s.engine.ExportLinks(ctx, io.MultiWriter(w, rows))
	})
	if err == nil {
		s.out.exported(rows.n - 1) // without the header
	}
	return err
}

func (s *session) importLinks(ctx context.Context) error {
	in := s.stdin
	if s.set.linksFile != "-" {
		f, err := os.Open(s.set.linksFile)
		if err != nil {
			return fmt.Errorf("-links import: %w", err)
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	sum, err := s.engine.ImportLinks(ctx, in, s.person())
	if e, ok := errors.AsType[*instep.Error](err); ok && e.Kind == instep.Invalid {
		return fmt.Errorf("-links import: %w; %s", e.Err, e.Remedy)
	}
	if err == nil {
		s.out.imported(sum)
	}
	return err
}

// rowCounter counts the rows of a CSV file that go through it. Ids have no
// line breaks.
type rowCounter struct{ n int }

func (c *rowCounter) Write(p []byte) (int, error) {
	c.n += bytes.Count(p, []byte("\n"))
	return len(p), nil
}
