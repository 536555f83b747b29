package netvisortest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAddAndEdit(t *testing.T) {
	t.Parallel()
	now := noon
	s := newServer(t, &Options{Now: func() time.Time { return now }})
	for _, c := range []*client{inProcess(t, s), overSocket(t, s)} {
		c.now = now
		added := c.post("/product.nv?method=add", sample(t, "product-add.xml"))
		key := between(added, "<InsertedDataIdentifier>", "<")
		if key == "" {
			t.Fatal(added)
		}
		list := s.Products()
		want := Product{
			Key: len(list), Code: "RYE-C", Name: "Complete rye 330 g", Description: " Viipaloitu\npussi ", Group: "Books", UnitPrice: "42.5",
			Unit: "pc", UnitWeight: "1", PurchasePrice: "25", TariffHeading: "Complete rye 330 g", CommissionPercentage: "11",
			Active: true, SalesProduct: true, BatchLinkingMode: "1", CountryOfOrigin: "FI", PrimaryEAN: "6417326001233", SecondaryEAN: "AB-1",
			AlertLimit: "2.5", VATPercent: "25.5", DomesticAccount: "3000", EUAccount: "3360", OutsideEUAccount: "3380",
			NetWeight: "0.75", GrossWeight: "0.8", WeightUnit: "kg", PackageWidth: "17", PackageHeight: "3.5", PackageLength: "24",
			Dimensions: []Dimension{{"Project", "A"}, {"Cost centre", "B"}},
			CustomTags: []CustomTag{{"Colour", "Red", "text"}}, LastChanged: now,
		}
		if diff := cmp.Diff(want, list[len(list)-1]); diff != "" {
			t.Fatal(diff)
		}

		now = now.Add(time.Minute)
		c.now = now
		wantSample(t, "product-edit-reply.xml", strings.Replace(c.post("/product.nv?method=EDIT&id="+key, sample(t, "product-edit.xml")), stamp(now), "15.1.2024 14:01:00", 1))
		want.Code, want.Description, want.UnitPrice, want.GrossPrice, want.PurchasePrice, want.PrimaryEAN = "", "", "19.9", true, "", ""
		want.VATPercent, want.LastChanged = "14", now
		want.Dimensions = []Dimension{{"Project", "A"}}
		want.CustomTags = nil
		if diff := cmp.Diff(want, s.Products()[len(list)-1]); diff != "" {
			t.Error("what the message does not name must stay:", diff)
		}
	}
	if diff := cmp.Diff([]Group{{Key: 1, Name: "Books"}}, s.Groups()); diff != "" {
		t.Error("groups:", diff)
	}
	if r, w := s.Counts(); r != 0 || w != 4 {
		t.Errorf("%d reads, %d writes", r, w)
	}
}

func TestAddReply(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Products: []Product{{Key: 30, Name: "x", Deleted: true}}})
	wantSample(t, "product-add-reply.xml", inProcess(t, s).post("/product.nv?method=add", minimal("A", "a")))
}

func TestRefusedWrites(t *testing.T) {
	t.Parallel()
	base := func(inner string) string {
		return "<root><product><productbaseinformation>" + inner + "</productbaseinformation></product></root>"
	}
	const (
		group  = "<productgroup>G</productgroup>"
		name   = "<name>N</name>"
		price  = `<unitprice type="net">1,5</unitprice>`
		active = "<isactive>1</isactive>"
		sales  = "<issalesproduct>0</issalesproduct>"
		rest   = group + name + price + active + sales
	)
	long := func(n int) string { return strings.Repeat("ä", n) }
	tests := []struct {
		name, target, body string
		code               string // "" is success
		text               string // part of the text
	}{
		{"complete", "add", base(rest), "", ""},
		{"other case", "add", strings.ToUpper(base(rest)[:len("<root><product>")]) + strings.TrimPrefix(strings.Replace(base(rest), "</product></root>", "</PRODUCT></ROOT>", 1), "<root><product>"), "", ""},
		{"point for comma", "add", base(group + name + `<unitprice type="gross">1.50</unitprice>` + active + sales), "", ""},
		{"longest code", "add", base("<productcode>" + long(50) + "</productcode>" + rest), "", ""},
		{"long code", "add", base("<productcode>" + long(51) + "</productcode>" + rest), "INVALID_DATA", "productcode can have at most 50"},
		{"longest name", "add", base(group + "<name>" + long(200) + "</name>" + price + active + sales), "", ""},
		{"long name", "add", base(group + "<name>" + long(201) + "</name>" + price + active + sales), "INVALID_DATA", "name can have at most 200"},
		{"longest unit", "add", base(group + name + price + "<unit> " + long(50) + " </unit>" + active + sales), "", ""},
		{"long unit", "add", base(group + name + price + "<unit>" + long(51) + "</unit>" + active + sales), "INVALID_DATA", "unit can have at most 50"},
		{"no group", "add", base(name + price + active + sales), "INVALID_DATA", "missing: productgroup"},
		{"no name", "add", base(group + price + active + sales), "INVALID_DATA", "missing: name"},
		{"no price", "add", base(group + name + active + sales), "INVALID_DATA", "missing: unitprice"},
		{"no isactive", "add", base(group + name + price + sales), "INVALID_DATA", "missing: isactive"},
		{"no issalesproduct", "add", base(group + name + price + active), "INVALID_DATA", "missing: issalesproduct"},
		{"no base information", "add", "<root><product><productbookkeepingdetails/></product></root>", "INVALID_DATA", "missing: productbaseinformation"},
		{"no product", "add", "<root/>", "INVALID_DATA", "missing: product"},
		{"two products", "add", strings.Replace(base(rest), "</root>", base(rest)[len("<root>"):], 1), "INVALID_DATA", "more than once: product"},
		{"blank name", "edit&id=1", base("<name>  </name>"), "INVALID_DATA", "empty: name"},
		{"empty price", "edit&id=1", base(`<unitprice type="net"/>`), "INVALID_DATA", "empty: unitprice"},
		{"empty group", "edit&id=1", base("<productgroup></productgroup>"), "INVALID_DATA", "empty: productgroup"},
		{"empty isactive", "edit&id=1", base("<isactive/>"), "INVALID_DATA", "empty: isactive"},
		{"wrong order", "edit&id=1", base(name + group), "INVALID_DATA", "wrong place: productgroup"},
		{"wrong order of sections", "edit&id=1", "<root><product><productbookkeepingdetails/><productbaseinformation/></product></root>", "INVALID_DATA", "wrong place: productbaseinformation"},
		{"ean in the wrong section", "edit&id=1", "<root><product><productadditionalinformation><primaryeancode>1</primaryeancode></productadditionalinformation></product></root>", "INVALID_DATA", "Unknown element: primaryeancode"},
		{"read name for a written one", "edit&id=1", "<root><product><productbookkeepingdetails><defaultvatpercent>24</defaultvatpercent></productbookkeepingdetails></product></root>", "INVALID_DATA", "Unknown element: defaultvatpercent"},
		{"repeated", "edit&id=1", base(name + name), "INVALID_DATA", "more than once: name"},
		{"unknown", "edit&id=1", base("<colour>red</colour>"), "INVALID_DATA", "Unknown element: colour"},
		{"element in a text", "edit&id=1", base("<name>a<b>c</b></name>"), "INVALID_DATA", "Unknown element: b"},
		{"other root", "edit&id=1", "<product/>", "INVALID_DATA", "Unknown element: product"},
		{"price without type", "edit&id=1", base("<unitprice>1</unitprice>"), "INVALID_DATA", "unitprice has its attribute type"},
		{"price in words", "edit&id=1", base(`<unitprice type="net">one</unitprice>`), "INVALID_DATA", "unitprice has a value"},
		{"price with thousands", "edit&id=1", base(`<unitprice type="net">1.000,5</unitprice>`), "INVALID_DATA", "unitprice has a value"},
		{"bad flag", "edit&id=1", base("<isactive>true</isactive>"), "INVALID_DATA", "isactive has a value"},
		{"bad mode", "edit&id=1", base("<inventorybatchlinkingmode>9</inventorybatchlinkingmode>"), "INVALID_DATA", "inventorybatchlinkingmode has a value"},
		{"country without type", "edit&id=1", base("<countryoforigin>FI</countryoforigin>"), "INVALID_DATA", "countryoforigin has its attribute"},
		{"country by name", "edit&id=1", base(`<countryoforigin type="ISO-3166">Finland</countryoforigin>`), "INVALID_DATA", "countryoforigin has a value"},
		{"short ean", "edit&id=1", base(`<primaryeancode type="ean13">123</primaryeancode>`), "INVALID_DATA", "primaryeancode has a value"},
		{"unknown ean type", "edit&id=1", base(`<primaryeancode type="isbn">123</primaryeancode>`), "INVALID_DATA", "primaryeancode has its attribute"},
		{"nothing to change", "edit&id=1", "<root><product/></root>", "", ""},
		{"no method", "", base(rest), "INVALID_DATA", "method is missing"},
		{"other method", "delete&id=1", base(rest), "INVALID_DATA", "method has a value"},
		{"edit without id", "edit", base(rest), "INVALID_DATA", "id is missing"},
		{"edit of the unknown", "edit&id=99", base(rest), "INVALID_DATA", "Product not found with id: 99"},
		{"edit of the deleted", "edit&id=3", base(name), "INVALID_DATA", "Product not found with id: 3"},
		{"code in use", "add", base("<productcode> A </productcode>" + rest), "DUPLICATE_DATA", "in use: A"},
		{"code in use by edit", "edit&id=2", base("<productcode>A</productcode>"), "DUPLICATE_DATA", "in use: A"},
		{"own code", "edit&id=1", base("<productcode>A</productcode>"), "", ""},
		{"code in other case", "add", base("<productcode>a</productcode>" + rest), "", ""},
		{"code of the deleted", "add", base("<productcode>C</productcode>" + rest), "", ""},
		{"no xml", "add", "hello", "INVALID_DATA", "not valid XML"},
		{"nothing", "add", "", "INVALID_DATA", "not valid XML"},
		{"torn", "add", base(rest)[:80], "INVALID_DATA", "not valid XML"},
		{"two roots", "add", "<root/><root/>", "INVALID_DATA", "not valid XML"},
		{"document type", "add", "<!DOCTYPE root [<!ENTITY a 'b'>]>" + base(rest), "INVALID_DATA", "not valid XML"},
		{"unknown entity", "edit&id=1", base("<name>&auml;</name>"), "INVALID_DATA", "not valid XML"},
		{"control character", "edit&id=1", base("<name>a\x01</name>"), "INVALID_DATA", "not valid XML"},
		{"broken utf-8", "edit&id=1", base("<name>\xe4</name>"), "INVALID_DATA", "not valid XML"},
		{"deep", "add", strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1), "INVALID_DATA", "not valid XML"},
		{"many", "add", "<root>" + strings.Repeat("<a/>", maxElements) + "</root>", "INVALID_DATA", "not valid XML"},
		{"big", "add", "<root>" + strings.Repeat(" ", 1<<20) + "</root>", "INVALID_DATA_SIZE", "too large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, &Options{MaxBody: 1 << 20, Products: []Product{
				{Code: "A", Name: "a", Group: "G"}, {Code: "B", Name: "b", Group: "G"}, {Code: "C", Name: "c", Group: "G", Deleted: true},
			}})
			before := s.Products()
			target := "/product.nv"
			if tt.target != "" {
				target += "?method=" + tt.target
			}
			status, body := inProcess(t, s).do("POST", target, tt.body)
			if (status == 200) != (tt.code == "") || code(body) != tt.code || !strings.Contains(body, tt.text) {
				t.Errorf("got %d %s, want %s %q", status, body, tt.code, tt.text)
			}
			if tt.code != "" {
				if diff := cmp.Diff(before, s.Products()); diff != "" {
					t.Error("a refused message changed something:", diff)
				}
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	for lang, want := range map[string]string{
		"FI": "Pakollinen elementti puuttuu: productgroup", "SE": "Ett obligatoriskt element saknas: productgroup",
		"EN": "A mandatory element is missing: productgroup", "en": "A mandatory element is missing: productgroup",
		"XX": "Pakollinen elementti puuttuu: productgroup",
	} {
		c := inProcess(t, s)
		c.head = func(h http.Header) { h.Set("X-Netvisor-Interface-Language", lang) }
		_, body := c.do("POST", "/product.nv?method=add", "<root><product><productbaseinformation/></product></root>")
		if got := between(body, "INVALID_DATA :: ", "<"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestTextsAreComplete(t *testing.T) {
	t.Parallel()
	all := []text{
		textNoHeader, textTimestamp, textStale, textAlgorithm, textPartner, textCustomer, textOrganisation, textMAC, textNotUnique,
		textOverlap, textDenied, textMethod, textStorage, textParameter, textNoParameter, textListSize, textBodySize, textCharset, textXML,
		textUnknownElement, textOrder, textRepeated, textMissing, textEmpty, textTooLong, textValue, textAttribute, textNoProduct, textDuplicate, textExtended,
		textNoCustomer, textNoVendor, textNoPerson, textNoOffice, textNoAccount, textAccounts, textNoTerm, textInvoiced, textDuplicateCustomer, textDuplicateVendor,
	}
	verbs := func(s string) string {
		var out strings.Builder
		for part := range strings.SplitSeq(s, "%") {
			out.WriteString(part[:min(1, len(part))])
		}
		return out.String()[1:]
	}
	for _, tx := range all {
		for _, s := range tx {
			if s == "" || verbs(s) != verbs(tx[english]) {
				t.Errorf("%q does not match %q", s, tx[english])
			}
		}
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	const name = "Päärynä Öljy å & < > \" ' š€"
	const escaped = "Päärynä Öljy å &amp; &lt; &gt; \" ' š€"
	latin, ok := toLatin9(escaped)
	if !ok {
		t.Fatal("not in ISO-8859-15")
	}
	one := func(s string) string { // ISO-8859-1 has neither š nor €
		l, _ := toLatin9(strings.NewReplacer("š", "s", "€", "e").Replace(s))
		return l
	}
	tests := []struct{ name, contentType, head, body, want string }{
		{"unsaid", "", "", escaped, name},
		{"text/plain", "text/plain", "", escaped, name},
		{"utf-8 header", "text/xml; charset=utf-8", "", escaped, name},
		{"utf-8 declaration", "text/xml", `<?xml version="1.0" encoding="UTF-8"?>`, escaped, name},
		{"mark", "text/xml; charset=iso-8859-1", "\xef\xbb\xbf", escaped, name},
		{"latin header", "text/xml; charset=ISO-8859-15", "", latin, name},
		{"latin declaration", "text/xml", `<?xml version='1.0' encoding='iso-8859-15' standalone="yes"?>`, latin, name},
		{"header over declaration", `application/xml; charset="iso-8859-15"`, `<?xml version="1.0" encoding="utf-8"?>`, latin, name},
		{"latin-1", "text/xml; charset=iso-8859-1", "", one(escaped), strings.NewReplacer("š", "s", "€", "e").Replace(name)},
		{"emoji", "text/xml; charset=utf-8", "", "🚀 &#x1F600; &amp;amp;", "🚀 😀 &amp;"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, nil)
			c := inProcess(t, s)
			c.body = func(r *http.Request) {
				r.Header.Del("Content-Type")
				if tt.contentType != "" {
					r.Header.Set("Content-Type", tt.contentType)
				}
			}
			c.post("/product.nv?method=add", tt.head+minimal("X", tt.body))
			if got := s.Products()[0].Name; got != tt.want {
				t.Errorf("stored %q, want %q", got, tt.want)
			}
			n, f := parseMessage([]byte(c.get("/getproduct.nv?id=1")))
			if f != nil {
				t.Fatal("the reply is not well-formed")
			}
			for _, part := range []string{"product", "productbaseinformation"} {
				n = child(n, part)
			}
			if got := child(n, "name").text; got != tt.want {
				t.Errorf("read back %q, want %q", got, tt.want)
			}
		})
	}
	c := inProcess(t, newServer(t, nil))
	c.body = func(r *http.Request) { r.Header.Set("Content-Type", "text/xml; charset=utf-16") }
	if _, body := c.do("POST", "/product.nv?method=add", minimal("", "x")); !strings.Contains(body, "not supported: utf-16") {
		t.Error(body)
	}
}

func child(n *node, name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return &node{}
}

func TestNormalisation(t *testing.T) {
	t.Parallel()
	for _, lossy := range []bool{false, true} {
		s := newServer(t, &Options{LossyPrices: lossy})
		c := inProcess(t, s)
		c.post("/product.nv?method=add", `<root><product><productbaseinformation><productcode> 007 </productcode><productgroup> Books </productgroup>
			<name>  Two  words </name><unitprice type="net">0012,345650000</unitprice><unit> kpl </unit><purchaseprice>1,99999</purchaseprice>
			<isactive>1</isactive><issalesproduct>0</issalesproduct></productbaseinformation></product></root>`)
		p := s.Products()[0]
		want := [6]string{"007", "Books", "Two  words", "12.34565", "kpl", "1.99999"}
		if lossy {
			want[3], want[5] = "12.3457", "2"
		}
		if got := [6]string{p.Code, p.Group, p.Name, p.UnitPrice, p.Unit, p.PurchasePrice}; got != want {
			t.Errorf("lossy %v: %q, want %q", lossy, got, want)
		}
		body := c.get("/getproduct.nv?id=1")
		if got := between(body, `<UnitPrice type="net">`, "<"); got != map[bool]string{false: "12,34565", true: "12,3457"}[lossy] {
			t.Errorf("lossy %v: shown as %q", lossy, got)
		}
	}
}

func TestDuplicatesAccepted(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{DuplicateCodes: true})
	c := inProcess(t, s)
	c.post("/product.nv?method=add", minimal("A", "first"))
	c.post("/product.nv?method=add", minimal("A", "second"))
	if got := keysIn(c.get("/getproduct.nv?codelist=A")); got != "1 2" {
		t.Errorf("by list: %q", got)
	}
	if got := keysIn(c.get("/getproduct.nv?code=A")); got != "1" {
		t.Errorf("by code: %q", got)
	}
}

func TestExtendedManagement(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{ExtendedProducts: true})
	c := inProcess(t, s)
	c.post("/product.nv?method=add", minimal("A", "a"))
	status, body := c.do("POST", "/product.nv?method=edit&id=1", minimal("A", "b"))
	if status != 400 || code(body) != "INVALID_DATA" || s.Products()[0].Name != "a" {
		t.Errorf("edited: %d %s", status, body)
	}
}

func TestGroupByPath(t *testing.T) {
	t.Parallel()
	s := newServer(t, shop())
	c := inProcess(t, s)
	for _, group := range []string{"Juomat / Maitojuomat", "Maitojuomat", "Juomat / Runot"} {
		c.post("/product.nv?method=add", strings.Replace(minimal("", "x"), "Books", group, 1))
	}
	want := []Group{{2, "Juomat", 0}, {5, "Maitojuomat", 2}, {6, "Juomat / Runot", 0}}
	if diff := cmp.Diff(want, s.Groups()); diff != "" {
		t.Error(diff)
	}
	if body := c.get("/getproduct.nv?id=173"); !strings.Contains(body, "<ProductGroup>Maitojuomat</ProductGroup>") {
		t.Error(body)
	}
}
