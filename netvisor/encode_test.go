package netvisor

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/instep-go/instep"
)

// fullUpdate sets every field.
func fullUpdate() *ProductUpdate {
	return &ProductUpdate{
		Code: instep.Set("CC"), Group: instep.Set("Books"), Name: instep.Set("Code & <Complete>"),
		Description: instep.Set("a\r\nb"), UnitPrice: decimal("42.5"), Unit: instep.Set("pcs"), UnitWeight: decimal("1"),
		PurchasePrice: decimal("25"), TariffHeading: instep.Set("4901"), ComissionPercentage: decimal("11"),
		IsActive: instep.Set(true), IsSalesProduct: instep.Set(false), InventoryEnabled: instep.Set(true),
		InventoryBatchLinkingMode: instep.Set(4), CountryOfOrigin: instep.Set("FI"),
		PrimaryEAN: instep.Set(EAN{Code: "9780735619678", Type: EAN13}), SecondaryEAN: instep.Set(EAN{Code: "x"}),
		InventoryAlertLimit: decimal("3"), DefaultVATPercent: decimal("25.5"), DefaultDomesticAccount: instep.Set("3000"),
		DefaultEUAccount: instep.Set("3360"), DefaultOutsideEUAccount: instep.Set("3380"),
		NetWeight: decimal("1.4"), GrossWeight: decimal("1.5"), WeightUnit: instep.Set("kg"),
		PackageWidth: decimal("19"), PackageHeight: decimal("23.5"), PackageLength: decimal("4"),
		Dimensions: []Dimension{{Name: "Store", Item: "Turku"}},
		CustomTags: []CustomTag{{Name: "Colour", Type: "text", Value: "red"}},
	}
}

// TestElementOrder is the order of the vendor's documentation, whole.
func TestElementOrder(t *testing.T) {
	t.Parallel()
	want := strings.ReplaceAll(strings.ReplaceAll(`<root><product>
<productbaseinformation>
<productcode>CC</productcode><productgroup>Books</productgroup><name>Code &amp; &lt;Complete&gt;</name>
<description>a&#xD;&#xA;b</description><unitprice type="net">42,5</unitprice><unit>pcs</unit><unitweight>1</unitweight>
<purchaseprice>25</purchaseprice><tariffheading>4901</tariffheading><comissionpercentage>11</comissionpercentage>
<isactive>1</isactive><issalesproduct>0</issalesproduct><inventoryenabled>1</inventoryenabled>
<inventorybatchlinkingmode>4</inventorybatchlinkingmode><countryoforigin type="ISO-3166">FI</countryoforigin>
<primaryeancode type="ean13">9780735619678</primaryeancode><secondaryeancode type="any">x</secondaryeancode>
<inventoryalertlimit>3</inventoryalertlimit>
</productbaseinformation>
<productbookkeepingdetails>
<defaultvatpercentage>25,5</defaultvatpercentage><defaultdomesticaccountnumber>3000</defaultdomesticaccountnumber>
<defaulteuaccountnumber>3360</defaulteuaccountnumber><defaultoutsideeuaccountnumber>3380</defaultoutsideeuaccountnumber>
</productbookkeepingdetails>
<productadditionalinformation>
<productnetweight>1,4</productnetweight><productgrossweight>1,5</productgrossweight><productweightunit>kg</productweightunit>
<dimension><dimensionname>Store</dimensionname><dimensionitem>Turku</dimensionitem></dimension>
<productpackageinformation><packagewidth>19</packagewidth><packageheight>23,5</packageheight><packagelength>4</packagelength></productpackageinformation>
</productadditionalinformation>
<productcustomtags><productcustomtag><tagname>Colour</tagname><tagvalue datatype="text">red</tagvalue></productcustomtag></productcustomtags>
</product></root>`, "\n", ""), "\t", "")
	if got := string(document(fullUpdate().element(false), UTF8)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSparseUpdate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		u    ProductUpdate
		want string
	}{
		{"nothing", ProductUpdate{}, "<productbaseinformation></productbaseinformation>"},
		{
			"absent, cleared and set",
			ProductUpdate{Description: instep.Clear[string](), Name: instep.Set("N"), PrimaryEAN: instep.Clear[EAN]()},
			`<productbaseinformation><name>N</name><description></description><primaryeancode type="any"></primaryeancode></productbaseinformation>`,
		},
		{
			"zero is not blank",
			ProductUpdate{PurchasePrice: decimal("0"), IsActive: instep.Set(false)},
			"<productbaseinformation><purchaseprice>0</purchaseprice><isactive>0</isactive></productbaseinformation>",
		},
		{
			"gross", ProductUpdate{UnitPrice: decimal("1.5"), Gross: true},
			`<productbaseinformation><unitprice type="gross">1,5</unitprice></productbaseinformation>`,
		},
		{
			"a section alone", ProductUpdate{DefaultVATPercent: decimal("14")},
			"<productbaseinformation></productbaseinformation><productbookkeepingdetails><defaultvatpercentage>14</defaultvatpercentage></productbookkeepingdetails>",
		},
	} {
		want := "<root><product>" + tt.want + "</product></root>"
		if got := string(document(tt.u.element(false), UTF8)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, want)
		}
	}
}

func TestDocumentInLatin(t *testing.T) {
	t.Parallel()
	u := ProductUpdate{Name: instep.Set("ä€😀ш")}
	got := string(document(u.element(true), Latin9))
	if !strings.Contains(got, "<name>\xe4\xa4&#128512;&#1096;</name>") {
		t.Errorf("%q", got)
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		s   string
		max int
		ok  bool
	}{
		{"", 1, true}, {"ääääö", 5, true}, {"ääääöå", 5, false}, {"a\tb\r\nc", 0, true},
		{"a\x00", 0, false}, {"\x1b", 0, false}, {"\ufffe", 0, false}, {"\xff", 0, false}, {"😀", 1, true},
	} {
		if err := checkText(tt.s, tt.max); (err == nil) != tt.ok {
			t.Errorf("%q up to %d: %v", tt.s, tt.max, err)
		}
	}
}

// FuzzDocument: every text that is accepted comes back the same from another
// XML reader, in both charsets.
func FuzzDocument(f *testing.F) {
	f.Add("Kahvi & <tee> \"x\" 'y' ä€😀\r\n\t ]]>")
	f.Fuzz(func(t *testing.T, s string) {
		if checkText(s, 0) != nil {
			return
		}
		u := ProductUpdate{Name: instep.Set(s), CustomTags: []CustomTag{{Type: s}}}
		for _, cs := range []Charset{UTF8, Latin9} {
			text := document(u.element(false), cs)
			if cs == Latin9 {
				utf, err := toUTF8(text, "text/xml; charset=iso-8859-15")
				if err != nil {
					t.Fatal(err)
				}
				text = utf
			}
			if got, attr := nameIn(t, text); got != s || attr != s && s != "" {
				t.Fatalf("%s: %q came back as %q and %q", cs, s, got, attr)
			}
		}
	})
}

// nameIn reads a document with the standard library alone.
func nameIn(t *testing.T, text []byte) (name, attr string) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Fatal("the document is not UTF-8")
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	inside := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return name, attr
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inside = e.Name.Local == "name"
			if e.Name.Local == "tagvalue" {
				attr = e.Attr[0].Value
			}
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				name += string(e)
			}
		}
	}
}
