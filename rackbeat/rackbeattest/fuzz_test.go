package rackbeattest

import (
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1": "1", "0": "0", "-0": "0", "-0.00": "0.00", "007.50": "7.50", "1e3": "1000", "1.5E+2": "150",
		"12e-3": "0.012", "-1.25e1": "-12.5", "1.0000000": "1.000000", "99999999999999": "99999999999999",
		"0e30": "0",
		"":     errNotDecimal.Error(), "+1": errNotDecimal.Error(), "1.": errNotDecimal.Error(), ".5": errNotDecimal.Error(),
		"1,5": errNotDecimal.Error(), "1e": errNotDecimal.Error(), "1e31": errNotDecimal.Error(), "--1": errNotDecimal.Error(),
		"0x10": errNotDecimal.Error(), "NaN": errNotDecimal.Error(), "1_0": errNotDecimal.Error(), "1e1e1": errNotDecimal.Error(),
		"100000000000000": errTooBig.Error(), "0.0000001": errTooManyDecs.Error(), "1e-7": errTooManyDecs.Error(),
	} {
		got, err := parseDecimal(in, priceDecimals)
		if err != nil {
			got = Decimal(err.Error())
		}
		if string(got) != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for _, tt := range [][3]Decimal{
		{"10", "2.5", "7.5"}, {"", "0.000001", "-0.000001"}, {"1.10", "1.1", "0"}, {"-3", "-1.25", "-1.75"},
		{"99999999999999", "-0.5", "99999999999999.5"},
	} {
		if got := tt[0].minus(tt[1]); got != tt[2] {
			t.Errorf("%q - %q = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

// FuzzDecimal holds the parser against big.Rat: the value is kept, and the
// result is a JSON number that reads back as itself.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1", "-0.50", "1e3", "12e-3", "1.0000000", "007", "1e-30", "1e30", "1.5E+2", "x", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDecimal(s, priceDecimals)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		got, ok2 := new(big.Rat).SetString(string(d))
		if !ok || !ok2 || want.Cmp(got) != 0 {
			t.Fatalf("%q became %q", s, d)
		}
		if !json.Valid([]byte(d)) {
			t.Fatalf("%q became %q, which is no JSON number", s, d)
		}
		if again, err := parseDecimal(string(d), priceDecimals); err != nil || again != d {
			t.Fatalf("%q reads back as %q, %v", d, again, err)
		}
		if diff := d.minus(d); diff != "0" || d.compare(d) != 0 {
			t.Fatalf("%q - itself = %q", d, diff)
		}
	})
}

// FuzzText holds the escapes against the standard library's decoder.
func FuzzText(f *testing.F) {
	f.Add("a/b \" \\ æ 😀 \u2028 \x00 \x7f", true)
	f.Add("\ufffd\xff", false)
	f.Fuzz(func(t *testing.T, s string, plain bool) {
		var back string
		if err := json.Unmarshal(appendText(nil, s, plain), &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); strings.ToValidUTF8(back, "\ufffd") != want && back != string([]rune(s)) {
			t.Fatalf("%q became %q", s, back)
		}
	})
}

// FuzzPath finds a product by its urlfriendly number, however it is called.
func FuzzPath(f *testing.F) {
	for _, n := range []string{"ABC/123", "#1", "100%", "%2F", "a b", "..", "å"} {
		f.Add(n, false)
		f.Add(n, true)
	}
	f.Fuzz(func(t *testing.T, number string, double bool) {
		s := &Server{opts: Options{DoubleEncoding: double}}
		u, err := url.Parse(vendorHost + "products/" + s.urlFriendly(number))
		if err != nil {
			t.Fatal(err)
		}
		seg, ok := s.segments(u)
		if number == "" {
			return
		}
		if !ok || len(seg) != 2 || seg[1] != number {
			t.Fatalf("%q became %q", number, seg)
		}
	})
}

// FuzzBody sends anything as a body. Whatever is accepted must be stored once
// and come back as valid JSON; whatever is refused must leave nothing.
func FuzzBody(f *testing.F) {
	f.Add(`{"number":"N","name":"x","sales_price":1,"group":1}`)
	f.Add(`{"number":1,"name":" y ","sales_price":"1e2","group":"1","physical":{"weight":1,"weight_unit":"kg"}}`)
	f.Add(`{"number":"\ud800","name":"\u0000","sales_price":-0,"group":1,"is_barred":[]}`)
	f.Add(`{"physical":{"weight":{}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		s, err := New(&Options{RateLimit: -1})
		if err != nil {
			t.Fatal(err)
		}
		p := inProcess(t, s)
		a := p.send("POST", "products", body)
		if !json.Valid([]byte(a.body)) {
			t.Fatalf("%s answered with %s", body, a.body)
		}
		all := s.Products()
		if a.status != http.StatusCreated {
			if a.status/100 != 4 || len(all) != 0 {
				t.Fatalf("%s: status %d, %d products", body, a.status, len(all))
			}
			return
		}
		got := decode[struct{ Product product }](t, a).Product
		if len(all) != 1 || all[0].Number != got.Number || !json.Valid([]byte(body)) {
			t.Fatalf("%s: answered %+v, kept %+v", body, got, all)
		}
		if got.Number != "drafts" { // a path of its own
			p.want(http.StatusOK, "GET", "products/"+got.Friendly, "")
		}
	})
}

// FuzzCustomer sends anything as a customer's body, to a new one and to one that
// is there. What is accepted must be found by its number; what is refused must
// leave nothing.
func FuzzCustomer(f *testing.F) {
	f.Add(`{"company_name":"x","payment_terms_id":1}`)
	f.Add(`{"number":"12","name":" y ","payment_terms_id":"1","address":{"city":"z"},"billing_address":null,"max_credit":"1e2"}`)
	f.Add(`{"number":2147483647,"company_name":"\ud800","payment_terms_id":1,"company_vat":7,"is_barred":[]}`)
	f.Add(`{"billing_address":{"street":{}},"address":[]}`)
	f.Add(`{"number":null,"name":"a","company_name":"b","payment_terms_id":1,"currency":"EUR","vat_zone":"eu"}`)
	f.Fuzz(func(t *testing.T, body string) {
		s, err := New(&Options{RateLimit: -1, Customers: []Customer{{Number: 5, Name: "a"}}})
		if err != nil {
			t.Fatal(err)
		}
		p := inProcess(t, s)
		for _, to := range []struct{ method, path string }{{"POST", "customers"}, {"PUT", "customers/5"}} {
			before := s.Customers()
			a := p.send(to.method, to.path, body)
			if !json.Valid([]byte(a.body)) {
				t.Fatalf("%s answered with %s", body, a.body)
			}
			if a.status/100 != 2 {
				if a.status/100 != 4 || !slices.Equal(before, s.Customers()) {
					t.Fatalf("%s %s: status %d, kept %+v", to.method, body, a.status, s.Customers())
				}
				continue
			}
			got := decode[struct{ Customer party }](t, a).Customer
			kept, ok := s.Customer(got.Number)
			if !ok || kept.Name != got.Name || kept.Name == "" {
				t.Fatalf("%s %s: answered %+v, kept %+v", to.method, body, got, kept)
			}
			found := p.want(http.StatusOK, "GET", "customers/"+strconv.Itoa(got.Number), "")
			if found.body != a.body {
				t.Fatalf("%s %s: answered %s, then %s", to.method, body, a.body, found.body)
			}
		}
	})
}
