// Command custom-connector keeps two systems in step that no package of this
// module knows: articles.csv in a folder, and a depot with an HTTP interface.
//
//	go run ./examples/custom-connector
//	go run ./examples/custom-connector -dir mine
//
// It shows what there is to do, does it, lets somebody change a price in the
// file, does that, and has nothing left to do. With -dir the file stays, to be
// edited; the depot, made up and served by the program itself, begins anew.
//
// article.go, folder.go and depot.go are what somebody writes for systems of
// their own; conformance_test.go proves it.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/memory"
)

// sampleFile is what the folder holds when it is empty.
const sampleFile = byteOrderMark + columns + "\n" +
	"S-100;Sechskantschraube M8;0,12;verzinkt\n" +
	"S-200;Mutter M8;0,05;\n" +
	"S-300;Unterlegscheibe M8;0,02;\"Stahl; 100 Stück\"\n"

func main() {
	dir := flag.String("dir", "", "the folder with articles.csv; empty: a temporary one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *dir)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does three passes and says what each did.
func run(ctx context.Context, w io.Writer, dir string) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "custom-connector-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temp) }()
		dir = temp
	}
	files := newFolder(dir)
	if err := fill(dir, files.path); err != nil {
		return err
	}
	there, stop, err := open(ctx)
	if err != nil {
		return err
	}
	defer stop()
	engine, err := reconcile.New(memory.New(), []reconcile.Pair{pair(files, there)}, nil)
	if err != nil {
		return err
	}
	if err := pass(ctx, w, engine, "The first run"); err != nil {
		return err
	}
	if err := change(ctx, files); err != nil {
		return err
	}
	if err := pass(ctx, w, engine, "After a price was changed in the file"); err != nil {
		return err
	}
	return pass(ctx, w, engine, "Once more")
}

// pair says what belongs together: the file leads.
func pair(files *folder, there *depot) reconcile.Pair {
	rule := func(field string) instep.Rule {
		return instep.Rule{Name: field, Left: instep.End{Field: field}, Right: instep.End{Field: field}, Owner: instep.LeftOwns}
	}
	number := rule("number")
	number.Match, number.CreateOnly = &instep.Match{Rank: 1}, true
	return reconcile.Pair{
		Name: "articles", Left: files, Right: there, First: instep.Left, Flow: instep.ToRight,
		Mapping: instep.Mapping{Rules: []instep.Rule{number, rule("name"), rule("price"), rule("note")}},
	}
}

// pass plans, shows the plan and applies it.
func pass(ctx context.Context, w io.Writer, engine *reconcile.Engine, title string) error {
	plan, err := engine.Plan(ctx, nil)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "%s\n", title)
	for item := range plan.Items() {
		_, _ = fmt.Fprintf(w, "  %-8s %s: %s\n", item.Outcome, item.Label, reconcile.Text(item.Reason))
		for _, c := range item.Fields {
			switch {
			case item.Outcome != instep.Updated:
			case c.From.IsAbsent(): // an engine that holds no values has not read the other side again
				_, _ = fmt.Fprintf(w, "           %s is now %s\n", c.Rule, c.To)
			default:
				_, _ = fmt.Fprintf(w, "           %s %s → %s\n", c.Rule, c.From, c.To)
			}
		}
	}
	summary, err := engine.Apply(ctx, plan)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "  written: %d\n", summary.Pairs[0].Counts.Writes())
	return err
}

// fill puts the sample into a folder that has no file.
func fill(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(sampleFile)
	return errors.Join(err, file.Close())
}

// change is somebody who gives the first article another price.
func change(ctx context.Context, files *folder) error {
	rows, _, err := files.load(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	price := &rows[0][2]
	if *price != "0.13" {
		*price = "0.13"
	} else {
		*price = "0.12"
	}
	return files.save(rows)
}

// open serves the depot on a port of this machine, with articles of its own.
func open(ctx context.Context) (*depot, func(), error) {
	token := rand.Text()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	h := &http.Server{Handler: newServer(token), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.Serve(listener) }()
	d := newDepot("http://"+listener.Addr().String(), token)
	values, err := instep.ParseTexts(fields, "S-200", "Mutter M8", "0.04", "")
	if err != nil {
		_ = h.Close()
		return nil, nil, err
	}
	results, err := d.Write(ctx, []instep.Op{{Fields: values}})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		_ = h.Close()
		return nil, nil, err
	}
	return d, func() { _ = h.Close() }, nil
}
