package netvisor

import (
	"errors"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// readProduct reads one Product element of getproduct.nv. An element that
// holds nothing gives the zero Product.
func readProduct(n *node, zone *time.Location) (Product, error) {
	v := &values{zone: zone}
	base := n.kid("productbaseinformation")
	p := Product{
		Key:                 v.key(base, "netvisorkey"),
		Code:                v.text(base, "productcode"),
		Group:               v.text(base, "productgroup"),
		Name:                v.text(base, "name"),
		Description:         v.text(base, "description"),
		UnitPrice:           v.decimal(base, "unitprice"),
		UnitGrossPrice:      v.decimal(base, "unitgrossprice"),
		Unit:                v.text(base, "unit"),
		UnitWeight:          v.decimal(base, "unitweight"),
		PurchasePrice:       v.decimal(base, "purchaseprice"),
		TariffHeading:       v.text(base, "tariffheading"),
		ComissionPercentage: v.decimal(base, "comissionpercentage"),
		IsActive:            v.truth(base, "isactive"),
		IsSalesProduct:      v.truth(base, "issalesproduct"),
		CountryOfOrigin:     v.text(base, "countryoforigin"),
		BookKeeping:         v.bookKeeping(n.kid("productbookkeepingdetails")),
		Inventory:           v.inventory(n.kid("productinventorydetails")),
		Additional:          v.additional(n.kid("productadditionalinformation")),
	}
	if isGross(base.kid("unitprice").attr("type")) {
		p.NetUnknown = true
		if p.UnitGrossPrice.IsKept() {
			p.UnitGrossPrice = p.UnitPrice
		}
		p.UnitPrice = instep.Opt[instep.Decimal]{}
	}
	sub := n.kid("subproductinformation")
	p.SubProducts, p.Parents = v.subProducts(sub.kid("children")), v.subProducts(sub.kid("parents"))
	return p, about("product", p.Key, v.err)
}

// isGross reads the type of a price: net or gross, or the older netto and
// brutto. No type means net.
func isGross(kind string) bool {
	return strings.EqualFold(kind, "gross") || strings.EqualFold(kind, "brutto")
}

// about adds to an error which record could not be read.
func about(entity string, key int64, err error) error {
	if e, ok := errors.AsType[*instep.Error](err); ok && key > 0 {
		e.Ref = refOf(entity, key)
	}
	return err
}

func (v *values) bookKeeping(n *node) *BookKeeping {
	if n == nil {
		return nil
	}
	return &BookKeeping{
		DefaultVATPercent:       v.decimal(n, "defaultvatpercent"),
		DefaultDomesticAccount:  v.text(n, "defaultdomesticaccountnumber"),
		DefaultEUAccount:        v.text(n, "defaulteuaccountnumber"),
		DefaultOutsideEUAccount: v.text(n, "defaultoutsideeuaccountnumber"),
		Dimensions:              v.dimensions(n.kid("productdimensions")),
	}
}

func (v *values) inventory(n *node) *Inventory {
	if n == nil {
		return nil
	}
	return &Inventory{
		Amount:         v.decimal(n, "inventoryamount"),
		MidPrice:       v.decimal(n, "inventorymidprice"),
		Value:          v.decimal(n, "inventoryvalue"),
		ReservedAmount: v.decimal(n, "inventoryreservedamount"),
		OrderedAmount:  v.decimal(n, "inventoryorderedamount"),
		AccountNumber:  v.text(n, "inventoryaccountnumber"),
	}
}

func (v *values) additional(n *node) *Additional {
	if n == nil {
		return nil
	}
	box := n.kid("productpackageinformation")
	a := &Additional{
		NetWeight:        v.decimal(n, "productnetweight"),
		GrossWeight:      v.decimal(n, "productgrossweight"),
		WeightUnit:       n.kid("productnetweight").attr("weightunit"),
		PackageWidth:     v.decimal(box, "packagewidth"),
		PackageHeight:    v.decimal(box, "packageheight"),
		PackageLength:    v.decimal(box, "packagelength"),
		PackageUnit:      box.kid("packagewidth").attr("unit"),
		PrimaryEANCode:   v.text(n, "primaryeancode"),
		SecondaryEANCode: v.text(n, "secondaryeancode"),
	}
	if a.WeightUnit == "" {
		a.WeightUnit = n.kid("productgrossweight").attr("weightunit")
	}
	if a.WeightUnit == "" {
		a.WeightUnit = v.text(n, "productweightunit")
	}
	return a
}

func (v *values) subProducts(n *node) []SubProduct {
	if n == nil {
		return nil
	}
	var out []SubProduct
	for _, k := range n.kids {
		out = append(out, SubProduct{
			Key:                 v.key(k, "netvisorkey"),
			Amount:              v.decimal(k, "amount"),
			PurchasePriceChange: v.decimal(k, "purchasepricechange"),
			UnitPriceChange:     v.decimal(k, "unitpricechange"),
		})
	}
	return out
}
