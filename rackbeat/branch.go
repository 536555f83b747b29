package rackbeat

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/instep-go/instep"
)

// branch is what lies below a customer or supplier, keyed by the vendor's own
// id. R is its wire form. How it is written is inferred from the other
// registers; only reading is known.
type branch[R row[T], T any] struct {
	of   string // "customers"
	path string // "contacts"; the envelope of a list has the same name
	key  string // "contact": the envelope of one
}

var (
	customerContacts  = branch[contactRow, Contact]{"customers", "contacts", "contact"}
	supplierContacts  = branch[contactRow, Contact]{"suppliers", "contacts", "contact"}
	customerAddresses = branch[addressRow, PartnerAddress]{"customers", "addresses", "address"}
)

// all returns a request about all that lies below the record with a number.
func (b *branch[R, T]) all(verb, method, number string) (*call, error) {
	entity := strings.TrimSuffix(b.of, "s")
	k := &call{
		op: "rackbeat: " + verb + " " + entity + " " + b.key, method: method,
		path: b.of + "/" + Once.escape(number) + "/" + b.path, ref: instep.Ref{System: system, Entity: entity, ID: number},
	}
	if !isNumber(number) { // which might be taken for the number of another
		return k, k.failed(unfit("number", "is no whole number that the vendor could have", "give the number as it stands in Rackbeat"))
	}
	return k, nil
}

// at returns a request about that which has the id.
func (b *branch[R, T]) at(verb, method, number, id string) (*call, error) {
	k, err := b.all(verb, method, number)
	if err != nil {
		return k, err
	}
	k.path += "/" + url.PathEscape(id)
	return k, checkRef(k.op, instep.Ref{System: system, Entity: b.key, ID: id})
}

func (b *branch[R, T]) list(ctx context.Context, c *Client, number string, o *ListOptions) iter.Seq2[T, error] {
	return walk(ctx, o, func(ctx context.Context, page int, o *ListOptions) (List[T], error) {
		k, err := b.all("list", http.MethodGet, number)
		if err != nil {
			return List[T]{}, err
		}
		return list[R](ctx, c, resource{k.path, b.path, k.ref.Entity + " " + b.path}, page, o)
	})
}

func (b *branch[R, T]) create(ctx context.Context, c *Client, number string, body form) (T, error) {
	k, err := b.all("create", http.MethodPost, number)
	return b.write(ctx, c, k, body, err)
}

func (b *branch[R, T]) update(ctx context.Context, c *Client, number, id string, body form) (T, error) {
	k, err := b.at("update", http.MethodPut, number, id)
	return b.write(ctx, c, k, body, err)
}

// write sends a body, unless something was wrong before.
func (b *branch[R, T]) write(ctx context.Context, c *Client, k *call, body form, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if err = body.check("", priceDecimals); err == nil && len(body) == 0 {
		err = unfit("", "there is nothing to write", "leave it out")
	}
	if err != nil {
		return none, k.failed(err)
	}
	k.body = body
	return one[R](ctx, c, k, b.key)
}

func (b *branch[R, T]) remove(ctx context.Context, c *Client, number, id string) error {
	k, err := b.at("delete", http.MethodDelete, number, id)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, k) // the reply may be empty
	return err
}
