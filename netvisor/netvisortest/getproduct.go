package netvisortest

import (
	"slices"
	"strconv"
)

// getProduct answers getproduct.nv. A single product that is not there is an
// empty element; in a list it is left out.
func (s *Server) getProduct(c *call, q params) *fault {
	keys, many, f := s.wanted(q)
	if f != nil {
		return f
	}
	option, f := q.number("replyoption", 0, 0)
	if f != nil {
		return f
	}
	if option > 3 {
		return invalid(textParameter, "replyoption", strconv.Itoa(option))
	}
	found := slices.DeleteFunc(s.store.products.get(keys), func(p *Product) bool { return !replied(p, option) })
	dir := s.store.directory()
	d := c.begin()
	switch {
	case many:
		d.open("Products")
		for _, p := range shortened(c, found) {
			d.product(p, dir)
		}
		d.close("Products")
	case len(found) == 0:
		d.leaf("Product", "")
	default:
		d.product(found[0], dir)
	}
	c.send(d)
	return nil
}

// wanted returns the keys of what is asked for, and whether it is asked for as
// a list.
func (s *Server) wanted(q params) (keys []int, many bool, f *fault) {
	switch {
	case q["id"] != "":
		keys, f = q.keys("id", 0)
		if f == nil && len(keys) != 1 {
			f = invalid(textParameter, "id", q["id"])
		}
		return keys, false, f
	case q["idlist"] != "":
		keys, f = q.keys("idlist", maxList)
		return keys, true, f
	case q["code"] != "":
		return s.store.products.keysOf(q["code"]), false, nil
	case q["codelist"] != "":
		codes, f := q.list("codelist", maxList)
		for _, code := range codes {
			keys = append(keys, s.store.products.keysOf(code)...)
		}
		return keys, true, f
	case q["eancode"] != "":
		for _, p := range s.store.products.snapshot() {
			if p.hasEAN(q["eancode"]) {
				keys = append(keys, p.Key)
			}
		}
		return keys, false, nil
	}
	return nil, false, invalid(textNoParameter, "id")
}

func (p *Product) hasEAN(code string) bool { return p.PrimaryEAN == code || p.SecondaryEAN == code }

// replied applies replyoption: 1 not deleted, 2 published, deleted or not, 3
// published and not deleted.
func replied(p *Product, option int) bool {
	return (option&1 == 0 || !p.Deleted) && (option&2 == 0 || p.Active)
}

// product writes the whole of p.
func (d *document) product(p *Product, dir *directory) {
	d.open("Product")
	d.baseInformation(p, dir)
	d.open("ProductBookKeepingDetails")
	d.leaf("DefaultVatPercent", shown(p.VATPercent, 0))
	d.leaf("DefaultDomesticAccountNumber", p.DomesticAccount)
	d.leaf("DefaultEuAccountNumber", p.EUAccount)
	d.leaf("DefaultOutsideEUAccountNumber", p.OutsideEUAccount)
	d.close("ProductBookKeepingDetails")
	d.open("ProductInventoryDetails")
	d.leaf("InventoryAmount", stock(p.InventoryAmount, 2))
	d.leaf("InventoryMidPrice", stock(p.InventoryMidPrice, 4))
	d.leaf("InventoryValue", stock(p.InventoryValue, 2))
	d.leaf("InventoryReservedAmount", stock(p.InventoryReserved, 2))
	d.leaf("InventoryOrderedAmount", stock(p.InventoryOrdered, 2))
	d.leaf("InventoryAccountNumber", p.InventoryAccount)
	d.close("ProductInventoryDetails")
	d.additionalInformation(p)
	d.close("Product")
}

func (d *document) baseInformation(p *Product, dir *directory) {
	net, gross := p.prices()
	d.open("ProductBaseInformation")
	d.leaf("NetvisorKey", strconv.Itoa(p.Key))
	d.leaf("ProductCode", p.Code)
	d.leaf("ProductGroup", dir.byName[p.Group].Name)
	d.leaf("Name", p.Name)
	d.leaf("Description", p.Description)
	d.leaf("UnitPrice", shown(net, 4), "type", "net")
	d.leaf("UnitGrossPrice", shown(gross, 4), "type", "gross")
	d.leaf("Unit", p.Unit)
	d.leaf("UnitWeight", shown(p.UnitWeight, 2))
	d.leaf("PurchasePrice", shown(p.PurchasePrice, 4))
	d.leaf("TariffHeading", p.TariffHeading)
	d.leaf("ComissionPercentage", shown(p.CommissionPercentage, 0))
	d.leaf("IsActive", flag(p.Active))
	d.leaf("IsSalesProduct", flag(p.SalesProduct))
	d.leaf("CountryOfOrigin", p.CountryOfOrigin, "type", "ISO-3166")
	d.close("ProductBaseInformation")
}

func (d *document) additionalInformation(p *Product) {
	d.open("ProductAdditionalInformation")
	d.leaf("ProductNetWeight", shown(p.NetWeight, 0), "weightunit", p.WeightUnit)
	d.leaf("ProductGrossWeight", shown(p.GrossWeight, 0), "weightunit", p.WeightUnit)
	d.open("ProductPackageInformation")
	d.leaf("PackageWidth", shown(p.PackageWidth, 0), "unit", "cm")
	d.leaf("PackageHeight", shown(p.PackageHeight, 0), "unit", "cm")
	d.leaf("PackageLength", shown(p.PackageLength, 0), "unit", "cm")
	d.close("ProductPackageInformation")
	d.leaf("PrimaryEanCode", p.PrimaryEAN)
	d.leaf("SecondaryEanCode", p.SecondaryEAN)
	d.close("ProductAdditionalInformation")
}

// stock shows a figure that is zero rather than blank.
func stock(s string, places int) string {
	orElse(&s, "0")
	return shown(s, places)
}
