package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/company"
	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/reconcile"
)

// settings is what the flags say.
type settings struct {
	registers []*register
	cascade   company.Options // what proves that two customers or suppliers are one
	first     instep.Side     // whose values stand in the first load
	apply     bool
	planOnly  bool // -plan was given
	readOnly  bool
	sweep     bool
	limit     int
	only      []string
	drift     reconcile.DriftPolicy
	deletes   reconcile.DeletePolicy
	state     string
	mapping   string // file; "" is the built-in one
	changes   int
	sizes     catalogue.Sizes
	seed      uint64
	endpoints endpoints

	newCustomer, newSupplier []instep.Field // what new records of Rackbeat get
	createMissing            []string       // lists of Rackbeat that new entries are added to

	out       string // file to save the plan to
	applyPlan string // file with a plan to apply
	values    bool   // the saved plan holds the values
	report    bool
	reviews   bool
	answers   []answer
	why       string // reference, or the id alone
	links     string // "export" or "import"
	linksFile string // "-" is the standard output or input

	json         bool
	all          bool
	verbose      bool
	printMapping bool
}

// writes reports whether the two systems may be written to.
func (st *settings) writes() bool { return st.apply || st.applyPlan != "" && !st.planOnly }

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
	fs.BoolVar(&set.planOnly, "plan", false, "only show what would be done (the default)")
	fs.BoolVar(&set.apply, "apply", false, "do it")
	from := fs.String("from", "rackbeat", "`system` whose values stand in the first load: rackbeat or netvisor")
	chosen := fs.String("registers", "customers,suppliers,products", "which `registers` to bring into step")
	names := fs.String("names", "link", "what becomes of customers and suppliers that have only the name in common: `policy` link or propose, which asks a person")
	drift := fs.String("drift", "report", "what becomes of edits in Netvisor: `policy` report leaves them, revert undoes them")
	deletes := fs.String("deletes", "ignore", "what becomes of the counterpart of a deleted record: `policy` ignore reports it, unlink lets it stay on its own,\n"+
		"deactivate sets it out of use, delete deletes it (in Netvisor, products can only be set out of use, and suppliers neither)")
	set.runFlags(fs)
	set.savedFlags(fs)
	set.askFlags(fs)
	set.systemFlags(fs)
	set.outputFlags(fs)
	rest, err := parseQuietly(fs, args, stderr)
	if err != nil {
		return nil, err
	}
	if set.linksFile, err = theFile(set.links, rest); err != nil {
		return nil, err
	}
	for _, check := range []func() error{
		func() error { return checkCommands(fs) },
		func() error { return set.checkTexts(fs) },
		func() error { return set.choose(*from, *drift, *deletes) },
		func() error { return set.match(*chosen, *names) },
		set.check,
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func (st *settings) runFlags(fs *flag.FlagSet) {
	fs.StringVar(&st.state, "state", "instep-state", "`folder` of the state and of the fakes' data")
	fs.BoolVar(&st.sweep, "sweep", false, "read both registers as a whole, not only what changed")
	fs.IntVar(&st.limit, "limit", 0, "write at most `N` times (default: no limit)")
	fs.BoolVar(&st.cascade.TrustNumbers, "trust-numbers", false, "link customers and suppliers that have only the number in common, instead of asking a person")
	fs.Func("only", "write only this `record`: rackbeat/product/AB-100, netvisor/customer/31, or the number alone; can be repeated",
		func(s string) error { st.only = append(st.only, s); return nil })
	fs.BoolVar(&st.readOnly, "read-only", false, "make sure that nothing is written to either system")
	fs.StringVar(&st.mapping, "mapping", "", "`file` with another mapping, in the form of -print-mapping")
	fs.BoolVar(&st.printMapping, "print-mapping", false, "print the mapping as JSON and end")
}

func (st *settings) savedFlags(fs *flag.FlagSet) {
	fs.StringVar(&st.out, "out", "", "save the plan to this new `file`, to be looked at and applied later")
	fs.StringVar(&st.applyPlan, "apply-plan", "", "carry out what still holds of the plan in this `file`; with -plan only show it.\n"+
		"Give the same -from, -drift, -deletes and -mapping as when it was saved")
	fs.BoolVar(&st.values, "values", false, "with -out also save the values, sealed with the key in PLAN_KEY; with -apply-plan show them")
}

func (st *settings) askFlags(fs *flag.FlagSet) {
	fs.BoolVar(&st.report, "report", false, "tell in plain words what would be done, what needs an answer and what cannot be")
	fs.BoolVar(&st.reviews, "reviews", false, "list what waits for a person, with the answers there are")
	fs.Func("answer", "settle what -reviews lists: `ID=ANSWER`, such as products/12=link:netvisor/product/31; can be repeated",
		func(s string) error { return st.addAnswer(s) })
	fs.StringVar(&st.why, "why", "", "tell what is known of a `record`: rackbeat/product/AB-100, or the number alone")
	fs.StringVar(&st.links, "links", "", "`export` or import, as CSV, which records belong together; the file is named after it")
}

func (st *settings) systemFlags(fs *flag.FlagSet) {
	fs.StringVar(&st.endpoints.rackbeat, "rackbeat", "", "base `URL` of Rackbeat (default: a fake)")
	fs.StringVar(&st.endpoints.netvisor, "netvisor", "", "base `URL` of Netvisor (default: a fake)")
	fs.DurationVar(&st.endpoints.requestLife, "request-life", -1,
		"how `long` a request without reply may still be carried out (default: what the vendors are known for)")
	fs.IntVar(&st.endpoints.perMinute, "per-minute", 0, "most requests a minute to Rackbeat (default: 480; -1: no limit)")
	fs.Func("new", "what new customers and suppliers of Rackbeat get where Netvisor has nothing: `FIELD=VALUE` such as customer.layout=Standard; can be repeated",
		func(s string) error { return st.addNew(s) })
	fs.Func("create-missing", "`list` of Rackbeat to which entries are added that Netvisor has: customer_groups or payment_terms; can be repeated",
		func(s string) error { return st.addMissing(s) })
	fs.IntVar(&st.changes, "changes", 0, "edit `N` records of each register in the fakes first, half on each side")
	fs.IntVar(&st.sizes.Customers, "customers", catalogue.DefaultCustomers, "how many `customers` fakes begin with that are made now")
	fs.IntVar(&st.sizes.Suppliers, "suppliers", catalogue.DefaultSuppliers, "how many `suppliers`")
	fs.IntVar(&st.sizes.Products, "products", catalogue.DefaultSize, "how many `products`")
	fs.Uint64Var(&st.seed, "seed", 1, "`seed` of these records")
}

func (st *settings) outputFlags(fs *flag.FlagSet) {
	fs.BoolVar(&st.json, "json", false, "print JSON Lines; the last one of a run is the summary")
	fs.BoolVar(&st.all, "all", false, "show every row, and with -reviews every case")
	fs.BoolVar(&st.verbose, "v", false, "log requests and events to the standard error")
}

// parseQuietly has the usage printed on demand only, so that a mistake is one
// line. It returns the arguments that are no flags, wherever they stand.
func parseQuietly(fs *flag.FlagSet, args []string, stderr io.Writer) (rest []string, err error) {
	fs.SetOutput(io.Discard)
	for {
		switch err := fs.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			fs.SetOutput(stderr)
			fs.Usage()
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("%w; -help lists the flags", err)
		case fs.NArg() == 0:
			return rest, nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// theFile returns the one argument that -links takes besides its own.
func theFile(links string, rest []string) (string, error) {
	switch {
	case len(rest) == 0:
		return "", nil
	case links != "" && len(rest) == 1:
		return rest[0], nil
	case links != "":
		return "", fmt.Errorf("unexpected argument %q; -links takes one file", rest[1])
	default:
		return "", fmt.Errorf("unexpected argument %q; -help lists the flags", rest[0])
	}
}

func (st *settings) choose(from, drift, deletes string) (err error) {
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
	if st.deletes, err = reconcile.ParseDeletePolicy(deletes); err != nil {
		return fmt.Errorf("-deletes %q is no policy; give ignore, unlink, deactivate or delete", deletes)
	}
	return nil
}

// match says which registers are brought into step, and what proves that two
// of their records are one.
func (st *settings) match(chosen, names string) (err error) {
	switch names {
	case "link":
	case "propose":
		st.cascade.ProposeNames = true
	default:
		return fmt.Errorf("-names %q is no policy; give link or propose", names)
	}
	st.registers, err = chooseRegisters(chosen)
	return err
}

// noun is what one of the records of a run is called.
func (st *settings) noun() string {
	if len(st.registers) == 1 {
		return st.registers[0].entity
	}
	return "record"
}

func (st *settings) check() error {
	const most = 1_000_000
	switch {
	case st.state == "":
		return errors.New("-state is empty; name a folder")
	case st.readOnly && st.apply:
		return errors.New("-read-only and -apply contradict each other; give one of them")
	case st.readOnly && st.writes():
		return errors.New("-read-only and -apply-plan contradict each other; give -plan as well to see the plan only")
	case st.limit < 0:
		return errors.New("-limit is negative; give the most writes, or leave it out")
	case min(st.changes, st.sizes.Customers, st.sizes.Suppliers, st.sizes.Products) < 0,
		max(st.sizes.Customers, st.sizes.Suppliers, st.sizes.Products) > most:
		return fmt.Errorf("-changes, -customers, -suppliers and -products take a number from 0 to %d", most)
	case st.report && st.json:
		return errors.New("-report is for people and -json for programs; give one of them")
	case (st.endpoints.rackbeat == "") != (st.endpoints.netvisor == ""):
		return errors.New("only one of -rackbeat and -netvisor is given; give both, or neither to use the fakes")
	case st.endpoints.given() && st.changes > 0:
		return errors.New("-changes edits records, which it does in the fakes only; leave it out, or leave -rackbeat and -netvisor out")
	}
	return nil
}
