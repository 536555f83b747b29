package netvisor

import (
	"context"
	"log/slog"
	"regexp"
)

// quiet passes log records on without what was searched for: a search for a
// customer holds its name.
type quiet struct{ slog.Handler }

// quietly returns a logger that writes to l, nil if there is none.
func quietly(l *slog.Logger) *slog.Logger {
	if l == nil {
		return nil
	}
	return slog.New(quiet{l.Handler()})
}

var searched = regexp.MustCompile(`(^|[?&])(keyword=)[^&]*`)

// Handle takes the search out of the address.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "url" && a.Value.Kind() == slog.KindString {
			a.Value = slog.StringValue(searched.ReplaceAllString(a.Value.String(), "$1$2[redacted]"))
		}
		clean.AddAttrs(a)
		return true
	})
	return q.Handler.Handle(ctx, clean)
}

// WithAttrs keeps the wrapper.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup keeps the wrapper.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
