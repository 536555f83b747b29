package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/reconcile"
)

// settings is what the flags say.
type settings struct {
	first     instep.Side // whose values stand in the first load
	apply     bool
	readOnly  bool
	sweep     bool
	limit     int
	only      []string
	drift     reconcile.DriftPolicy
	state     string
	mapping   string // file; "" is the built-in one
	changes   int
	products  int
	seed      uint64
	endpoints endpoints

	json         bool
	all          bool
	verbose      bool
	printMapping bool
}

// endpoints says where the systems are. Without addresses they are the fakes.
type endpoints struct {
	rackbeat, netvisor string
	requestLife        time.Duration // less than 0: the vendors' own
	perMinute          int           // 0: the vendor's own
}

func (e *endpoints) given() bool { return e.rackbeat != "" }

func parse(args []string, stderr io.Writer) (*settings, error) {
	set := &settings{}
	fs := flag.NewFlagSet("netvisor-rackbeat", flag.ContinueOnError)
	plan := fs.Bool("plan", false, "only show what would be done (the default)")
	fs.BoolVar(&set.apply, "apply", false, "do it")
	from := fs.String("from", "rackbeat", "`system` whose values stand in the first load: rackbeat or netvisor")
	drift := fs.String("drift", "report", "what becomes of edits in Netvisor: report leaves them, revert `undoes` them")
	set.runFlags(fs)
	set.systemFlags(fs)
	set.outputFlags(fs)
	if err := parseQuietly(fs, args, stderr); err != nil {
		return nil, err
	}
	if *plan && set.apply {
		return nil, errors.New("-plan and -apply contradict each other; give one of them")
	}
	return set, errors.Join(set.choose(*from, *drift), set.check())
}

func (st *settings) runFlags(fs *flag.FlagSet) {
	fs.StringVar(&st.state, "state", "instep-state", "`folder` of the state and of the fakes' data")
	fs.BoolVar(&st.sweep, "sweep", false, "read both registers as a whole, not only what changed")
	fs.IntVar(&st.limit, "limit", 0, "write at most `N` times (default: no limit)")
	fs.Func("only", "write only this `record`: rackbeat/product/AB-100, netvisor/product/31, or the number alone; can be repeated",
		func(s string) error { st.only = append(st.only, s); return nil })
	fs.BoolVar(&st.readOnly, "read-only", false, "make sure that nothing is written to either system")
	fs.StringVar(&st.mapping, "mapping", "", "`file` with another mapping, in the form of -print-mapping")
	fs.BoolVar(&st.printMapping, "print-mapping", false, "print the mapping as JSON and end")
}

func (st *settings) systemFlags(fs *flag.FlagSet) {
	fs.StringVar(&st.endpoints.rackbeat, "rackbeat", "", "base `URL` of Rackbeat (default: a fake)")
	fs.StringVar(&st.endpoints.netvisor, "netvisor", "", "base `URL` of Netvisor (default: a fake)")
	fs.DurationVar(&st.endpoints.requestLife, "request-life", -1,
		"how `long` a request without reply may still be carried out (default: what the vendors are known for)")
	fs.IntVar(&st.endpoints.perMinute, "per-minute", 0, "most requests a minute to Rackbeat (default: 480; -1: no limit)")
	fs.IntVar(&st.changes, "changes", 0, "edit `N` products in the fakes first, half on each side")
	fs.IntVar(&st.products, "products", catalogue.DefaultSize, "how many `products` fakes begin with that are made now")
	fs.Uint64Var(&st.seed, "seed", 1, "`seed` of these products")
}

func (st *settings) outputFlags(fs *flag.FlagSet) {
	fs.BoolVar(&st.json, "json", false, "print JSON Lines; the last one is the summary")
	fs.BoolVar(&st.all, "all", false, "show every row of the plan")
	fs.BoolVar(&st.verbose, "v", false, "log requests and events to the standard error")
}

// parseQuietly has the usage printed on demand only, so that a mistake is one
// line.
func parseQuietly(fs *flag.FlagSet, args []string, stderr io.Writer) error {
	fs.SetOutput(io.Discard)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(stderr)
		fs.Usage()
		return err
	case err != nil:
		return fmt.Errorf("%w; -help lists the flags", err)
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q; -help lists the flags", fs.Arg(0))
	}
	return nil
}

func (st *settings) choose(from, drift string) error {
	switch from {
	case "rackbeat":
		st.first = instep.Left
	case "netvisor":
		st.first = instep.Right
	default:
		return fmt.Errorf("-from %q is no system; give rackbeat or netvisor", from)
	}
	switch drift {
	case "report":
		st.drift = reconcile.ReportDrift
	case "revert":
		st.drift = reconcile.RevertDrift
	default:
		return fmt.Errorf("-drift %q is no policy; give report or revert", drift)
	}
	return nil
}

func (st *settings) check() error {
	const most = 1_000_000
	switch {
	case st.state == "":
		return errors.New("-state is empty; name a folder")
	case st.readOnly && st.apply:
		return errors.New("-read-only and -apply contradict each other; give one of them")
	case st.limit < 0:
		return errors.New("-limit is negative; give the most writes, or leave it out")
	case st.changes < 0 || st.products < 0 || st.products > most:
		return fmt.Errorf("-changes and -products take a number from 0 to %d", most)
	case (st.endpoints.rackbeat == "") != (st.endpoints.netvisor == ""):
		return errors.New("only one of -rackbeat and -netvisor is given; give both, or neither to use the fakes")
	case st.endpoints.given() && st.changes > 0:
		return errors.New("-changes edits records, which it does in the fakes only; leave it out, or leave -rackbeat and -netvisor out")
	}
	return nil
}
