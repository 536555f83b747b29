package main

import (
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"github.com/instep-go/instep/reconcile"
)

// progressView shows how far the writing is.
type progressView interface {
	wrote(e reconcile.Wrote)
	stop()
}

// lines is a line now and then, for files and pipes.
type lines struct {
	w    io.Writer
	next int
}

// steps is how many lines a pass prints at most.
const steps = 10

func (l *lines) wrote(e reconcile.Wrote) {
	if e.Done == 1 {
		l.next = 0
	}
	if e.Done < l.next && e.Done < e.Total {
		return
	}
	l.next = e.Done + max((e.Total+steps-1)/steps, 1)
	if e.Done == 1 && e.Total > 1 {
		l.next = max(e.Total/steps, 2)
		fmt.Fprintf(l.w, "Writing %s.\n", plural(e.Total, registerOf(e.Pair).entity))
		return
	}
	fmt.Fprintf(l.w, "  %s of %s\n", number(e.Done), number(e.Total))
}

func (l *lines) stop() {}

// bar is a progress bar on a terminal, one for each pass.
type bar struct {
	w       io.Writer
	writer  progress.Writer
	tracker *progress.Tracker
	ended   chan struct{}
}

func (b *bar) wrote(e reconcile.Wrote) {
	if b.writer == nil {
		b.begin(e)
	}
	b.tracker.SetValue(int64(e.Done))
	if e.Done >= e.Total {
		b.stop()
	}
}

func (b *bar) begin(e reconcile.Wrote) {
	b.writer, b.ended = progress.NewWriter(), make(chan struct{})
	b.writer.SetOutputWriter(b.w)
	b.writer.SetUpdateFrequency(100 * time.Millisecond)
	b.writer.SetStyle(progress.StyleBlocks)
	b.writer.Style().Visibility.ETA = true
	b.writer.Style().Visibility.TrackerOverall = false
	b.writer.Style().Visibility.Pinned = false
	b.tracker = &progress.Tracker{
		Message: "Writing " + plural(e.Total, registerOf(e.Pair).entity), Total: int64(e.Total), AutoStopDisabled: true,
	}
	b.writer.AppendTracker(b.tracker)
	w, ended := b.writer, b.ended
	go func() {
		defer close(ended)
		w.Render()
	}()
}

// stop ends the bar as it stands and waits until it is drawn.
func (b *bar) stop() {
	if b.writer == nil {
		return
	}
	if b.tracker.PercentDone() >= 100 {
		b.tracker.MarkAsDone()
	}
	for stopped := false; !stopped; {
		b.writer.Stop() // has no effect before the drawing has begun
		select {
		case <-b.ended:
			stopped = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	b.writer = nil
}
