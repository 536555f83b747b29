package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/internal/fakeserver"
)

// settings is what the flags and the environment say.
type settings struct {
	dir       string
	seed      uint64
	sizes     catalogue.Sizes
	empty     map[string]bool // vendors that begin without records
	json      bool
	control   string // token of the control door; "" keeps it shut
	faults    fakeserver.Faults
	faultSeed uint64
	http      map[string]*int // ports by vendor; 0 is any free one
	https     map[string]*int
}

// maxRecords bounds what a slip of the finger can make, in each register.
const maxRecords = 1_000_000

func parse(args []string, stderr io.Writer, getenv func(string) string) (*settings, error) {
	set := &settings{empty: map[string]bool{}, http: map[string]*int{}, https: map[string]*int{}}
	fs := flag.NewFlagSet("vendors", flag.ContinueOnError)
	fs.StringVar(&set.dir, "dir", "", "`folder` that keeps the records and the certificate (default: in memory)")
	fs.Uint64Var(&set.seed, "seed", 1, "`seed` of the made-up records")
	fs.IntVar(&set.sizes.Products, "products", catalogue.DefaultSize, "how many `products` to make up, over all vendors")
	fs.IntVar(&set.sizes.Customers, "customers", catalogue.DefaultCustomers, "how many `customers` to make up, over all vendors")
	fs.IntVar(&set.sizes.Suppliers, "suppliers", catalogue.DefaultSuppliers, "how many `suppliers` to make up, over all vendors")
	empty := fs.String("empty", "", "`vendors` that begin without records, separated by commas")
	fs.BoolVar(&set.json, "json", false, "print one line of JSON")
	fs.StringVar(&set.control, "control", "", "open the control door to bearers of this `token` (or VENDORS_CONTROL_TOKEN)")
	faults := fs.String("faults", "", "`faults` of every vendor, such as \"lost=5%,429=5%,500=2%,slow=200ms\"")
	fs.Uint64Var(&set.faultSeed, "fault-seed", 1, "`seed` from which faults are drawn")
	for _, v := range vendors {
		set.http[v.name] = fs.Int(v.name+"-port", 0, "HTTP `port` of "+v.name+" (default: a free one)")
		set.https[v.name] = fs.Int(v.name+"-tls-port", 0, "HTTPS `port` of "+v.name+" (default: a free one)")
	}
	if err := parseQuietly(fs, args, stderr); err != nil {
		return nil, err
	}
	set.control = cmp.Or(set.control, getenv("VENDORS_CONTROL_TOKEN"))
	var err error
	if set.faults, err = fakeserver.ParseFaults(*faults); err != nil {
		return nil, fmt.Errorf("-faults: %w", err)
	}
	return set, set.check(*empty)
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

func (st *settings) check(empty string) error {
	for _, r := range []struct {
		flag string
		size int
	}{{"-products", st.sizes.Products}, {"-customers", st.sizes.Customers}, {"-suppliers", st.sizes.Suppliers}} {
		if r.size < 0 || r.size > maxRecords {
			return fmt.Errorf("%s %d: give a number from 0 to %d", r.flag, r.size, maxRecords)
		}
	}
	for name := range strings.SplitSeq(empty, ",") {
		if name == "" {
			continue
		}
		if _, known := st.http[name]; !known {
			return fmt.Errorf("-empty %s: there is no such vendor; known are %s", name, names())
		}
		st.empty[name] = true
	}
	for _, v := range vendors {
		for _, port := range []int{*st.http[v.name], *st.https[v.name]} {
			if port < 0 || port > 65535 {
				return fmt.Errorf("port %d of %s: give a number from 1 to 65535", port, v.name)
			}
		}
	}
	return nil
}
