package reconcile

import (
	"context"
	"log/slog"
	"time"

	"github.com/instep-go/instep"
)

// Event is something that happened during a run, for progress bars and logs.
// It is one of the types of this file.
type Event interface{ event() }

// Probed tells what a system said of itself before a run.
type Probed struct {
	Pair   string
	Side   instep.Side
	Report instep.Report
}

// Recovering tells that writes of an earlier run are in doubt, and how long
// the engine waits before it can tell that a missing one was not carried out.
type Recovering struct {
	Pair   string
	Side   instep.Side
	Writes int
	Wait   time.Duration
}

// PageRead tells that a page was read.
type PageRead struct {
	Pair  string
	Side  instep.Side
	Sweep bool // whether the register is read as a whole
	Read  int  // records read on this side so far
	Done  bool // whether it was the last page
}

// Planned tells what a pass would do.
type Planned struct {
	Pair   string
	Counts Counts
}

// Wrote tells what became of one write.
type Wrote struct {
	Pair    string
	Side    instep.Side // the side written
	Action  instep.Action
	Left    instep.Ref
	Right   instep.Ref
	Fields  []string // names of rules
	Outcome instep.Outcome
	Err     error // the vendor's answer where it was not done
	Done    int   // writes finished in this pass so far
	Total   int   // writes of this pass
}

// Held tells that a record was set aside for the first time: it is unfit,
// needs a person, or is gone.
type Held struct {
	Pair    string
	Left    instep.Ref
	Right   instep.Ref
	Outcome instep.Outcome
	Message instep.Message
}

// PairDone tells that a pass over a pair has ended.
type PairDone struct{ Summary PairSummary }

func (Probed) event()     {}
func (Recovering) event() {}
func (PageRead) event()   {}
func (Planned) event()    {}
func (Wrote) event()      {}
func (Held) event()       {}
func (PairDone) event()   {}

// Log returns an observer that writes events to l: what a person must know
// as Warn, the ends of runs as Info, the rest as Debug. It logs ids and names
// of fields, never values.
func Log(l *slog.Logger) func(Event) {
	return func(e Event) {
		level, text, attrs := describe(e)
		l.LogAttrs(context.Background(), level, text, attrs...)
	}
}

func describe(e Event) (slog.Level, string, []slog.Attr) {
	switch e := e.(type) {
	case Probed:
		return slog.LevelDebug, "probed", []slog.Attr{slog.String("pair", e.Pair), slog.String("installation", e.Report.Installation)}
	case Recovering:
		return slog.LevelInfo, "finding out what became of earlier writes",
			[]slog.Attr{slog.String("pair", e.Pair), slog.String("side", e.Side.String()), slog.Int("writes", e.Writes), slog.Duration("wait", e.Wait)}
	case PageRead:
		return slog.LevelDebug, "page read", []slog.Attr{slog.String("pair", e.Pair), slog.String("side", e.Side.String()), slog.Int("read", e.Read)}
	case Planned:
		return slog.LevelInfo, "planned", []slog.Attr{slog.String("pair", e.Pair), slog.Any("counts", e.Counts)}
	case Wrote:
		return describeWrote(e)
	case Held:
		return slog.LevelWarn, "set aside: " + Text(e.Message),
			[]slog.Attr{slog.String("pair", e.Pair), slog.String("left", e.Left.ID), slog.String("right", e.Right.ID), slog.String("outcome", e.Outcome.String())}
	case Paused:
		return slog.LevelWarn, "paused", []slog.Attr{slog.String("pair", e.Pair), slog.String("side", e.Side.String()), slog.String("error", e.Err.Error())}
	case PairDone:
		return slog.LevelInfo, "done", []slog.Attr{slog.String("pair", e.Summary.Name), slog.Any("counts", e.Summary.Counts)}
	default:
		return slog.LevelDebug, "event", nil
	}
}

func describeWrote(e Wrote) (slog.Level, string, []slog.Attr) {
	attrs := []slog.Attr{
		slog.String("pair", e.Pair), slog.String("side", e.Side.String()), slog.String("action", e.Action.String()),
		slog.String("left", e.Left.ID), slog.String("right", e.Right.ID), slog.Any("fields", e.Fields),
		slog.String("outcome", e.Outcome.String()),
	}
	if e.Err != nil {
		return slog.LevelWarn, "write not done", append(attrs, slog.String("error", e.Err.Error()))
	}
	return slog.LevelDebug, "written", attrs
}
