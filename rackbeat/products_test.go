package rackbeat

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

var (
	dec  = instep.MustDecimal
	full = ProductDetails{
		Description: instep.Set("50 m"), Barcode: instep.Set("057"), RecommendedCostPrice: instep.Set(dec("87.25")),
		ExtraCost: instep.Set(dec("0.000001")), Unit: instep.Set("3"), DefaultSupplier: instep.Set("11"),
		DefaultLocation: instep.Set("7"), DefaultDepartment: instep.Set("5"), Variation: instep.Set("2"),
		DiscountGroup: instep.Set("9"), MinOrder: instep.Set(dec("25")), MinSales: instep.Set(dec("2")),
		MinStock: instep.Set(dec("10.5")), StockQuantity: instep.Set(dec("40")), IsBarred: instep.Set(true),
		SupplierProductNumber: instep.Set("R-4"), ImageURL: instep.Set("https://img.example.com/r.jpg"),
		Physical: PhysicalUpdate{
			Weight: instep.Set(dec("12.25")), WeightUnit: instep.Set("kg"), Height: instep.Clear[instep.Decimal](),
			Width: instep.Set(dec("0.1")), Depth: instep.Set(dec("0")), SizeUnit: instep.Set("m"),
		},
	}
)

const fullBody = `{
	"number": "0042", "name": "Rør", "sales_price": 129.5, "group": 2,
	"description": "50 m", "barcode": "057", "recommended_cost_price": 87.25, "extra_cost": 0.000001,
	"unit_id": 3, "default_supplier_id": 11, "default_location_id": 7, "default_department_id": 5,
	"variation_id": 2, "discount_group": 9, "min_purchase_quantity": 25, "min_sales_quantity": 2,
	"min_inventory_quantity": 10.5, "stock_quantity": 40, "is_barred": true, "supplier_product_number": "R-4",
	"image_url": "https://img.example.com/r.jpg",
	"physical": {"weight": 12.25, "weight_unit": "kg", "height": null, "width": 0.1, "depth": 0, "size_unit": "m"}
}`

func TestWrites(t *testing.T) {
	t.Parallel()
	up := ProductUpdate{
		Number: instep.Set("0042"), Name: instep.Set("Rør"), SalesPrice: instep.Set(dec("129.50")), Group: instep.Set("2"),
		ProductDetails: full,
	}
	cleared := ProductUpdate{ProductDetails: ProductDetails{
		Barcode: instep.Clear[string](), Unit: instep.Clear[string](), MinStock: instep.Clear[instep.Decimal](),
		Physical: PhysicalUpdate{Weight: instep.Clear[instep.Decimal]()},
	}}
	for name, test := range map[string]struct {
		call    func(*Client) error
		request string
		body    string
	}{
		"create": {func(c *Client) error {
			_, err := c.CreateProduct(t.Context(), ProductInput{
				Number: "0042", Name: "Rør", SalesPrice: dec("129.50"), Group: "2", ProductDetails: full,
			})
			return err
		}, "POST /api/products", fullBody},
		"create, least": {func(c *Client) error {
			_, err := c.CreateProduct(t.Context(), ProductInput{Number: "x", Name: "y", Group: "A"})
			return err
		}, "POST /api/products", `{"number":"x","name":"y","sales_price":0,"group":"A"}`},
		"draft": {func(c *Client) error {
			_, err := c.CreateProductDraft(t.Context(), up)
			return err
		}, "POST /api/products/drafts", fullBody},
		"draft, empty": {func(c *Client) error {
			_, err := c.CreateProductDraft(t.Context(), ProductUpdate{})
			return err
		}, "POST /api/products/drafts", `{}`},
		"publish": {func(c *Client) error {
			_, err := c.PublishProduct(t.Context(), "A/1 #å")
			return err
		}, "POST /api/products/A%2F1%20%23%C3%A5/publish", `{}`},
		"update": {func(c *Client) error {
			_, err := c.UpdateProduct(t.Context(), "A B", up)
			return err
		}, "PUT /api/products/A%20B", fullBody},
		"update, one field": {func(c *Client) error {
			_, err := c.UpdateProduct(t.Context(), "AbC", ProductUpdate{Name: instep.Set("z")})
			return err
		}, "PUT /api/products/AbC", `{"name":"z"}`},
		"update, cleared": {func(c *Client) error {
			_, err := c.UpdateProduct(t.Context(), "007", cleared)
			return err
		}, "PUT /api/products/007", `{"barcode":null,"unit_id":null,"min_inventory_quantity":null,"physical":{"weight":null}}`},
		"update, zeros are values": {func(c *Client) error {
			_, err := c.UpdateProduct(t.Context(), "1", ProductUpdate{
				SalesPrice: instep.Set(instep.Decimal{}), ProductDetails: ProductDetails{IsBarred: instep.Set(false), Barcode: instep.Set("")},
			})
			return err
		}, "PUT /api/products/1", `{"sales_price":0,"is_barred":false,"barcode":""}`},
		"group": {func(c *Client) error {
			_, err := c.CreateProductGroup(t.Context(), ProductGroupInput{
				Number: instep.Set("12"), Name: "VVS", HasInventory: instep.Set(true), IsSellable: instep.Set(false),
			})
			return err
		}, "POST /api/product-groups", `{"number":12,"name":"VVS","has_inventory":true,"is_sellable":false}`},
		"unit": {func(c *Client) error {
			_, err := c.CreateUnit(t.Context(), UnitInput{Name: "m"})
			return err
		}, "POST /api/units", `{"name":"m"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, nil, answer(http.StatusCreated,
				`{"product":{"number":"0042"},"product_group":{"number":12},"unit":{"number":"3"}}`))
			if err := test.call(c); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.request}, p.requests()); diff != "" {
				t.Errorf("requests differ (-want +got):\n%s", diff)
			}
			sameJSON(t, p.last(t).Body, test.body)
		})
	}
}

func TestWriteRefused(t *testing.T) {
	t.Parallel()
	valid := ProductInput{Number: "1", Name: "x", Group: "1"}
	with := func(change func(*ProductInput)) func(*Client) error {
		in := valid
		change(&in)
		return func(c *Client) error {
			_, err := c.CreateProduct(t.Context(), in)
			return err
		}
	}
	update := func(up ProductUpdate) func(*Client) error {
		return func(c *Client) error {
			_, err := c.UpdateProduct(t.Context(), "1", up)
			return err
		}
	}
	for name, test := range map[string]struct {
		call  func(*Client) error
		field string
	}{
		"no number":       {with(func(in *ProductInput) { in.Number = "" }), "number"},
		"no name":         {with(func(in *ProductInput) { in.Name = "" }), "name"},
		"no group":        {with(func(in *ProductInput) { in.Group = "" }), "group"},
		"long price":      {with(func(in *ProductInput) { in.SalesPrice = dec("0.1234567") }), "sales_price"},
		"long cost":       {with(func(in *ProductInput) { in.RecommendedCostPrice = instep.Set(dec("0.1234567")) }), "recommended_cost_price"},
		"long weight":     {with(func(in *ProductInput) { in.Physical = full.Physical; in.Physical.Weight = instep.Set(dec("0.123")) }), "physical.weight"},
		"broken text":     {with(func(in *ProductInput) { in.Number = "A\xff" }), "number"},
		"weight, no unit": {with(func(in *ProductInput) { in.Physical.Weight = instep.Set(dec("1")) }), "physical.weight_unit"},
		"depth, no unit":  {with(func(in *ProductInput) { in.Physical.Depth = instep.Set(dec("1")) }), "physical.size_unit"},
		"clear number":    {update(ProductUpdate{Number: instep.Clear[string]()}), "number"},
		"clear name":      {update(ProductUpdate{Name: instep.Set("")}), "name"},
		"clear price":     {update(ProductUpdate{SalesPrice: instep.Clear[instep.Decimal]()}), "sales_price"},
		"clear group":     {update(ProductUpdate{Group: instep.Clear[string]()}), "group"},
		"nothing":         {update(ProductUpdate{}), ""},
		"get, no number":  {func(c *Client) error { _, err := c.GetProduct(t.Context(), ""); return err }, "number"},
		"get, dots":       {func(c *Client) error { _, err := c.GetProduct(t.Context(), ".."); return err }, "number"},
		"delete, dot":     {func(c *Client) error { return c.DeleteProduct(t.Context(), ".") }, "number"},
		"update, broken": {func(c *Client) error {
			return second(c.UpdateProduct(t.Context(), "\xff", ProductUpdate{Name: instep.Set("x")}))
		}, "number"},
		"publish nothing":  {func(c *Client) error { return second(c.PublishProduct(t.Context(), "")) }, "number"},
		"nameless group":   {func(c *Client) error { return second(c.CreateProductGroup(t.Context(), ProductGroupInput{})) }, "name"},
		"nameless unit":    {func(c *Client) error { return second(c.CreateUnit(t.Context(), UnitInput{})) }, "name"},
		"group, no number": {func(c *Client) error { return second(c.GetProductGroup(t.Context(), "")) }, "number"},
		"unit, dots":       {func(c *Client) error { return second(c.GetUnit(t.Context(), "..")) }, "number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, nil, answer(200, `{"product":{"number":"1"}}`))
			e := wantKind(t, test.call(c), instep.Invalid)
			if e.Field != test.field || e.Remedy == "" || e.Op == "" {
				t.Errorf("%v is about field %q, want %q, with a remedy", e, e.Field, test.field)
			}
			if n := len(p.requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestListQuery(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(http.StatusPartialContent, `{"products":[],"total":0,"pages":0,"limit":7,"page":2}`))
	l, err := c.ProductPage(t.Context(), 2, &ListOptions{
		Fields: []string{"number", "name"}, Expand: []string{"field_values"}, Search: "rør & co",
		Equal: map[string]string{"is_barred": "false"}, Simple: map[string]string{"barcode": "057"},
		OrderBy: "created_at", Ascending: true, PageSize: 7,
	})
	if err != nil || len(l.Items) != 0 || l.Total != 0 || l.Limit != 7 || l.Page != 2 {
		t.Errorf("got %+v, %v", l, err)
	}
	got, err := url.ParseQuery(p.last(t).Query)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(url.Values{
		"page": {"2"}, "limit": {"7"}, "fields": {"number,name"}, "expand": {"field_values"}, "search": {"rør & co"},
		"is_barred": {"false"}, "simple_filter[barcode]": {"057"}, "order_by": {"created_at"}, "order_direction": {"ASC"},
	}, got); diff != "" {
		t.Errorf("query differs (-want +got):\n%s", diff)
	}
	for _, o := range []ListOptions{{PageSize: 1001}, {PageSize: -1}} {
		_, err := c.ProductPage(t.Context(), 1, &o)
		wantKind(t, err, instep.Config)
	}
	_, err = c.ProductPage(t.Context(), 0, nil)
	wantKind(t, err, instep.Config)
}

// Pages are read to the end, also where the last is missing or the list has
// none, and not beyond where somebody stops.
func TestListProducts(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"1": `{"products":[{"number":1},{"number":2}],"total":5,"pages":3,"limit":2,"page":1}`,
		"2": `{"products":[{"number":3},{"number":4}],"total":4,"pages":3,"limit":2,"page":"2"}`,
		"3": `{"products":[],"total":4,"pages":2,"limit":2,"page":3}`,
	}
	c, p := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		answer(http.StatusPartialContent, pages[r.URL.Query().Get("page")])(w, r)
	})
	var got []string
	for item, err := range c.ListProducts(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, item.Number)
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4"}, got); diff != "" {
		t.Errorf("products differ (-want +got):\n%s", diff)
	}
	if n := len(p.requests()); n != 3 {
		t.Errorf("%d requests were sent, want 3", n)
	}
	p.reset()
	for range c.ListProducts(t.Context(), nil) {
		break
	}
	if n := len(p.requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

func TestListWithoutPages(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(200, `{"units":[{"number":"a","name":"m"},{"number":2,"name":"kg"}]}`))
	var got []Unit
	for u, err := range c.ListUnits(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, u)
	}
	if diff := cmp.Diff([]Unit{{"a", "m"}, {"2", "kg"}}, got); diff != "" {
		t.Errorf("units differ (-want +got):\n%s", diff)
	}
	if n := len(p.requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

// A server that always gives the same page is found out.
func TestListStuck(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(206, `{"products":[{"number":1}],"total":9,"pages":9,"limit":1,"page":1}`))
	var last error
	for _, err := range c.ListProducts(t.Context(), nil) {
		last = err
	}
	wantKind(t, last, instep.Malformed)
	if n := len(p.requests()); n != 2 {
		t.Errorf("%d requests were sent, want 2", n)
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	one := `{"number":7,"name":"VVS","has_inventory":1,"is_sellable":true,"should_spread_cost":false,
		"vat_domestic":1100,"vat_eu":null,"num_products":12,"is_draft":false}`
	c, p := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/7") {
			answer(200, `{"product_group":`+one+`}`)(w, r)
			return
		}
		answer(206, `{"product_groups":[`+one+`],"total":1,"pages":1,"limit":20,"page":1}`)(w, r)
	})
	want := ProductGroup{
		Number: "7", Name: "VVS", HasInventory: Given(true), IsSellable: Given(true), ShouldSpreadCost: Given(false),
		VATDomestic: Given("1100"), VATEU: Null[string](), NumProducts: Given("12"), IsDraft: Given(false),
	}
	got, err := c.GetProductGroup(t.Context(), "7")
	if diff := equal(want, got); err != nil || diff != "" {
		t.Errorf("%v, group differs (-want +got):\n%s", err, diff)
	}
	for got, err := range c.ListProductGroups(t.Context(), nil) {
		if diff := equal(want, got); err != nil || diff != "" {
			t.Errorf("%v, group differs (-want +got):\n%s", err, diff)
		}
	}
	if diff := cmp.Diff([]string{"GET /api/product-groups/7", "GET /api/product-groups?limit=1000&page=1"}, p.requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(206, `{"items":[{"number":1,"type":"lot"}],"total":1,"pages":1,"limit":20,"page":1}`))
	for item, err := range c.ListItems(t.Context(), &ListOptions{PageSize: 20}) {
		if err != nil || item.Number != "1" || item.Type.Or("") != "lot" {
			t.Errorf("got %+v, %v", item, err)
		}
	}
	if got := p.requests(); len(got) != 1 || got[0] != "GET /api/items?limit=20&page=1" {
		t.Errorf("requests are %q", got)
	}
}
