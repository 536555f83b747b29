package rackbeattest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// productRow is a product with what its reply shows of others.
type productRow struct {
	*Product
	group *Group
	unit  *Unit
}

// groupRow is a group with the number of products in it.
type groupRow struct {
	*Group
	members int
}

// row gathers what a reply about p shows. The caller holds the lock.
func (s *state) row(p *Product) productRow {
	return productRow{p, s.groups[p.Group], s.units[p.Unit]}
}

// groupRows returns all groups by number. The caller holds the lock.
func (s *state) groupRows() []groupRow {
	rows := make([]groupRow, 0, len(s.groups))
	for _, n := range slices.Sorted(maps.Keys(s.groups)) {
		rows = append(rows, groupRow{s.groups[n], s.members[n]})
	}
	return rows
}

// unitRows returns all units by number. The caller holds the lock.
func (s *state) unitRows() []*Unit {
	return slices.SortedFunc(maps.Values(s.units), func(a, b *Unit) int { return cmp.Compare(a.Number, b.Number) })
}

// viewer renders records for one request.
type viewer struct {
	s     *Server
	base  string // in front of links
	only  map[string]bool
	plain bool
}

func (s *Server) viewer(base string, only map[string]bool) *viewer {
	return &viewer{s: s, base: base, only: only}
}

// viewerFor renders links with the address the client used.
func (s *Server) viewerFor(r *http.Request, only map[string]bool) *viewer {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return s.viewer(scheme+r.Host+basePath, only)
}

// single renders {"name":{...}}.
func (v *viewer) single(name string, record any) []byte {
	return append(v.record([]byte(`{"`+name+`":`), record), '}')
}

// record appends a record, limited to the fields asked for.
func (v *viewer) record(b []byte, record any) []byte {
	o := &object{b: b, only: v.only, plain: v.plain}
	switch t := record.(type) {
	case productRow:
		v.product(o, t)
	case groupRow:
		v.group(o, t)
	case *Unit:
		v.unit(o, t)
	case partyRow:
		v.party(o, t)
	case entryRow:
		v.entry(o, t)
	case *Contact:
		v.contact(o, t)
	case *Address:
		v.deliveryAddress(o, t)
	default:
		panic("rackbeattest: no form for this record") // a mistake in this package
	}
	return o.bytes()
}

func (v *viewer) product(o *object, r productRow) {
	friendly := v.s.urlFriendly(r.Number)
	link := v.base + "products/" + friendly
	if r.Type == TypeLot {
		link = v.base + "lots/" + friendly
	}
	o.integer("id", r.ID).
		text("number", r.Number).
		text("urlfriendly_number", friendly).
		text("type", r.Type).
		textOrNull("barcode", r.Barcode).
		textOrNull("name", r.Name).
		textOrNull("description", r.Description)
	v.figures(o, r)
	v.references(o, r)
	v.physical(o, r.Physical)
	o.nested("serial_numbers", func(o *object) { o.boolean("is_active", r.SerialNumbers).null("index") }).
		nested("batch_control", func(o *object) { o.boolean("is_active", r.BatchControl) }).
		boolean("is_draft", r.IsDraft)
	v.time(o, "created_at", r.CreatedAt)
	v.time(o, "updated_at", r.UpdatedAt)
	v.time(o, "deleted_at", r.DeletedAt)
	o.text("pdf_url", link+".pdf").
		integerOrNull("department_id", r.Department).
		null("department").
		textOrNull("goods_code", r.GoodsCode).
		textOrNull("country_code", r.CountryCode).
		text("self", link).
		raw("metadata", "[]")
}

// figures writes prices and quantities.
func (v *viewer) figures(o *object, r productRow) {
	cost := r.CostPrice.or("0")
	o.decimal("sales_price", r.SalesPrice).
		decimal("recommended_sales_price", r.RecommendedSalesPrice).
		decimal("sales_profit", r.SalesPrice.minus(cost)).
		decimal("cost_price", cost).
		decimal("recommended_cost_price", r.RecommendedCostPrice).
		decimal("cost_addition_percentage", r.CostAdditionPercentage.or("0")).
		integer("min_order", r.MinOrder).
		integer("min_sales", r.MinSales).
		integer("min_stock", r.MinStock).
		decimal("stock_quantity", r.StockQuantity.or("0")).
		decimal("in_order_quantity", r.InOrderQuantity.or("0")).
		decimal("available_quantity", r.StockQuantity.minus(r.InOrderQuantity)).
		decimal("purchased_quantity", r.PurchasedQuantity.or("0")).
		decimal("used_in_production_quantity", r.UsedInProductionQuantity.or("0"))
}

// references writes what points to other records, and the flags between them.
func (v *viewer) references(o *object, r productRow) {
	o.integerOrNull("default_supplier_id", r.DefaultSupplier).
		null("default_supplier").
		integerOrNull("default_location_id", r.DefaultLocation).
		null("default_location").
		textOrNull("picture_url", r.PictureURL).
		nested("pictures", func(o *object) {
			for _, size := range []string{"thumb", "display", "large", "original"} {
				o.textOrNull(size, r.PictureURL)
			}
		}).
		boolean("is_barred", r.IsBarred).
		boolean("is_convertable", r.IsConvertable).
		boolean("inventory_enabled", r.group != nil && r.group.HasInventory).
		boolean("should_assure_quality", r.ShouldAssureQuality).
		integerOrNull("group_id", r.Group)
	v.groupOf(o, r.group)
	o.integerOrNull("discount_group", r.DiscountGroup).
		integerOrNull("unit_id", r.Unit)
	v.unitOf(o, r.unit)
	o.integerOrNull("variation_id", r.Variation).
		null("variation")
}

func (v *viewer) groupOf(o *object, g *Group) {
	if g == nil {
		o.null("group")
		return
	}
	o.nested("group", func(o *object) {
		o.integer("number", g.Number).text("name", g.Name).
			integerOrNull("vat_abroad", g.VATAbroad).
			integerOrNull("vat_eu", g.VATEU).
			integerOrNull("vat_domestic", g.VATDomestic).
			integerOrNull("vat_domestic_exempt", g.VATDomesticExempt).
			text("self", v.base+"product-groups/"+strconv.Itoa(g.Number))
	})
}

func (v *viewer) unitOf(o *object, u *Unit) {
	if u == nil {
		o.null("unit")
		return
	}
	o.nested("unit", func(o *object) { o.integer("number", u.Number).text("name", u.Name) })
}

func (v *viewer) physical(o *object, p Physical) {
	o.nested("physical", func(o *object) {
		o.decimal("weight", p.Weight).
			textOrNull("weight_unit", p.WeightUnit).
			decimal("height", p.Height).
			decimal("width", p.Width).
			decimal("depth", p.Depth).
			textOrNull("size_unit", p.SizeUnit)
	})
}

// time writes t in the form and zone of the options, null for no time.
func (v *viewer) time(o *object, name string, t time.Time) {
	if t.IsZero() {
		o.null(name)
		return
	}
	layout := time.DateTime
	if v.s.opts.ZonedTimes {
		layout = "2006-01-02T15:04:05-07:00"
	}
	o.text(name, t.In(v.s.opts.Location).Format(layout))
}

func (v *viewer) group(o *object, g groupRow) {
	o.integer("number", g.Number).text("name", g.Name).
		boolean("has_inventory", g.HasInventory).
		boolean("is_sellable", g.IsSellable).
		boolean("should_spread_cost", g.ShouldSpreadCost).
		integerOrNull("vat_domestic", g.VATDomestic).
		integerOrNull("vat_eu", g.VATEU).
		integerOrNull("vat_abroad", g.VATAbroad).
		integerOrNull("vat_domestic_exempt", g.VATDomesticExempt).
		boolean("is_draft", g.IsDraft).
		integer("num_products", g.members).
		text("self", v.base+"product-groups/"+strconv.Itoa(g.Number))
}

func (v *viewer) unit(o *object, u *Unit) {
	o.integer("number", u.Number).text("name", u.Name).
		text("self", v.base+"units/"+strconv.Itoa(u.Number))
}
