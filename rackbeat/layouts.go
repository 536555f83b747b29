package rackbeat

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// Layout is how the documents of a customer look.
type Layout struct {
	Number string `json:"number"` // unique
	Name   string `json:"name"`
}

func layoutItem(l *Layout) (instep.Item, bool) {
	return instep.Item{Code: l.Number, Name: l.Name}, true
}

// ListLayouts yields all layouts. Their attributes are inferred from those of
// the other lists. An error comes once and ends the sequence.
func (c *Client) ListLayouts(ctx context.Context, o *ListOptions) iter.Seq2[Layout, error] {
	return walk(ctx, o, c.LayoutPage)
}

// LayoutPage returns one page of [Client.ListLayouts].
func (c *Client) LayoutPage(ctx context.Context, page int, o *ListOptions) (List[Layout], error) {
	return list[namedRow[Layout]](ctx, c, resource{"layouts", "layouts", "layouts"}, page, o)
}

// Employee is somebody who works for the company.
type Employee struct {
	Number string `json:"number"` // unique
	Name   string `json:"name"`

	Initials          Attr[string] `json:"initials,omitzero"`
	ContactPhone      Attr[string] `json:"contact_phone,omitzero"`
	ContactEmail      Attr[string] `json:"contact_email,omitzero"`
	Locale            Attr[string] `json:"locale,omitzero"`
	JobTitle          Attr[string] `json:"job_title,omitzero"`
	ShouldNotify      Attr[bool]   `json:"should_notify,omitzero"`
	DefaultLocationID Attr[string] `json:"default_location_id,omitzero"`
}

// employeeRow is an Employee on the wire.
type employeeRow struct {
	Employee
	Number Attr[string] `json:"number"`
	Name   Attr[string] `json:"name"`
}

func (r employeeRow) record(*time.Location) Employee {
	e := r.Employee
	e.Number, e.Name = r.Number.Or(""), r.Name.Or("")
	return e
}

func employeeItem(e *Employee) (instep.Item, bool) {
	return instep.Item{Code: e.Number, Name: e.Name}, true
}

// ListEmployees yields all employees. An error comes once and ends the
// sequence.
func (c *Client) ListEmployees(ctx context.Context, o *ListOptions) iter.Seq2[Employee, error] {
	return walk(ctx, o, c.EmployeePage)
}

// EmployeePage returns one page of [Client.ListEmployees].
func (c *Client) EmployeePage(ctx context.Context, page int, o *ListOptions) (List[Employee], error) {
	return list[employeeRow](ctx, c, resource{"employees", "employees", "employees"}, page, o)
}

// Currency is a currency that the company uses.
type Currency struct {
	Code string       `json:"code"` // ISO 4217, in capitals
	Name Attr[string] `json:"name,omitzero"`
}

// currencyRow is a Currency on the wire. Where its code stands is inferred.
type currencyRow struct {
	Code    Attr[string] `json:"code"`
	ISOCode Attr[string] `json:"iso_code"`
	Number  Attr[string] `json:"number"`
	Name    Attr[string] `json:"name"`
}

func (r currencyRow) record(*time.Location) Currency {
	c := cmp.Or(r.Code.Or(""), r.ISOCode.Or(""), r.Number.Or(""), r.Name.Or(""))
	return Currency{Code: strings.ToUpper(c), Name: r.Name}
}

// currencyItem returns a currency as an item of the code list: people call it
// by its code.
func currencyItem(c *Currency) (instep.Item, bool) {
	return instep.Item{Code: c.Code, Name: c.Code}, c.Code != ""
}

// ListCurrencies yields all currencies. An error comes once and ends the
// sequence.
func (c *Client) ListCurrencies(ctx context.Context, o *ListOptions) iter.Seq2[Currency, error] {
	return walk(ctx, o, c.CurrencyPage)
}

// CurrencyPage returns one page of [Client.ListCurrencies]. Public clients
// disagree on the address: where "currencies" is not found, "currency" is
// tried. What a currency looks like is inferred.
func (c *Client) CurrencyPage(ctx context.Context, page int, o *ListOptions) (List[Currency], error) {
	l, err := list[currencyRow](ctx, c, resource{"currencies", "currencies", "currencies"}, page, o)
	if instep.KindOf(err) == instep.NotFound {
		return list[currencyRow](ctx, c, resource{"currency", "currencies", "currencies"}, page, o)
	}
	return l, err
}

// vatZones are the VAT zones that public clients of the vendor know of.
var vatZones = []string{"domestic", "eu", "abroad", "domestic_exempt"}

// VATZones returns the VAT zones that a customer or supplier can be in: the
// same for every company, and not read from the vendor.
func VATZones() []string { return slices.Clone(vatZones) }
