package netvisortest

import (
	"encoding/xml"
	"math/big"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestDecimals(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, plain, four string }{
		{"42,5", "42.5", "42,5000"}, {"42.5", "42.5", "42,5000"}, {"0", "0", "0,0000"}, {"-0,00", "0", "0,0000"},
		{" 0025 ", "25", "25,0000"}, {"-1,10", "-1.1", "-1,1000"}, {"1,960000000000", "1.96", "1,9600"},
		{"0,1234567890125", "0.123456789013", "0,123456789013"}, {"999999999999999999", "999999999999999999", "999999999999999999,0000"},
		{"0,9999999999999", "1", "1,0000"}, {"-0,0000000000004", "0", "0,0000"},
		{"", "", ""}, {",5", "", ""}, {"5,", "", ""}, {"1.000,00", "", ""}, {"1 000", "", ""}, {"1e3", "", ""}, {"+1", "", ""}, {"--1", "", ""}, {"٣", "", ""},
		{"9999999999999999999", "", ""},
	}
	for _, tt := range tests {
		got, ok := parseDecimal(tt.in)
		if got != tt.plain || ok != (tt.plain != "") {
			t.Errorf("parseDecimal(%q) = %q, %v, want %q", tt.in, got, ok, tt.plain)
		}
		if s := shown(got, 4); s != tt.four {
			t.Errorf("shown(%q) = %q, want %q", got, s, tt.four)
		}
	}
	for in, want := range map[string]string{"1.23455": "1.2346", "-1.23455": "-1.2346", "1.2345": "1.2345", "0.99999": "1", "0.00001": "0"} {
		if got := roundDecimal(in, 4); got != want {
			t.Errorf("roundDecimal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPrices(t *testing.T) {
	t.Parallel()
	tests := []struct {
		price, vat string
		isGross    bool
		net, gross string
	}{
		{"42.5", "25.5", false, "42.5", "53.3375"}, {"10", "24", true, "8.064516129032", "10"}, {"10", "0", true, "10", "10"},
		{"10", "", false, "10", "10"}, {"10", "-100", true, "10", "10"},
	}
	for _, tt := range tests {
		p := Product{UnitPrice: tt.price, VATPercent: tt.vat, GrossPrice: tt.isGross}
		if net, gross := p.prices(); net != tt.net || gross != tt.gross {
			t.Errorf("%+v: %s, %s", tt, net, gross)
		}
	}
}

// FuzzDecimal compares with big.Rat, which reads what we accept exactly.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"42,5", "-0.10", "1.000,5", "0,1234567890125"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseDecimal(s)
		if !ok {
			return
		}
		exact, good := new(big.Rat).SetString(strings.Replace(strings.TrimSpace(s), ",", ".", 1))
		if !good {
			t.Fatalf("%q is taken", s)
		}
		off := new(big.Rat).Sub(exact, rat(got))
		if off.Abs(off).Cmp(big.NewRat(1, 2_000_000_000_000)) > 0 {
			t.Fatalf("%q became %q", s, got)
		}
		if again, ok := parseDecimal(shown(got, 4)); !ok || again != got {
			t.Fatalf("%q shown and read again is %q", got, again)
		}
	})
}

func TestLatin9(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		s := fromLatin([]byte{byte(b)}, latin9)
		back, ok := toLatin9(s)
		if !ok || back != string([]byte{byte(b)}) {
			t.Errorf("%#x is %q is %q", b, s, back)
		}
	}
	for _, s := range []string{"¤", "¦", "¨", "´", "¸", "¼", "½", "¾", "🚀", "Ā"} {
		if _, ok := toLatin9(s); ok {
			t.Errorf("%q is not in ISO-8859-15", s)
		}
	}
	if got := fromLatin([]byte("\xa4\xe4"), nil); got != "¤ä" {
		t.Errorf("ISO-8859-1: %q", got)
	}
}

// writeNode writes a tree back, for the fuzz target below.
func writeNode(d *document, n *node) {
	var attrs []string
	for k, v := range n.attrs {
		attrs = append(attrs, k, v)
	}
	d.open(n.name, attrs...)
	d.escape(n.text)
	for _, kid := range n.kids {
		writeNode(d, kid)
	}
	d.close(n.name)
}

// FuzzMessage compares with encoding/xml's own decoding of the same bytes, and
// what is read must read back from what the fake's writer makes of it.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(minimal("A", "a &amp; <![CDATA[<b>]]>")))
	f.Add([]byte(`<?xml version="1.0" encoding="iso-8859-15"?><Root a="1&#10;2"><b/>t<c>ä</c></Root>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, fault := parseMessage(b)
		if fault != nil {
			return
		}
		var whole struct {
			XMLName xml.Name
			Inner   string `xml:",innerxml"`
		}
		dec := xml.NewDecoder(strings.NewReader(string(b)))
		dec.CharsetReader = nil
		if strings.Contains(strings.ToLower(string(b)), "encoding") {
			return // this oracle knows UTF-8 only
		}
		if err := dec.Decode(&whole); err != nil {
			t.Fatalf("taken though %v", err)
		}
		if strings.ToLower(whole.XMLName.Local) != n.name {
			t.Fatalf("root is %q, want %q", n.name, whole.XMLName.Local)
		}
		if strings.ContainsAny(string(b), ":") || !utf8.Valid(b) {
			return // names without their prefix may collide or be no names
		}
		var d document
		writeNode(&d, n)
		again, fault := parseMessage(d.buf.Bytes())
		if fault != nil {
			t.Fatalf("unreadable: %s", d.buf.String())
		}
		if diff := cmp.Diff(n, again, cmp.AllowUnexported(node{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzCustomer sends any message to customer.nv. What is refused changes
// nothing; what is taken reads back well-formed, and with the name and the
// comment that were sent, by another parser than the fake's.
func FuzzCustomer(f *testing.F) {
	b, err := os.ReadFile("testdata/customer-add.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(customerBody(`<internalidentifier type="automatic"/><name>&#x1F600; a&amp;b</name>`)))
	f.Fuzz(func(t *testing.T, message []byte) {
		s := newServer(t, &Options{PaymentTerms: testTerms()})
		c := inProcess(t, s)
		c.body = func(r *http.Request) { r.Header.Set("Content-Type", "text/xml; charset=utf-8") }
		_, reply := c.do("POST", "/customer.nv?method=add", string(message))
		list := s.Customers()
		if ok := strings.Contains(reply, "<Status>OK</Status>"); ok != (len(list) == 1) {
			t.Fatalf("%d customers after %s", len(list), reply)
		}
		if len(list) == 0 {
			return
		}
		var got struct {
			Status []string `xml:"ResponseStatus>Status"`
			Name   string   `xml:"Customer>CustomerBaseInformation>Name"`
			Note   string   `xml:"Customer>CustomerAdditionalInformation>Comment"`
		}
		c.body = nil
		if err := xml.Unmarshal([]byte(c.get("/getcustomer.nv?id=1")), &got); err != nil {
			t.Fatal(err)
		}
		if got.Name != list[0].Name || got.Note != list[0].Comment || strings.TrimSpace(got.Name) == "" || len(got.Status) != 1 {
			t.Fatalf("%+v is read as %+v", list[0], got)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	s := newServer(b, &Options{Dir: b.TempDir(), DuplicateCodes: true})
	c := inProcess(b, s)
	body := minimal("A", "a")
	b.ReportAllocs()
	for b.Loop() {
		c.do("POST", "/product.nv?method=add", body)
	}
}

func BenchmarkGet400(b *testing.B) {
	o := &Options{}
	var ids []string
	for i := range 400 {
		o.Products = append(o.Products, Product{Name: "Näkkileipä", Group: "Leivät", UnitPrice: "1.5", VATPercent: "14"})
		ids = append(ids, new(big.Int).SetInt64(int64(i+1)).String())
	}
	c := inProcess(b, newServer(b, o))
	target := "/getproduct.nv?idlist=" + strings.Join(ids, ",")
	b.ReportAllocs()
	for b.Loop() {
		c.get(target)
	}
}
