package reconcile_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// rows returns the activity as lines: what, to whom, which fields, and why.
func rows(t *testing.T, store instep.Journal, after uint64) (lines []string, last uint64) {
	t.Helper()
	list, err := store.Activity(context.Background(), "products", after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		last = a.N
		if len(a.Fields) != len(a.Before) || len(a.Fields) != len(a.After) || a.Run == "" || a.Actor == "" || a.At.IsZero() {
			t.Errorf("row %d is not whole: %+v", a.N, a)
		}
		lines = append(lines, fmt.Sprintf("%s: %s %s/%s %v: %s", a.Outcome, a.Action, a.LeftID, a.RightID, a.Fields, reconcile.Text(a.Message)))
	}
	return lines, last
}

// TestEachWriteHasOneRow compares the log of the systems with the activity.
func TestEachWriteHasOneRow(t *testing.T) {
	t.Parallel()
	stock, books := twoSystems()
	fill(stock, books)
	store := memory.New()
	e := newEngine(t, store, nil, pairOf(stock, books))
	mustRun(t, e, nil)
	first, last := rows(t, store, 0)
	for _, want := range []string{
		"linked: link / []: 5 equal records linked",
		"created: create right A-008/b001 [code name price in use]: new on the left side",
		"updated: update right A-005/105 [name price]: first load: the left side's values stand",
		"review: none /201 []: several records on both sides have the same code; choose which belong together",
		"unfit: none TOO-LONG-CODE/ []: code is longer than the 10 characters that code holds; shorten it",
	} {
		if n := strings.Count("\n"+strings.Join(first, "\n")+"\n", "\n"+want+"\n"); n != 1 {
			t.Errorf("%d rows say %q, want 1; the rows:\n%s", n, want, strings.Join(first, "\n"))
		}
	}
	if n, writes := strings.Count(strings.Join(first, "\n"), "ated: "), len(books.takeWrites()); n != writes {
		t.Errorf("%d rows for %d writes", n, writes)
	}

	stock.edit("A-000", "price", instep.Number(instep.MustDecimal("13")))
	books.edit("101", "title", instep.String("Käsin"))
	mustRun(t, e, nil)
	mustRun(t, e, nil) // nothing new, so no row
	second, _ := rows(t, store, last)
	want := []string{
		"drifted: none A-001/101 [name]: edited on the right side, which does not own it; left alone",
		"updated: update right A-000/100 [price]: edited on the left side",
	}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("rows of the second run (-want +got):\n%s", diff)
	}
}

// TestValuesInTheLogAreSealed wants values in the log only where the caller
// gave a key for them, and hashes everywhere.
func TestValuesInTheLogAreSealed(t *testing.T) {
	t.Parallel()
	for _, seal := range []bool{false, true} {
		stock, books := twoSystems()
		stock.put("A", stockRecord("A", "Kahvi", "1")...)
		store, opt := memory.New(), &reconcile.Options{}
		if seal {
			opt.Seal = func(v instep.Value) []byte { return append([]byte("sealed "), v.String()...) }
		}
		mustRun(t, newEngine(t, store, opt, pairOf(stock, books)), nil)
		list, err := store.Activity(t.Context(), "", 0, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d rows, %v", len(list), err)
		}
		got := list[0].After[1]
		if got.Hash == 0 || string(got.Sealed) != map[bool]string{true: "sealed Kahvi"}[seal] {
			t.Errorf("with sealing %t the log holds %+v", seal, got)
		}
	}
}

// TestEveryMessageHasAText reads the package's own source.
func TestEveryMessageHasAText(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`(?:message|later|unfit)\("([a-z_]+)"`)
	seen := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllSubmatch(body, -1) {
			seen++
			if c := string(m[1]); reconcile.Text(instep.Message{Code: c}) == c {
				t.Errorf("%s: the message %q has no text", file, c)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d messages found in the source", seen)
	}
}

// TestLogHoldsNoValues logs a whole run.
func TestLogHoldsNoValues(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	// The time is left out: "07:12.512" is no value of a record.
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	stock, books := twoSystems()
	fill(stock, books)
	mustRun(t, newEngine(t, memory.New(), &reconcile.Options{Observe: reconcile.Log(log)}, pairOf(stock, books)), nil)
	for _, want := range []string{"msg=written", "msg=planned", "counts.created=5", "left=TOO-LONG-CODE", "level=WARN"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, out.String())
		}
	}
	for _, value := range []string{"Kahvi", "Lang", "12.5"} {
		if strings.Contains(out.String(), value) {
			t.Errorf("the log holds the value %q", value)
		}
	}
}
