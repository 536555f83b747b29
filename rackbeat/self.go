package rackbeat

import (
	"context"
	"net/http"
	"time"
)

// Self is whom the API key belongs to.
type Self struct {
	Account Account // the company
	User    User    // who made the key
}

// Account is a company in Rackbeat.
type Account struct {
	ID          Attr[string]  `json:"id,omitzero"` // the agreement number, which never changes
	CompanyName Attr[string]  `json:"company_name,omitzero"`
	Address     Attr[Address] `json:"address,omitzero"`
}

// Address is where a company is.
type Address struct {
	Street  Attr[string] `json:"street,omitzero"`
	Street2 Attr[string] `json:"street2,omitzero"`
	City    Attr[string] `json:"city,omitzero"`
	ZIPCode Attr[string] `json:"zipcode,omitzero"`
	Country Attr[string] `json:"country,omitzero"`
}

// User is a person in Rackbeat.
type User struct {
	ID    Attr[string] `json:"id,omitzero"`
	Name  Attr[string] `json:"name,omitzero"`
	Email Attr[string] `json:"email,omitzero"`
}

// accountRow is an Account on the wire.
type accountRow struct{ Account }

func (r accountRow) record(*time.Location) Account { return r.Account }

// userRow is a User on the wire.
type userRow struct{ User }

func (r userRow) record(*time.Location) User { return r.User }

// Self reads whom the API key belongs to. It is the cheapest test of a key.
func (c *Client) Self(ctx context.Context) (Self, error) {
	s, _, err := c.self(ctx)
	return s, err
}

func (c *Client) self(ctx context.Context) (Self, reply, error) {
	k := call{op: "rackbeat: get self", method: http.MethodGet, path: "self"}
	r, err := c.do(ctx, &k)
	if err != nil {
		return Self{}, r, err
	}
	account, err := decodeOne[accountRow](r.body, "user_account", c.opts.ZonelessTimes)
	if err != nil {
		return Self{}, r, k.malformed(r.body, err)
	}
	user, err := decodeOne[userRow](r.body, "user", c.opts.ZonelessTimes)
	if err != nil {
		user = User{} // a key that belongs to no user is fine
	}
	return Self{account, user}, r, nil
}
