package netvisor

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

// equal compares typed values; an Opt and a Decimal are compared with ==.
var equal = cmp.Options{
	cmp.Comparer(func(a, b instep.Opt[instep.Decimal]) bool { return a == b }),
	cmp.Comparer(func(a, b instep.Opt[bool]) bool { return a == b }),
	cmp.Comparer(func(a, b instep.Opt[time.Time]) bool {
		x, xs := a.Get()
		y, ys := b.Get()
		return xs == ys && x.Equal(y)
	}),
}

func TestListProducts(t *testing.T) {
	t.Parallel()
	var target string
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		target = r.URL.RequestURI()
		return answerWith(r, 200, sample(t, "productlist.xml")), nil
	}), &Options{BaseURL: "https://proxy.example/netvisor"})
	list, err := c.ListProducts(t.Context(), &ProductFilter{
		ChangedSince: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), Keyword: "a&b",
		Published: instep.Set(true), Unpublished: instep.Set(true), Deleted: instep.Set(false),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &ProductList{
		Rows: []ProductRow{
			{
				Key: 165, Code: "TT", Name: "Testituote", UnitPrice: decimal("1.96"), UnitGrossPrice: decimal("2.4304"),
				GroupID: 2, GroupDescription: "Books / Science fiction books", URI: "https://isvapi.netvisor.figetproduct.nv?id=165",
			},
			{Key: 7, Name: "Å & Ö", UnitPrice: decimal("244.12"), URI: "/getproduct.nv?id=7"},
		},
		At: time.Date(2026, 1, 9, 11, 42, 50, 0, time.UTC),
	}
	if diff := cmp.Diff(want, list, equal); diff != "" {
		t.Error(diff)
	}
	const wantTarget = "/netvisor/productlist.nv?changedsince=2026-07-01T12%3A00%3A00&keyword=a%26b&published=1&unpublished=1&deleted=0"
	if target != wantTarget {
		t.Errorf("asked for %s", target)
	}
}

func TestGetProducts(t *testing.T) {
	t.Parallel()
	var target string
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		target = r.URL.RequestURI()
		return answerWith(r, 200, sample(t, "getproduct.xml")), nil
	}), nil)
	got, err := c.GetProducts(t.Context(), []int64{165}, &GetOptions{Reply: NotDeleted, SubProducts: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []Product{{
		Key: 165, Code: "CC", Group: "Books", Name: "Code Complete", Description: "Second edition",
		UnitPrice: decimal("42.5"), UnitGrossPrice: decimal("52.7"), Unit: "pcs", UnitWeight: decimal("1"),
		PurchasePrice: decimal("25"), TariffHeading: "4901", ComissionPercentage: decimal("11"),
		IsActive: instep.Set(true), IsSalesProduct: instep.Set(false), CountryOfOrigin: "FI",
		BookKeeping: &BookKeeping{
			DefaultVATPercent: decimal("25.5"), DefaultDomesticAccount: "3000", DefaultEUAccount: "3360", DefaultOutsideEUAccount: "3380",
			Dimensions: []Dimension{{Name: "Store", NameKey: 3, Item: "Turku", ItemKey: 8}},
		},
		Inventory: &Inventory{
			Amount: decimal("5"), MidPrice: decimal("24.5"), Value: decimal("122.5"), ReservedAmount: decimal("1"),
			OrderedAmount: decimal("2"), AccountNumber: "1530",
		},
		Additional: &Additional{
			NetWeight: decimal("1.4"), GrossWeight: decimal("1.5"), WeightUnit: "kg", PackageWidth: decimal("19"),
			PackageHeight: decimal("23.5"), PackageLength: decimal("4"), PackageUnit: "cm", PrimaryEANCode: "9780735619678",
		},
		SubProducts: []SubProduct{{Key: 7, Amount: decimal("2"), PurchasePriceChange: decimal("0"), UnitPriceChange: decimal("-1.5")}},
	}}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	if target != "/getproduct.nv?idlist=165&showsubproducts=1&replyoption=1" {
		t.Errorf("asked for %s", target)
	}
}

// TestGrossOnly: old data gives the price as brutto; the net price is unknown,
// and blank fields of a section that is there are null.
func TestGrossOnly(t *testing.T) {
	t.Parallel()
	c := stubbed(t, always(200, sample(t, "getproducts.xml")), nil)
	got, err := c.GetProducts(t.Context(), []int64{3, 4, 9}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Key != 3 || got[1].Key != 9 || got[0].Name != " Three " {
		t.Fatalf("products %+v", got)
	}
	nine := productTable.record(&got[1])
	if nine.Status != instep.Inactive || !nine.Fields.Get(FieldUnitPrice).IsAbsent() ||
		nine.Fields.Get(FieldUnitGrossPrice) != instep.Number(instep.MustDecimal("12.4")) {
		t.Errorf("record %v", nine)
	}
	three := productTable.record(&got[0])
	for _, name := range []string{FieldCode, FieldUnitPrice, FieldDescription, FieldIsActive, FieldPrimaryEAN, FieldNetWeight} {
		if three.Fields.Get(name) != instep.Null() {
			t.Errorf("%s is %v, want null", name, three.Fields.Get(name))
		}
	}
	for _, name := range []string{FieldVATPercent, FieldInventoryAmount} { // sections that are not there
		if !three.Fields.Get(name).IsAbsent() {
			t.Errorf("%s is %v, want absent", name, three.Fields.Get(name))
		}
	}
	if three.Status != instep.Live {
		t.Errorf("status %v", three.Status)
	}
}

func TestNotFoundByEmptyElement(t *testing.T) {
	t.Parallel()
	c := stubbed(t, always(200, sample(t, "getproduct-notfound.xml")), nil)
	if got, err := c.GetProducts(t.Context(), []int64{1}, nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := c.GetProductsByEAN(t.Context(), "x", nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestBatches: at most 400 keys or codes a request, a code with a comma alone,
// and long codes in shorter lists.
func TestBatches(t *testing.T) {
	t.Parallel()
	var asked []url.Values
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Query())
		return answerWith(r, 200, envelope("<Products/>")), nil
	}), nil)
	keys := make([]int64, 901)
	codes := []string{"", "a,b"}
	for i := range keys {
		keys[i] = int64(i + 1)
		codes = append(codes, fmt.Sprintf("C%d", i))
	}
	if _, err := c.GetProducts(t.Context(), keys, nil); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, q := range asked {
		sizes = append(sizes, strings.Count(q.Get("idlist"), ",")+1)
	}
	if diff := cmp.Diff([]int{400, 400, 101}, sizes); diff != "" {
		t.Error(diff)
	}
	asked = nil
	if _, err := c.GetProductsByCode(t.Context(), append(codes, strings.Repeat("x", 3990)), nil); err != nil {
		t.Fatal(err)
	}
	if asked[0].Get("code") != "a,b" {
		t.Errorf("the code with a comma was asked for as %v", asked[0])
	}
	total := 0
	for _, q := range asked[1:] {
		list := q.Get("codelist")
		n := strings.Count(list, ",") + 1
		if total += n; n > 400 || len(list) > maxCodeList {
			t.Errorf("%d codes of %d bytes in one request", n, len(list))
		}
	}
	if total != 902 || len(asked) != 5 {
		t.Errorf("%d codes in %d requests", total, len(asked))
	}
}

func TestAddProduct(t *testing.T) {
	t.Parallel()
	var body, kind, target string
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body, kind, target = string(text), r.Header.Get("Content-Type"), r.Method+" "+r.URL.RequestURI()
		return answerWith(r, 200, sample(t, "added.xml")), nil
	}), nil)
	got, err := c.AddProduct(t.Context(), &ProductUpdate{
		Group: instep.Set("Books"), Name: instep.Set("Näin"), Code: instep.Set(""), Unit: instep.Clear[string](),
		PurchasePrice: instep.Clear[instep.Decimal](),
	})
	if err != nil || got.Key != 31 || !got.At.Equal(time.Date(2013, 10, 9, 10, 42, 50, 0, time.UTC)) {
		t.Errorf("%+v, %v", got, err)
	}
	const want = `<root><product><productbaseinformation><productgroup>Books</productgroup><name>Näin</name>` +
		`<unitprice type="net">0</unitprice><isactive>1</isactive><issalesproduct>1</issalesproduct></productbaseinformation></product></root>`
	if body != want || kind != "text/xml; charset=utf-8" || target != "POST /product.nv?method=add" {
		t.Errorf("%s, %s\n%s", target, kind, body)
	}
}

// TestRefusedBeforeSending names the element, and nothing is sent.
func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	add := func(change func(*ProductUpdate)) *ProductUpdate {
		u := &ProductUpdate{Group: instep.Set("G"), Name: instep.Set("N")}
		change(u)
		return u
	}
	for _, tt := range []struct {
		element string
		u       *ProductUpdate
	}{
		{"name", add(func(u *ProductUpdate) { u.Name = instep.Set("  ") })},
		{"name", add(func(u *ProductUpdate) { u.Name = instep.Clear[string]() })},
		{"name", add(func(u *ProductUpdate) { u.Name = instep.Set(strings.Repeat("ä", 201)) })},
		{"productgroup", add(func(u *ProductUpdate) { u.Group = instep.Clear[string]() })},
		{"productcode", add(func(u *ProductUpdate) { u.Code = instep.Set(strings.Repeat("x", 51)) })},
		{"unit", add(func(u *ProductUpdate) { u.Unit = instep.Set(strings.Repeat("x", 51)) })},
		{"description", add(func(u *ProductUpdate) { u.Description = instep.Set("\x00") })},
		{"inventorybatchlinkingmode", add(func(u *ProductUpdate) { u.InventoryBatchLinkingMode = instep.Set(9) })},
		{"primaryeancode", add(func(u *ProductUpdate) { u.PrimaryEAN = instep.Set(EAN{Code: "\x01"}) })},
		{"secondaryeancode", add(func(u *ProductUpdate) { u.SecondaryEAN = instep.Set(EAN{Code: "\x01"}) })},
		{"dimension", add(func(u *ProductUpdate) { u.Dimensions = []Dimension{{Item: "\x01"}} })},
		{"productcustomtag", add(func(u *ProductUpdate) { u.CustomTags = []CustomTag{{Type: "\x01"}} })},
	} {
		c := stubbed(t, always(200, envelope("")), nil)
		for name, err := range map[string]error{
			"add":  second(c.AddProduct(t.Context(), tt.u)),
			"edit": second(c.EditProduct(t.Context(), 1, tt.u)),
		} {
			e, ok := errors.AsType[*instep.Error](err)
			if !ok || e.Kind != instep.Invalid || e.Field != tt.element {
				t.Errorf("%s of a bad %s: %v", name, tt.element, err)
			}
		}
		if c.Stats() != (Stats{}) {
			t.Errorf("something was sent: %+v", c.Stats())
		}
	}
	c := stubbed(t, always(200, envelope("")), nil)
	if err := second(c.EditProduct(t.Context(), 1, &ProductUpdate{IsActive: instep.Clear[bool]()})); instep.KindOf(err) != instep.Invalid {
		t.Errorf("clearing isactive: %v", err)
	}
	if err := second(c.EditProduct(t.Context(), 0, &ProductUpdate{})); instep.KindOf(err) != instep.Invalid {
		t.Errorf("edit of key 0: %v", err)
	}
	if err := second(c.AddProduct(t.Context(), &ProductUpdate{Name: instep.Set("N")})); instep.KindOf(err) != instep.Invalid {
		t.Errorf("add without a group: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestProductGroups(t *testing.T) {
	t.Parallel()
	want := []ProductGroup{
		{Key: 16, Name: "Books", Description: "Kaikki kirjat", Path: "Kirjat"},
		{Key: 18, Name: "Romaner", Path: "Kirjat / Romaanit", ParentKey: 16},
	}
	for _, tt := range []struct {
		name, body string
		want       []ProductGroup
	}{
		{"documented", sample(t, "productgroups.xml"), want},
		{"empty", envelope("<ProductGroups/>"), nil},
		{"plain", envelope("<ProductGroups><ProductGroup><NetvisorKey>1</NetvisorKey><Name>A</Name><ParentGroupNetvisorKey>9</ParentGroupNetvisorKey></ProductGroup></ProductGroups>"), []ProductGroup{{Key: 1, Name: "A", ParentKey: 9}}},
		{"nested", envelope("<ProductGroups><ProductGroup><NetvisorKey>1</NetvisorKey><ProductGroupName>A</ProductGroupName><ProductGroups><ProductGroup><NetvisorKey>2</NetvisorKey><Name>B</Name></ProductGroup></ProductGroups></ProductGroup></ProductGroups>"), []ProductGroup{{Key: 1, Name: "A"}, {Key: 2, Name: "B", ParentKey: 1}}},
	} {
		got, err := stubbed(t, always(200, tt.body), nil).ProductGroups(t.Context())
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", tt.name, err, diff)
		}
	}
}

func TestExtendedProducts(t *testing.T) {
	t.Parallel()
	var asked []string
	c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.RawQuery)
		return answerWith(r, 200, sample(t, fmt.Sprintf("extended-%d.xml", len(asked)))), nil
	}), nil)
	var got []ExtendedProduct
	filter := &ExtendedFilter{
		Reply: ReplyPriceGroups | ReplyImages, Keys: []int64{165, 166}, OnlySellable: true, GroupText: "x", ProductsPerPage: 1,
		ChangedSince: time.Date(2026, 1, 1, 0, 0, 59, 0, time.UTC), Language: Finnish,
	}
	for p, err := range c.ExtendedProducts(t.Context(), filter) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	yes, no := instep.Set(true), instep.Set(false)
	want := []ExtendedProduct{
		{
			Key: 165, Code: "CC", PrimaryEANCode: "9780735619678", Name: "Book", IsPublished: yes, IsSellable: yes, IsStorage: no,
			IsStructure: no, IsModel: no, IsSummary: no, LastChanged: instep.Set(time.Date(2026, 1, 9, 10, 0, 0, 0, time.UTC)),
			GroupKey: 2, GroupName: "Kirjat", UnitKey: 4, UnitName: "kpl", NetPrice: decimal("42.5"), GrossPrice: decimal("53.3375"),
			PriceBase: "true", VATKey: 1, VATPercent: decimal("25.5"), Margin: decimal("70"), ProvisionPercent: decimal("11"),
			PurchasePrice: decimal("25"),
		},
		{Key: 166},
	}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	const query = "replyoptions=4097&searchlanguage=fi&productnetvisorkeys=165,166&onlysellableproducts=true" +
		"&productchangedsince=2026-01-01T02%3A00&productgroupnamefreetext=x&productsonpage=1&page="
	if diff := cmp.Diff([]string{query + "1", query + "2"}, asked); diff != "" {
		t.Error(diff)
	}
}

func TestExtendedProductsEnd(t *testing.T) {
	t.Parallel()
	t.Run("a page that does not go on", func(t *testing.T) {
		t.Parallel()
		c := stubbed(t, always(200, sample(t, "extended-1.xml")), nil)
		n, errs := 0, 0
		for _, err := range c.ExtendedProducts(t.Context(), nil) {
			if n++; err != nil {
				errs++
			}
		}
		if n != 2 || errs != 1 {
			t.Errorf("%d products and errors, %d errors", n, errs)
		}
	})
	t.Run("break", func(t *testing.T) {
		t.Parallel()
		c := stubbed(t, always(200, sample(t, "extended-1.xml")), nil)
		for _, err := range c.ExtendedProducts(t.Context(), nil) {
			if err != nil {
				t.Error(err)
			}
			break
		}
		if c.Stats().Reads != 1 {
			t.Errorf("%+v", c.Stats())
		}
	})
	t.Run("empty, without counts", func(t *testing.T) {
		t.Parallel()
		c := stubbed(t, always(200, envelope("<Products/>")), nil)
		for p, err := range c.ExtendedProducts(t.Context(), nil) {
			t.Errorf("%v, %v", p, err)
		}
	})
}
