package netvisortest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxCode = 50  // characters; vendor documentation
	maxName = 200 // characters; vendor documentation
	maxUnit = 50  // characters; vendor documentation
)

// Product is one record of the register. Decimals are plain text with a point
// and without zeros at their end, such as "19.9"; empty means blank.
type Product struct {
	Key                  int         `json:"netvisor_key"` // NetvisorKey, from 1
	Code                 string      `json:"product_code"` // at most 50 characters, may be empty
	Name                 string      `json:"name"`         // 1 to 200 characters
	Description          string      `json:"description,omitempty"`
	Group                string      `json:"product_group"` // its name; a missing group is created
	UnitPrice            string      `json:"unit_price"`
	GrossPrice           bool        `json:"gross_price,omitempty"` // UnitPrice includes VAT
	Unit                 string      `json:"unit,omitempty"`        // at most 50 characters
	UnitWeight           string      `json:"unit_weight,omitempty"`
	PurchasePrice        string      `json:"purchase_price,omitempty"`
	TariffHeading        string      `json:"tariff_heading,omitempty"`
	CommissionPercentage string      `json:"commission_percentage,omitempty"`
	Active               bool        `json:"is_active"` // isactive, also what the filters call published
	SalesProduct         bool        `json:"is_sales_product"`
	InventoryEnabled     bool        `json:"inventory_enabled,omitempty"`
	BatchLinkingMode     string      `json:"batch_linking_mode,omitempty"` // "1" to "8"
	CountryOfOrigin      string      `json:"country_of_origin,omitempty"`  // ISO 3166, two letters
	PrimaryEAN           string      `json:"primary_ean,omitempty"`
	SecondaryEAN         string      `json:"secondary_ean,omitempty"`
	AlertLimit           string      `json:"inventory_alert_limit,omitempty"`
	VATPercent           string      `json:"default_vat_percent"`
	DomesticAccount      string      `json:"domestic_account,omitempty"`
	EUAccount            string      `json:"eu_account,omitempty"`
	OutsideEUAccount     string      `json:"outside_eu_account,omitempty"`
	InventoryAmount      string      `json:"inventory_amount,omitempty"`
	InventoryMidPrice    string      `json:"inventory_mid_price,omitempty"`
	InventoryValue       string      `json:"inventory_value,omitempty"`
	InventoryReserved    string      `json:"inventory_reserved,omitempty"`
	InventoryOrdered     string      `json:"inventory_ordered,omitempty"`
	InventoryAccount     string      `json:"inventory_account,omitempty"`
	NetWeight            string      `json:"net_weight,omitempty"`
	GrossWeight          string      `json:"gross_weight,omitempty"`
	WeightUnit           string      `json:"weight_unit,omitempty"` // g, kg or tn
	PackageWidth         string      `json:"package_width,omitempty"`
	PackageHeight        string      `json:"package_height,omitempty"`
	PackageLength        string      `json:"package_length,omitempty"`
	Dimensions           []Dimension `json:"dimensions,omitempty"`
	CustomTags           []CustomTag `json:"custom_tags,omitempty"`
	Deleted              bool        `json:"deleted,omitempty"` // still listed, as the vendor does
	LastChanged          time.Time   `json:"last_changed"`
}

// Dimension is a cost dimension of a product.
type Dimension struct {
	Name string `json:"name"`
	Item string `json:"item"`
}

// CustomTag is a free tag of a product.
type CustomTag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Type  string `json:"type,omitempty"` // date, text, decimal or enum
}

// Group is a product group.
type Group struct {
	Key    int    `json:"netvisor_key"` // NetvisorKey, from 1
	Name   string `json:"name"`
	Parent int    `json:"parent,omitempty"` // key of the group above, 0 at the top
}

// clone copies p so deeply that the copy can be changed freely.
func (p *Product) clone() Product {
	c := *p
	c.Dimensions = slices.Clone(p.Dimensions)
	c.CustomTags = slices.Clone(p.CustomTags)
	return c
}

func (p *Product) head() (key *int, code *string, changed *time.Time) {
	return &p.Key, &p.Code, &p.LastChanged
}

func (p *Product) gone() bool { return p.Deleted }

// decimals are the fields that hold numbers; prices come first.
func (p *Product) decimals() (all []*string, prices int) {
	return []*string{
		&p.UnitPrice, &p.PurchasePrice,
		&p.UnitWeight, &p.CommissionPercentage, &p.AlertLimit, &p.VATPercent,
		&p.InventoryAmount, &p.InventoryMidPrice, &p.InventoryValue, &p.InventoryReserved, &p.InventoryOrdered,
		&p.NetWeight, &p.GrossWeight, &p.PackageWidth, &p.PackageHeight, &p.PackageLength,
	}, 2
}

func (st *store) tidyProduct(p *Product) error { return p.normalise(st.o.LossyPrices) }

func (st *store) needsOfProduct(p *Product) error {
	if err := st.ensureGroup(p.Group); err != nil {
		return err
	}
	return st.ensure(&st.units, p.Unit)
}

// normalise does to p what the vendor does to what it stores, and refuses what
// it could not store.
func (p *Product) normalise(lossy bool) error {
	for _, s := range []*string{&p.Code, &p.Name, &p.Group, &p.Unit} {
		*s = strings.TrimSpace(*s)
	}
	orElse(&p.UnitPrice, "0")
	orElse(&p.VATPercent, "0")
	all, prices := p.decimals()
	for i, d := range all {
		if *d == "" {
			continue
		}
		v, ok := parseDecimal(*d)
		if !ok {
			return fmt.Errorf("%q is not a decimal number", *d)
		}
		if i < prices && lossy {
			v = roundDecimal(v, 4)
		}
		*d = v
	}
	if len(p.Dimensions) == 0 {
		p.Dimensions = nil
	}
	if len(p.CustomTags) == 0 {
		p.CustomTags = nil
	}
	switch {
	case p.Name == "":
		return errors.New("the name is missing")
	case utf8.RuneCountInString(p.Name) > maxName:
		return errors.New("the name is too long")
	case utf8.RuneCountInString(p.Code) > maxCode:
		return errors.New("the code is too long")
	case utf8.RuneCountInString(p.Unit) > maxUnit:
		return errors.New("the unit is too long")
	}
	return nil
}
