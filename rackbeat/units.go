package rackbeat

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/instep-go/instep"
)

// Unit is a unit in which products are counted or measured.
type Unit struct {
	Number string `json:"number"` // unique
	Name   string `json:"name"`
}

// unitRow is a Unit on the wire.
type unitRow struct {
	Number Attr[string] `json:"number"`
	Name   Attr[string] `json:"name"`
}

func (r unitRow) record(*time.Location) Unit {
	return Unit{Number: r.Number.Or(""), Name: r.Name.Or("")}
}

func unitItem(u *Unit) (instep.Item, bool) { return instep.Item{Code: u.Number, Name: u.Name}, true }

// ListUnits yields all units. An error comes once and ends the sequence.
func (c *Client) ListUnits(ctx context.Context, o *ListOptions) iter.Seq2[Unit, error] {
	return walk(ctx, o, c.UnitPage)
}

// UnitPage returns one page of [Client.ListUnits].
func (c *Client) UnitPage(ctx context.Context, page int, o *ListOptions) (List[Unit], error) {
	return list[unitRow](ctx, c, resource{"units", "units", "units"}, page, o)
}

// GetUnit reads the unit with the number. It is an error of kind NotFound if
// there is none.
func (c *Client) GetUnit(ctx context.Context, number string) (Unit, error) {
	const op = "rackbeat: get unit"
	if err := checkNumber(op, number); err != nil {
		return Unit{}, err
	}
	k := call{op: op, method: http.MethodGet, path: "units/" + url.PathEscape(number)}
	return one[unitRow](ctx, c, &k, "unit")
}

// UnitInput is a unit to create. The number is given out by the vendor if it
// is kept (inferred).
type UnitInput struct {
	Number instep.Opt[string]
	Name   string
}

// CreateUnit creates a unit. The request is sent once. That units can be
// created this way is inferred from the other registers.
func (c *Client) CreateUnit(ctx context.Context, in UnitInput) (Unit, error) {
	k := call{op: "rackbeat: create unit", method: http.MethodPost, path: "units", body: form{"name": in.Name}}
	_, k.numbered = in.Number.Get()
	put(k.body, "number", in.Number, code)
	if err := checkNamed(in.Name, k.body); err != nil {
		return Unit{}, k.failed(err)
	}
	return one[unitRow](ctx, c, &k, "unit")
}
