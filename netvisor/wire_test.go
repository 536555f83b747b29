package netvisor

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)
	for _, tt := range []struct{ name, body, want string }{
		{"empty", "", "no ResponseStatus"},
		{"text", "Service unavailable", "no ResponseStatus"},
		{"other XML", "<feed></feed>", "no ResponseStatus"},
		{"no envelope", "<Root><ProductList/></Root>", "no ResponseStatus"},
		{"HTML", "\n<!DOCTYPE html><html><body>Welcome</body></html>", "web page"},
		{"XHTML", `<?xml version="1.0"?><html xmlns="x"><br/></html>`, "web page"},
		{"cut", strings.TrimSuffix(envelope("<ProductList><Product>"), "</Root>"), "not well-formed XML at byte"},
		{"bare ampersand", envelope("<Product><Name>A & B</Name></Product>"), "not well-formed XML at byte"},
		{"too deep", envelope(deep), "nested more than 24 deep"},
		{"too many", envelope("<Product>" + strings.Repeat("<a/>", 20_001) + "</Product>"), "more than 20000 elements"},
		{"too many attributes", envelope("<Product" + manyAttributes(33) + "/>"), "more than 32 attributes"},
		{"entity", `<!DOCTYPE r [<!ENTITY a "b">]><Root><ResponseStatus><Status>&a;</Status></ResponseStatus></Root>`, "not well-formed XML"},
	} {
		_, err := decode([]byte(tt.body), "products", func(_, _ *node) error { return nil })
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" a" + keyText(int64(i)) + `="1"`)
	}
	return b.String()
}

func TestDecodeShapes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, body, want string }{
		{"list", envelope("<Products><Product><A>1</A></Product><product><a>2</a></product></Products>"), "products/product=1 products/product=2 "},
		{"single", envelope("<PRODUCT><A>1</A></PRODUCT>"), "product=1 "},
		{"status last", "<root><Products><Product><A>1</A></Product></Products><responsestatus><status>OK</status></responsestatus></root>", "products/product=1 "},
		{"empty list", envelope("<Products/>"), ""},
		{"empty element", envelope("<Product></Product>"), "product= "},
		{"text kept", envelope("<Product><A> 1\n</A></Product>"), "product= 1\n "},
		{"namespace", `<Root xmlns="urn:x" xmlns:y="urn:y"><ResponseStatus><Status>OK</Status></ResponseStatus><y:Product><y:A>1</y:A></y:Product></Root>`, "product=1 "},
		{"comments, CDATA", envelope("<!-- x --><Product><A><![CDATA[<1&>]]></A><?pi?></Product>"), "product=<1&> "},
	} {
		var got strings.Builder
		_, err := decode([]byte(tt.body), "products", func(_, n *node) error {
			v := &values{}
			got.WriteString(n.path() + "=" + v.text(n, "a") + " ")
			return nil
		})
		if err != nil || got.String() != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got.String(), err, tt.want)
		}
	}
}

func TestFaultOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status []string
		want   fault
		failed bool
	}{
		{[]string{"OK"}, fault{}, false},
		{nil, fault{}, false},
		{[]string{"FAILED", "INVALID_DATA :: a :: b"}, fault{"INVALID_DATA", "a :: b"}, true},
		{[]string{"failed", "DUPLICATE_DATA ::"}, fault{"DUPLICATE_DATA", ""}, true},
		{[]string{"FAILED", "TECHNICAL_ERROR"}, fault{"TECHNICAL_ERROR", ""}, true},
		{[]string{"FAILED"}, fault{}, true},
		{[]string{"FAILED", "Something went wrong"}, fault{"", "Something went wrong"}, true},
		{[]string{"FAILED", "Not a code :: text"}, fault{"", "Not a code :: text"}, true},
	} {
		got, failed := faultOf(tt.status)
		if got != tt.want || failed != tt.failed {
			t.Errorf("%q: %+v, %v", tt.status, got, failed)
		}
	}
}

func TestScanStatus(t *testing.T) {
	t.Parallel()
	got := scanStatus([]byte("<Root><status>FAILED</STATUS>\x00&&<Status> X :: a &amp; b & c </Status><Status>cut"))
	if want := []string{"FAILED", "X :: a & b & c", "cut"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got := scanStatus([]byte(strings.Repeat("<status>", 100))); len(got) > 4 {
		t.Errorf("%d statuses", len(got))
	}
}

func TestUnreadableValueIsLocated(t *testing.T) {
	t.Parallel()
	body := envelope("<Products><Product><ProductBaseInformation><NetvisorKey>9</NetvisorKey><UnitPrice>12,x secret</UnitPrice></ProductBaseInformation></Product></Products>")
	c := stubbed(t, always(200, body), nil)
	_, err := c.GetProducts(t.Context(), []int64{9}, nil)
	e, ok := errors.AsType[*instep.Error](err)
	if !ok || e.Kind != instep.Malformed || e.Field != "products/product/productbaseinformation/unitprice" || e.Ref.ID != "9" {
		t.Fatalf("%v", err)
	}
	want := strings.Index(body, "12,x")
	if !strings.HasSuffix(e.Err.Error(), "not a decimal number at byte "+keyText(int64(want))) {
		t.Errorf("%v, want byte %d", e.Err, want)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error quotes the reply: %v", err)
	}
}

// rowsBySecondReading counts what decode gives, by reading the reply as a whole.
func rowsBySecondReading(t *testing.T, text []byte, list string) (rows int) {
	t.Helper()
	type element struct {
		XMLName xml.Name
		Kids    []struct {
			XMLName xml.Name
			Kids    []struct{ XMLName xml.Name } `xml:",any"`
		} `xml:",any"`
	}
	var root element
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	if err := d.Decode(&root); err != nil {
		t.Fatalf("taken though %v", err)
	}
	for _, section := range root.Kids {
		switch strings.ToLower(section.XMLName.Local) {
		case "responsestatus", "replies":
		case list:
			rows += len(section.Kids)
		default:
			rows++
		}
	}
	return rows
}

// FuzzDecode feeds hostile replies: no panic, and what is read has the bounds
// that are promised.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"productlist.xml", "getproduct.xml", "getproducts.xml", "authentication-malformed.xml", "extended-1.xml", "productgroups.xml", "getcustomer.xml", "getvendors.xml"} {
		f.Add([]byte(sample(f, name)), "text/xml")
	}
	f.Add([]byte("<Root><ResponseStatus><Status>\xe4</Status>"), "text/xml; charset=iso-8859-15")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, err := toUTF8(body, contentType)
		if err != nil {
			return
		}
		zone := finnishTime()
		rows := 0
		r, err := decode(text, "products", func(_, n *node) error {
			rows++
			if n.name != strings.ToLower(n.name) {
				t.Errorf("the name %q is not in lower case", n.name)
			}
			if d := depthOf(n); d > maxDepth {
				t.Errorf("a record is %d deep", d)
			}
			if _, err := readProduct(n, zone); err != nil && instep.KindOf(err) != instep.Malformed {
				t.Errorf("reading a product: %v", err)
			}
			if _, err := readCustomer(n, zone); err != nil && instep.KindOf(err) != instep.Malformed {
				t.Errorf("reading a customer: %v", err)
			}
			if _, err := readVendor(n, zone); err != nil && instep.KindOf(err) != instep.Malformed {
				t.Errorf("reading a supplier: %v", err)
			}
			v := &values{zone: zone}
			v.extended(n, "FI")
			v.groups(nil, n, 0, "FI")
			return nil
		})
		if err == nil && len(r.status) == 0 {
			t.Error("a reply without a status was accepted")
		}
		if err == nil {
			if want := rowsBySecondReading(t, text, "products"); rows != want {
				t.Errorf("%d rows, and %d by a second reading", rows, want)
			}
		}
	})
}

func depthOf(n *node) int {
	most := 0
	for _, k := range n.kids {
		most = max(most, depthOf(k))
	}
	return most + 1
}
