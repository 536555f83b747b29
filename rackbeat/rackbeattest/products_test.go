package rackbeattest

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const fit = `"number":"N1","name":"x","sales_price":"1","group":1`

func TestCreateValidation(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"nothing", `{}`, "group name number sales_price"},
		{"nulls", `{"number":null,"name":null,"sales_price":null,"group":null}`, "group name number sales_price"},
		{"empty texts", `{"number":"  ","name":"","sales_price":"","group":" "}`, "group name number sales_price"},
		{"duplicate", `{"number":"P1","name":"x","sales_price":1,"group":1}`, "number"},
		{"number is an object", `{"number":{},"name":"x","sales_price":1,"group":1}`, "number"},
		{"number is a fraction", `{"number":1.5,"name":"x","sales_price":1,"group":1}`, "number"},
		{"number too long", `{"number":"` + strings.Repeat("å", 256) + `","name":"x","sales_price":1,"group":1}`, "number"},
		{"name is a number", `{"number":"N1","name":7,"sales_price":1,"group":1}`, "name"},
		{"unknown group", `{"number":"N1","name":"x","sales_price":1,"group":2}`, "group"},
		{"unknown group by read name", `{"number":"N1","name":"x","sales_price":1,"group_id":2}`, "group_id"},
		{"group as it is read", `{"number":"N1","name":"x","sales_price":1,"group":{"number":1}}`, "group"},
		{"group 0", `{"number":"N1","name":"x","sales_price":1,"group":0}`, "group"},
		{"comma", `{"number":"N1","name":"x","sales_price":"1,5","group":1}`, "sales_price"},
		{"seven decimals", `{"number":"N1","name":"x","sales_price":0.0000001,"group":1}`, "sales_price"},
		{"price is a flag", `{"number":"N1","name":"x","sales_price":true,"group":1}`, "sales_price"},
		{"price too big", `{"number":"N1","name":"x","sales_price":1e15,"group":1}`, "sales_price"},
		{"price beyond measure", `{"number":"N1","name":"x","sales_price":1e999999999,"group":1}`, "sales_price"},
		{"unknown unit", `{` + fit + `,"unit_id":9}`, "unit_id"},
		{"minimum below 0", `{` + fit + `,"min_inventory_quantity":-1}`, "min_inventory_quantity"},
		{"minimum not whole", `{` + fit + `,"min_sales_quantity":1.5,"min_purchase_quantity":"x"}`, "min_purchase_quantity min_sales_quantity"},
		{"barred", `{` + fit + `,"is_barred":"yes"}`, "is_barred"},
		{"physical is a list", `{` + fit + `,"physical":[]}`, "physical"},
		{"weight without unit", `{` + fit + `,"physical":{"weight":1}}`, "physical.weight_unit"},
		{"size without unit", `{` + fit + `,"physical":{"depth":"1.005","width":1}}`, "physical.depth physical.size_unit"},
		{"stock", `{` + fit + `,"stock_quantity":"many"}`, "stock_quantity"},
	}
	s := newServer(t, &Options{Products: seeds(1), RateLimit: -1})
	p := inProcess(t, s)
	for _, tt := range tests {
		if got := paths(t, p.send("POST", "products", tt.body)); got != tt.want {
			t.Errorf("%s: complaints about %q, want %q", tt.name, got, tt.want)
		}
	}
	if n := len(s.Products()); n != 1 {
		t.Errorf("%d products after refusals, want 1", n)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	s := newServer(t, nil)
	tests := []struct {
		name, body, contentType string
		want                    int
	}{
		{"broken", `{"number":`, "application/json", 400},
		{"list", `[]`, "application/json", 400},
		{"null", `null`, "application/json", 400},
		{"two", `{}{}`, "application/json", 400},
		{"not utf-8", "{\"name\":\"\xff\"}", "application/json", 400},
		{"deep", `{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "application/json", 400},
		{"brackets in a text", `{` + fit + `,"x":"` + strings.Repeat("[", 40) + `\""}`, "application/json", 201},
		{"form", "number=1", "application/x-www-form-urlencoded", 415},
		{"no type", `{}`, "", 415},
		{"large", `{"x":"` + strings.Repeat("x", maxBody) + `"}`, "application/json", 413},
		{"none", ``, "", 422},
	}
	for _, tt := range tests {
		req, err := http.NewRequestWithContext(t.Context(), "POST", vendorHost+"products", strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "bearer "+DefaultKey)
		if tt.contentType != "" {
			req.Header.Set("Content-Type", tt.contentType)
		}
		res, err := s.Transport().RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, res.StatusCode, tt.want)
		}
	}
}

// TestUpdate sends partial bodies and looks at the one field they concern.
func TestUpdate(t *testing.T) {
	t.Parallel()
	full := Product{
		Number: "A", Name: "Navn", Description: "Tekst", Barcode: "57", SalesPrice: "12.50",
		RecommendedCostPrice: "7", MinStock: 3, MinSales: 2, MinOrder: 1, Unit: 1, IsBarred: true,
		StockQuantity: "4", DefaultSupplier: 8, PictureURL: "https://x/y.png",
		Physical: Physical{Weight: "1.5", WeightUnit: "kg", Height: "2", SizeUnit: "cm"},
	}
	tests := []struct {
		name, body string
		change     func(*Product)
	}{
		{"nothing", `{}`, nil},
		{"same price in other digits", `{"sales_price":12.5}`, nil},
		{"same texts with spaces", `{"name":" Navn ","barcode":57}`, nil},
		{"price", `{"sales_price":"12.51"}`, func(p *Product) { p.SalesPrice = "12.51" }},
		{"clear texts", `{"description":null,"barcode":""}`, func(p *Product) { p.Description, p.Barcode = "", "" }},
		{"clear cost", `{"recommended_cost_price":null}`, func(p *Product) { p.RecommendedCostPrice = "" }},
		{"clear the rest", `{"unit_id":null,"min_inventory_quantity":null,"is_barred":null,"default_supplier_id":null,"image_url":null}`,
			func(p *Product) {
				p.Unit, p.MinStock, p.IsBarred, p.DefaultSupplier, p.PictureURL = 0, 0, false, 0, ""
			}},
		{"read names are ignored", `{"min_stock":9,"min_sales":9,"min_order":9,"picture_url":"z"}`, nil},
		{"read only fields are ignored", `{"cost_price":9,"stock_quantity":9,"id":9,"updated_at":"x","type":"lot"}`, nil},
		{"unit by its other name", `{"unit":"2"}`, func(p *Product) { p.Unit = 2 }},
		{"group by its other name", `{"group_id":"2"}`, func(p *Product) { p.Group = 2 }},
		{"flag as number", `{"is_barred":0}`, func(p *Product) { p.IsBarred = false }},
		{"part of physical", `{"physical":{"weight":"1.50","height":null,"depth":0.25}}`,
			func(p *Product) { p.Physical.Height, p.Physical.Depth = "", "0.25" }},
		{"all of physical", `{"physical":null}`, func(p *Product) { p.Physical = Physical{} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &clock{noon}
			s := newServer(t, &Options{
				Products: []Product{full}, Now: c.now,
				Groups: []Group{{Number: 1, Name: "a"}, {Number: 2, Name: "b"}},
				Units:  []Unit{{Number: 1, Name: "a"}, {Number: 2, Name: "b"}},
			})
			c.forth(time.Hour)
			want, _ := s.Product("A")
			if tt.change != nil {
				tt.change(&want)
				want.UpdatedAt = noon.Add(time.Hour)
			}
			inProcess(t, s).want(http.StatusOK, "PUT", "products/A", tt.body)
			if got, _ := s.Product("A"); got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestUpdateRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Products: seeds(2), RateLimit: -1})
	before := s.Products()
	p := inProcess(t, s)
	for body, want := range map[string]string{
		`{"name":null}`:                          "name",
		`{"number":""}`:                          "number",
		`{"group":null,"sales_price":null}`:      "group sales_price",
		`{"number":"P2","description":"x"}`:      "number",
		`{"name":"x","physical":{"weight":"a"}}`: "physical.weight",
		`{"name":"new","unit_id":5}`:             "unit_id",
	} {
		if got := paths(t, p.send("PUT", "products/P1", body)); got != want {
			t.Errorf("%s: complaints about %q, want %q", body, got, want)
		}
	}
	p.want(http.StatusNotFound, "PUT", "products/p1", `{"name":"x"}`)
	if after := s.Products(); after[0] != before[0] || after[1] != before[1] {
		t.Errorf("a refused update left traces: %+v", after)
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{Products: seeds(2)})
	p := inProcess(t, s)
	if got := p.one(http.StatusOK, "PUT", "products/P1", `{"number":"p1/X"}`); got.Number != "p1/X" || got.ID != 1 {
		t.Errorf("renamed to %+v", got)
	}
	p.want(http.StatusNotFound, "GET", "products/P1", "")
	p.want(http.StatusOK, "GET", "products/p1%2FX", "")
	p.want(http.StatusCreated, "POST", "products", `{"number":"P1","name":"x","sales_price":1,"group":1}`)
	if got := p.list("products?order_by=id&order_direction=ASC").numbers(); got != "p1/X P2 P1" {
		t.Errorf("numbers are %q", got)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for _, listed := range []bool{false, true} {
		ps := seeds(3)
		ps[2].HasHistory = true
		c := &clock{noon}
		s := newServer(t, &Options{Products: ps, ListDeleted: listed, Now: c.now})
		p := inProcess(t, s)
		c.forth(time.Hour)
		if a := p.want(http.StatusOK, "DELETE", "products/P1", ""); a.body != "" {
			t.Errorf("DELETE answered %q, want nothing", a.body)
		}
		p.want(http.StatusNotFound, "DELETE", "products/P1", "")
		p.want(http.StatusNotFound, "PUT", "products/P1", `{"name":"x"}`)
		if got := paths(t, p.send("DELETE", "products/P3", "")); got != "number" {
			t.Errorf("complaints about %q", got)
		}
		got := p.list("products?order_by=id").numbers()
		if listed {
			row := p.one(http.StatusOK, "GET", "products/P1", "")
			if got != "P3 P2 P1" || row.DeletedAt == nil || *row.DeletedAt != "2025-01-08 11:30:00" || row.UpdatedAt != *row.DeletedAt {
				t.Errorf("listed: %q, deleted row %+v", got, row)
			}
		} else {
			p.want(http.StatusNotFound, "GET", "products/P1", "")
			if got != "P3 P2" {
				t.Errorf("list is %q", got)
			}
		}
		// The number is free again and stands for the new product.
		p.want(http.StatusCreated, "POST", "products", `{"number":"P1","name":"neu","sales_price":1,"group":1}`)
		if row := p.one(http.StatusOK, "GET", "products/P1", ""); row.DeletedAt != nil || row.ID != 4 {
			t.Errorf("new product is %+v", row)
		}
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	c := &clock{noon}
	s := newServer(t, &Options{Products: seeds(1), Now: c.now})
	p := inProcess(t, s)
	d := p.one(http.StatusCreated, "POST", "products/drafts", `{"name":"halv"}`)
	if !d.IsDraft || d.Number == "" || d.GroupID != nil || string(d.SalesPrice) != "null" {
		t.Fatalf("draft is %+v", d)
	}
	if got := paths(t, p.send("POST", "products/drafts", `{"number":"P1"}`)); got != "number" {
		t.Errorf("duplicate draft: complaints about %q", got)
	}
	if got := p.list("products?is_draft=0").numbers(); got != "P1" {
		t.Errorf("without drafts: %q", got)
	}
	if got := p.list("products?is_draft=true").numbers(); got != d.Number {
		t.Errorf("drafts by filter: %q", got)
	}
	if got := p.list("products/drafts").numbers(); got != d.Number {
		t.Errorf("list of drafts: %q", got)
	}
	if got := p.list("products").Total; got != 2 {
		t.Errorf("total with drafts: %d", got)
	}
	at := "products/" + d.Friendly
	if got := paths(t, p.send("POST", at+"/publish", "")); got != "group sales_price" {
		t.Errorf("publishing too early: complaints about %q", got)
	}
	p.one(http.StatusOK, "PUT", at, `{"sales_price":5,"group":1,"number":"D1"}`)
	c.forth(time.Minute)
	for range 2 {
		if got := p.one(http.StatusOK, "POST", "products/D1/publish", ""); got.IsDraft || got.UpdatedAt != "2025-01-08 10:31:00" {
			t.Errorf("published: %+v", got)
		}
		c.forth(time.Minute) // the second publishing changes nothing
	}
	if got := p.list("products/drafts").Total; got != 0 {
		t.Errorf("%d drafts left", got)
	}
	p.want(http.StatusNotFound, "POST", "products/none/publish", "")
}

func TestItems(t *testing.T) {
	t.Parallel()
	ps := seeds(2)
	ps[1].Type = TypeLot
	s := newServer(t, &Options{Products: ps})
	p := inProcess(t, s)
	if got := p.list("items").numbers(); got != "P2 P1" {
		t.Errorf("items: %q", got)
	}
	if got := p.list("items?type=lot").numbers(); got != "P2" {
		t.Errorf("lots: %q", got)
	}
	if got := p.list("products").numbers(); got != "P1" {
		t.Errorf("products: %q", got)
	}
	item := decode[struct{ Item product }](t, p.want(http.StatusOK, "GET", "items/P2", "")).Item
	if item.Type != TypeLot || item.Number != "P2" {
		t.Errorf("item is %+v", item)
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		if a := p.send(method, "products/P2", ""); a.status != http.StatusNotFound {
			t.Errorf("%s of a lot as product: %d", method, a.status)
		}
	}
	p.want(http.StatusMethodNotAllowed, "POST", "items", "{}")
	if got := paths(t, p.send("POST", "products", `{"number":"P2","name":"x","sales_price":1,"group":1}`)); got != "number" {
		t.Errorf("number of a lot: complaints about %q", got)
	}
}

func TestCodeLists(t *testing.T) {
	t.Parallel()
	s := newServer(t, &Options{RateLimit: -1})
	p := inProcess(t, s)
	p.want(http.StatusCreated, "POST", "product-groups",
		`{"name":"Værktøj","number":"40","has_inventory":true,"vat_domestic":"1100","is_sellable":"false"}`)
	p.want(http.StatusCreated, "POST", "product-groups", `{"name":"Auto"}`)
	p.want(http.StatusCreated, "POST", "units", `{"name":"kg","number":7}`)
	for _, tt := range []struct{ path, body, want string }{
		{"product-groups", `{}`, "name"},
		{"product-groups", `{"name":"x","number":40}`, "number"},
		{"product-groups", `{"name":"x","number":-1,"vat_eu":"a","has_inventory":"x"}`, "has_inventory number vat_eu"},
		{"units", `{"name":7}`, "name"},
		{"units", `{"name":"x","number":"7"}`, "number"},
	} {
		if got := paths(t, p.send("POST", tt.path, tt.body)); got != tt.want {
			t.Errorf("%s %s: complaints about %q, want %q", tt.path, tt.body, got, tt.want)
		}
	}
	type groups struct {
		Groups []Group `json:"product_groups"`
		Group  Group   `json:"product_group"`
		Total  int
	}
	g := decode[groups](t, p.want(http.StatusPartialContent, "GET", "product-groups?limit=2&page=2", ""))
	if g.Total != 3 || len(g.Groups) != 1 || g.Groups[0].Number != 41 {
		t.Errorf("second page: %+v", g)
	}
	g = decode[groups](t, p.want(http.StatusPartialContent, "GET", "product-groups?has_inventory=true&search=VÆRK", ""))
	want := Group{Number: 40, Name: "Værktøj", HasInventory: true, VATDomestic: 1100}
	if len(g.Groups) != 1 || g.Groups[0] != want {
		t.Errorf("filtered: %+v", g)
	}
	g = decode[groups](t, p.want(http.StatusPartialContent, "GET", "product-groups?order_by=name", ""))
	if len(g.Groups) != 3 || g.Groups[0].Number != 40 || g.Groups[2].Number != 41 {
		t.Errorf("by name: %+v", g)
	}
	if g = decode[groups](t, p.want(http.StatusOK, "GET", "product-groups/40", "")); g.Group != want {
		t.Errorf("one group: %+v", g.Group)
	}
	p.want(http.StatusOK, "GET", "units/7", "")
	for _, path := range []string{"units/8", "units/07", "units/x", "product-groups/0", "product-groups/%2B40"} {
		p.want(http.StatusNotFound, "GET", path, "")
	}
}
