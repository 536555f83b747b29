package catalogue_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep/examples/internal/catalogue"
	"github.com/instep-go/instep/netvisor/netvisortest"
	"github.com/instep-go/instep/rackbeat/rackbeattest"
)

var defaults = catalogue.Sizes{
	Products: catalogue.DefaultSize, Customers: catalogue.DefaultCustomers, Suppliers: catalogue.DefaultSuppliers,
}

// TestRegistersStandAlone changes one size at a time: the other registers must
// stay as they are.
func TestRegistersStandAlone(t *testing.T) {
	t.Parallel()
	all := catalogue.NewSized(7, defaults)
	if d := cmp.Diff(all, catalogue.NewSized(7, defaults)); d != "" {
		t.Errorf("two catalogues of one seed differ:\n%s", d)
	}
	if d := cmp.Diff(all.Rackbeat.Products, catalogue.New(7, defaults.Products).Rackbeat.Products); d != "" {
		t.Errorf("customers change the products:\n%s", d)
	}
	for name, part := range map[string]catalogue.Sizes{"customers": {Customers: defaults.Customers}, "suppliers": {Suppliers: defaults.Suppliers}} {
		c := catalogue.NewSized(7, part)
		if name == "customers" && !cmp.Equal(c.Netvisor.Customers, all.Netvisor.Customers) ||
			name == "suppliers" && !cmp.Equal(c.Netvisor.Suppliers, all.Netvisor.Suppliers) {
			t.Errorf("the %s depend on the sizes of other registers", name)
		}
	}
	other := catalogue.NewSized(8, defaults)
	if cmp.Equal(all.Rackbeat.Customers, other.Rackbeat.Customers) || cmp.Equal(all.Rackbeat.Suppliers, other.Rackbeat.Suppliers) {
		t.Error("another seed gives the same parties")
	}
}

// TestPartyPlacement counts the parties without a special case.
func TestPartyPlacement(t *testing.T) {
	t.Parallel()
	c := catalogue.NewSized(1, defaults)
	count := func(name string, left, right []catalogue.Party, least int) {
		if len(left) < least || len(right) < least {
			t.Errorf("%d and %d %s, want %d at least", len(left), len(right), name, least)
		}
		mine := map[string]catalogue.Party{}
		for _, p := range left {
			mine[p.Number] = p
		}
		var equal, differing, rightOnly int
		for _, p := range right {
			switch l, both := mine[p.Number]; {
			case !both:
				rightOnly++
			case l == p:
				equal++
			default:
				differing++
			}
		}
		leftOnly := len(left) - equal - differing
		t.Logf("%s: equal %d, differing %d, only rackbeat %d, only netvisor %d", name, equal, differing, leftOnly, rightOnly)
		if equal < least/2 || differing < 8 || leftOnly < 8 || rightOnly < 8 {
			t.Errorf("the %s are not mixed", name)
		}
	}
	count("customers", c.Rackbeat.Customers, c.Netvisor.Customers, 300)
	count("suppliers", c.Rackbeat.Suppliers, c.Netvisor.Suppliers, 80)
}

// luhn is the check of Swedish ids.
func luhn(digits string) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// checks are the rules for VAT numbers by country, as their authorities
// describe them.
var checks = map[string]func(digits string) bool{
	"FI": validFinnish,
	"DK": validDanish,
	"SE": func(d string) bool { return len(d) == 12 && d[10:] == "01" && luhn(d[:10]) },
	"NO": func(d string) bool {
		d, ok := strings.CutSuffix(d, "MVA")
		return ok && len(d) == 9 && weighted(d, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
	},
	"EE": func(d string) bool { return len(d) == 9 && weighted(d, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0 },
	"DE": func(d string) bool {
		m := 10
		for i := range 8 {
			s := (int(d[i]-'0') + m) % 10
			if s == 0 {
				s = 10
			}
			m = s * 2 % 11
		}
		return len(d) == 9 && (m+int(d[8]-'0'))%10 == 1
	},
}

func weighted(digits string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return sum
}

// TestIDs checks every id of the parties without a special case: they must be
// valid, and no two have the same. Customers and suppliers have none in common.
func TestIDs(t *testing.T) {
	t.Parallel()
	c := catalogue.NewSized(1, catalogue.Sizes{Customers: 6000, Suppliers: 6000})
	owner, by := map[string]string{}, map[string]int{}
	for register, list := range map[string][]catalogue.Party{"customers": c.Rackbeat.Customers, "suppliers": c.Rackbeat.Suppliers} {
		for _, p := range list {
			id := p.VATNumber
			if id == "" && p.BusinessID != "" {
				id = p.Country + strings.ReplaceAll(p.BusinessID, "-", "")
			}
			if len(p.Number) < 4 || id == "" {
				continue
			}
			check := checks[p.Country]
			if id[:2] != p.Country || check == nil || !check(id[2:]) {
				t.Fatalf("%s %q: %q is not valid", register, p.Name, id)
			}
			if p.BusinessID != "" && p.VATNumber != "" && p.Country+strings.ReplaceAll(p.BusinessID, "-", "") != p.VATNumber {
				t.Errorf("%q has the ids %s and %s", p.Name, p.BusinessID, p.VATNumber)
			}
			if other, taken := owner[id]; taken {
				t.Errorf("%s is the id of %q and %q", id, other, p.Name)
			}
			owner[id] = p.Name
			by[p.Country]++
		}
	}
	if len(by) != len(checks) || by["FI"] < 4000 || by["DK"] < 1000 {
		t.Errorf("ids by country: %v", by)
	}
}

// TestPersonalCode checks that the code could be one and is nobody's.
func TestPersonalCode(t *testing.T) {
	t.Parallel()
	digits, n := strings.ReplaceAll(catalogue.PrivateCode, "-", ""), 0
	for _, d := range digits[:9] {
		n = n*10 + int(d-'0')
	}
	if digits[9] != "0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31] || digits[6] != '9' {
		t.Errorf("%s is not of the range for tests, or its check character is wrong", catalogue.PrivateCode)
	}
}

// TestNobodyIsMeant looks at what could reach somebody.
func TestNobodyIsMeant(t *testing.T) {
	t.Parallel()
	c := catalogue.NewSized(1, catalogue.Sizes{Customers: 3000, Suppliers: 3000})
	free := []string{"+358 00 ", "+45 00 ", "+47 00 ", "+372 00 ", "+46 70 174 06 ", "+49 30 23125 ", "+44 7700 900", "+1 218 555 01"}
	for _, p := range slices.Concat(c.Rackbeat.Customers, c.Netvisor.Customers, c.Rackbeat.Suppliers, c.Netvisor.Suppliers) {
		if p.Email != "" && (!strings.HasSuffix(p.Email, ".example") || strings.ContainsFunc(p.Email, func(r rune) bool { return r <= ' ' || r > '~' })) {
			t.Errorf("the address %q", p.Email)
		}
		if p.Phone != "" && !slices.ContainsFunc(free, func(s string) bool { return strings.HasPrefix(p.Phone, s) }) {
			t.Errorf("the number %q", p.Phone)
		}
	}
}

// TestEveryKind looks for a case of each kind, and for the variety asked of
// some of them.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	customers, suppliers := catalogue.CustomerCases(), catalogue.SupplierCases()
	for kind, least := range map[catalogue.Kind][2]int{
		catalogue.WrittenDifferently: {5, 2}, catalogue.SameName: {3, 1}, catalogue.LegalForms: {2, 1},
		catalogue.NumberTwoFirms: {3, 3}, catalogue.NumberOnly: {2, 2}, catalogue.NumberTwice: {1, 0},
		catalogue.Branches: {3, 1}, catalogue.AmbiguousName: {3, 1}, catalogue.Namesakes: {1, 1},
		catalogue.OtherNumber: {2, 1}, catalogue.HeldNumber: {2, 1}, catalogue.NameAlone: {2, 1},
		catalogue.PrivatePeople: {3, 0}, catalogue.OddCode: {5, 3}, catalogue.InvalidID: {3, 1},
		catalogue.SameDigits: {1, 0}, catalogue.NoCountry: {3, 1}, catalogue.UnknownCountry: {3, 1},
		catalogue.OutOfUse: {4, 2}, catalogue.NoPaymentTerm: {2, 0}, catalogue.LongName: {2, 1},
		catalogue.OneSidedLists: {5, 3}, catalogue.NoBusinessID: {0, 3}, catalogue.BothRegisters: {2, 2},
	} {
		got := [2]int{len(catalogue.CasesOf(customers, kind)), len(catalogue.CasesOf(suppliers, kind))}
		if got[0] < least[0] || got[1] < least[1] {
			t.Errorf("%s: %v cases, want %v at least", kind, got, least)
		}
	}
	for _, c := range catalogue.CasesOf(customers, catalogue.LongName) {
		if n := utf8.RuneCountInString(c.Rackbeat[0].Name); n != 250 && n != 251 || strings.TrimSpace(c.Rackbeat[0].Name) != c.Rackbeat[0].Name {
			t.Errorf("the long name has %d characters", n)
		}
	}
}

// TestCaseNumbers has every number of a case be of that case alone, and the
// cases be whole or not there.
func TestCaseNumbers(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]catalogue.Case{"customers": catalogue.CustomerCases(), "suppliers": catalogue.SupplierCases()} {
		of, total := map[string]int{}, 0
		for i, c := range list {
			mine := map[string]bool{}
			for _, p := range slices.Concat(c.Rackbeat, c.Netvisor) {
				mine[p.Number] = true
			}
			for n := range mine {
				if other, taken := of[n]; taken && n != "" {
					t.Errorf("%s: %s is a number of case %d (%s) and %d (%s)", name, n, other, list[other].Kind, i, c.Kind)
				}
				of[n] = i
			}
			total += max(len(c.Rackbeat), len(c.Netvisor))
			if c.Together > min(len(c.Rackbeat), len(c.Netvisor)) {
				t.Errorf("%s %d: %d together", c.Kind, i, c.Together)
			}
		}
		for n := range total + 2 {
			c := catalogue.NewSized(1, catalogue.Sizes{Customers: n, Suppliers: n})
			for _, s := range []catalogue.System{c.Rackbeat, c.Netvisor} {
				if len(s.Customers) > n || len(s.Suppliers) > n {
					t.Fatalf("%d customers and %d suppliers, want %d at most", len(s.Customers), len(s.Suppliers), n)
				}
			}
		}
		t.Logf("%s: %d in cases", name, total)
	}
}

// TestFakesTakeParties opens the fakes on registers of several sizes and looks
// at what they hold.
func TestFakesTakeParties(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 50, 900} {
		c := catalogue.NewSized(3, catalogue.Sizes{Customers: n, Suppliers: n})
		r, err := rackbeattest.New(c.RackbeatOptions(""))
		if err != nil {
			t.Fatal(err)
		}
		v, err := netvisortest.New(c.NetvisorOptions(""))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(r.Customers()), len(c.Rackbeat.Customers); got != want {
			t.Errorf("rackbeat holds %d customers of %d", got, want)
		}
		if got, want := len(r.Suppliers()), len(c.Rackbeat.Suppliers); got != want {
			t.Errorf("rackbeat holds %d suppliers of %d", got, want)
		}
		if got, want := len(v.Customers()), len(c.Netvisor.Customers); got != want {
			t.Errorf("netvisor holds %d customers of %d", got, want)
		}
		if got, want := len(v.Vendors()), len(c.Netvisor.Suppliers); got != want {
			t.Errorf("netvisor holds %d suppliers of %d", got, want)
		}
	}
}

// TestWhatFakesHold follows single parties into the fakes.
func TestWhatFakesHold(t *testing.T) {
	t.Parallel()
	c := catalogue.NewSized(1, defaults)
	r, err := rackbeattest.New(c.RackbeatOptions(""))
	if err != nil {
		t.Fatal(err)
	}
	v, err := netvisortest.New(c.NetvisorOptions(""))
	if err != nil {
		t.Fatal(err)
	}
	names := func(entries []rackbeattest.Entry) map[int]string {
		m := map[int]string{}
		for _, e := range entries {
			m[e.Number] = e.Name
		}
		return m
	}
	groups, terms, layouts := names(r.Entries(rackbeattest.CustomerGroups)), names(r.Entries(rackbeattest.PaymentTerms)), names(r.Entries(rackbeattest.Layouts))
	zones := map[string]int{}
	for i, got := range r.Customers() {
		p := c.Rackbeat.Customers[i]
		zones[got.VATZone]++
		if got.Name != p.Name || groups[got.Group] != p.Group || terms[got.PaymentTerms] != p.PaymentTerm || layouts[got.Layout] == "" {
			t.Errorf("%+v became %+v", p, got)
		}
		if p.Country == "FI" && (got.Country != "Finland" || got.VATZone != rackbeattest.ZoneDomestic) || p.Country == "DK" && got.VATZone != rackbeattest.ZoneEU {
			t.Errorf("%q of %s is in %s, zone %s", p.Name, p.Country, got.Country, got.VATZone)
		}
		if (len(r.CustomerContacts(got.Number)) > 0) != (p.Contact != "") || (len(r.CustomerAddresses(got.Number)) > 0) != (p.Delivery.Street != "") {
			t.Errorf("%q has no contact or address, or too many", p.Name)
		}
	}
	if len(zones) != 3 {
		t.Errorf("customers by VAT zone: %v", zones)
	}
	for i, got := range v.Customers() {
		p := c.Netvisor.Customers[i]
		if got.Code != p.Number || got.Group != p.Group || got.PaymentTerm != p.PaymentTerm || got.Country != p.Country ||
			got.Active == p.Inactive || got.Private != p.Private || (len(got.ContactPersons) > 0) != (p.Contact != "") {
			t.Errorf("%+v became %+v", p, got)
		}
		if p.BusinessID != "" && got.BusinessID != p.BusinessID || p.BusinessID == "" && got.BusinessID != p.VATNumber {
			t.Errorf("%q has the id %q", p.Name, got.BusinessID)
		}
	}
	foreign := 0
	for i, got := range v.Vendors() {
		p := c.Netvisor.Suppliers[i]
		if got.Code != p.Number || got.Group != p.Group || got.Currency != p.Currency || got.NetDays == "" {
			t.Errorf("%+v became %+v", p, got)
		}
		if p.Country != "FI" {
			foreign++
		}
	}
	if foreign < 10 {
		t.Errorf("%d suppliers from abroad", foreign)
	}
}

// TestMarks looks for letters and fields that programs lose.
func TestMarks(t *testing.T) {
	t.Parallel()
	c := catalogue.NewSized(1, defaults)
	missing := map[rune]bool{'å': true, 'ä': true, 'ö': true, 'æ': true, 'ø': true, 'ü': true, 'ß': true, 'õ': true, '\u0308': true}
	filled := map[string]int{}
	for _, p := range c.Rackbeat.Customers {
		for _, letter := range p.Name + p.City + p.Street {
			delete(missing, letter)
		}
		for field, text := range map[string]string{
			"street2": p.Street2, "contact": p.Contact, "delivery": p.Delivery.Street, "vat": p.VATNumber, "no email": p.Email, "no phone": p.Phone,
		} {
			if (text != "") != strings.HasPrefix(field, "no ") {
				filled[field]++
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no customer has the letters %q", string(slices.Collect(maps.Keys(missing))))
	}
	for _, field := range []string{"street2", "contact", "delivery", "vat", "no email", "no phone"} {
		if filled[field] < 5 {
			t.Errorf("%d customers with %s", filled[field], field)
		}
	}
}
