package catalogue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

func TestSameSeedSameProducts(t *testing.T) {
	t.Parallel()
	a, b := catalogue.New(7, 300), catalogue.New(7, 300)
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("two catalogues of one seed differ:\n%s", d)
	}
	if cmp.Equal(a, catalogue.New(8, 300)) {
		t.Error("another seed gives the same catalogue")
	}
}

// TestPlacement counts what a first load needs: most products on
// both sides, some differing, some on one side.
func TestPlacement(t *testing.T) {
	t.Parallel()
	c := catalogue.New(1, catalogue.DefaultSize)
	left := map[string]catalogue.Product{}
	for _, p := range c.Rackbeat.Products {
		if _, twice := left[p.Code]; twice || p.Code == "" {
			t.Errorf("rackbeat code %q is blank or there twice", p.Code)
		}
		left[p.Code] = p
	}
	var equal, differing, rightOnly int
	for _, p := range c.Netvisor.Products {
		switch l, both := left[p.Code]; {
		case !both:
			rightOnly++
		case l == p:
			equal++
		default:
			differing++
		}
	}
	leftOnly := len(c.Rackbeat.Products) - equal - differing + 1 // one code is twice in netvisor
	t.Logf("equal %d, differing %d, only rackbeat %d, only netvisor %d", equal, differing, leftOnly, rightOnly)
	if equal+differing+leftOnly+rightOnly != catalogue.DefaultSize {
		t.Errorf("the parts do not add up to %d", catalogue.DefaultSize)
	}
	for what, n := range map[string]int{"equal": equal - 350, "differing": differing - 15, "left": leftOnly - 15, "right": rightOnly - 8} {
		if n < 0 {
			t.Errorf("too few products are %s: %d under the least", what, -n)
		}
	}
}

func TestBarcodes(t *testing.T) {
	t.Parallel()
	c := catalogue.New(1, 400)
	seen := map[string]bool{}
	with := 0
	for _, p := range c.Rackbeat.Products {
		if p.EAN == "" {
			continue
		}
		with++
		sum := 0
		for i, d := range p.EAN {
			sum += int(d-'0') * (1 + 2*(i%2))
		}
		if len(p.EAN) != 13 || sum%10 != 0 || seen[p.EAN] {
			t.Errorf("%s: barcode %q is not a valid one of its own", p.Code, p.EAN)
		}
		seen[p.EAN] = true
	}
	if with < len(c.Rackbeat.Products)*8/10 {
		t.Errorf("only %d of %d have a barcode", with, len(c.Rackbeat.Products))
	}
}

func TestCasesThatMatter(t *testing.T) {
	t.Parallel()
	c := catalogue.New(1, catalogue.DefaultSize)
	has := func(list []catalogue.Product, f func(catalogue.Product) bool) bool {
		return slices.ContainsFunc(list, f)
	}
	code := func(want string) func(catalogue.Product) bool {
		return func(p catalogue.Product) bool { return p.Code == want }
	}
	for name, ok := range map[string]bool{
		"codes that differ in case":   has(c.Rackbeat.Products, code("AB-100")) && has(c.Rackbeat.Products, code("ab-100")),
		"leading zeros":               has(c.Rackbeat.Products, code("004711")) && has(c.Rackbeat.Products, code("4711")),
		"no code in netvisor":         has(c.Netvisor.Products, code("")),
		"a code beyond 50 characters": has(c.Rackbeat.Products, code(catalogue.LongCode)) && len(catalogue.LongCode) > 50,
		"umlauts":                     has(c.Rackbeat.Products, func(p catalogue.Product) bool { return strings.ContainsAny(p.Name, "äöåæø") }),
		"markup": has(c.Rackbeat.Products, func(p catalogue.Product) bool {
			return strings.Contains(p.Description, "€") && strings.ContainsAny(p.Description, "<&")
		}),
		"a group netvisor lacks": has(c.Rackbeat.Products, func(p catalogue.Product) bool { return p.Group == catalogue.RackbeatOnlyGroup }),
		"a group rackbeat lacks": has(c.Netvisor.Products, func(p catalogue.Product) bool { return p.Group == catalogue.NetvisorOnlyGroup }),
		"near-duplicates":        nearDuplicates(c.Rackbeat.Products) > 5,
		"four decimals":          has(c.Rackbeat.Products, func(p catalogue.Product) bool { _, f, _ := strings.Cut(p.Price, "."); return len(f) == 4 }),
		"out of use":             has(c.Netvisor.Products, func(p catalogue.Product) bool { return p.Inactive }),
	} {
		if !ok {
			t.Errorf("the catalogue has no case of: %s", name)
		}
	}
}

// nearDuplicates counts products whose name differs in one letter from that
// of another.
func nearDuplicates(list []catalogue.Product) int {
	masked := map[string]string{}
	n := 0
	for _, p := range list {
		name := []rune(p.Name)
		for i, r := range name {
			name[i] = '?'
			key := string(name)
			name[i] = r
			if other, ok := masked[key]; ok && other != p.Name {
				n++
			}
			masked[key] = p.Name
		}
	}
	return n
}

// TestFakesTakeIt opens the fakes on catalogues of several sizes: every record
// must be one that the system would hold.
func TestFakesTakeIt(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 12, 60, 2000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			c := catalogue.New(3, n)
			r, err := rackbeattest.New(c.RackbeatOptions(""))
			if err != nil {
				t.Fatal(err)
			}
			v, err := netvisortest.New(c.NetvisorOptions(""))
			if err != nil {
				t.Fatal(err)
			}
			if got := len(r.Products()); got != len(c.Rackbeat.Products) {
				t.Errorf("rackbeat holds %d of %d", got, len(c.Rackbeat.Products))
			}
			if got := len(v.Products()); got != len(c.Netvisor.Products) {
				t.Errorf("netvisor holds %d of %d", got, len(c.Netvisor.Products))
			}
			if n > 0 && len(r.Groups()) == len(v.Groups()) && r.Groups()[12].Name == v.Groups()[12].Name {
				t.Error("both systems have the same groups")
			}
		})
	}
}
