package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/reconcile"
	"github.com/instep-go/instep/store/sqlite"
)

// engine is the first load of the engine: everything is created on the right
// side, and the state is in SQLite.
func engine(ctx context.Context, c *client, opt options) error {
	n, dir := opt.records, opt.dir
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "s1"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	store, err := sqlite.Open(ctx, dir, nil)
	if err != nil {
		return err
	}
	defer store.Close()
	var o reconcile.Options
	if opt.spill {
		o.Spill = func() (reconcile.Scratch, error) {
			file, err := os.CreateTemp(dir, "spill-*")
			if err == nil {
				err = os.Remove(file.Name())
			}
			return file, err
		}
	}
	e, err := reconcile.New(store, []reconcile.Pair{pair(c, n)}, &o)
	if err != nil {
		return err
	}
	sum, err := e.Run(ctx, nil)
	if err != nil {
		return err
	}
	if made := sum.Pairs[0].Counts.Of(instep.Created); made != n {
		return fmt.Errorf("%d created, not %d", made, n)
	}
	return nil
}

// fields are the names on both sides, in the order of the mapping.
var fields = [...][2]string{
	{"code", "code"}, {"name", "title"}, {"business_id", "vat"}, {"email", "mail"}, {"phone", "phone"}, {"street", "street"},
	{"zip", "zip"}, {"city", "city"}, {"country", "country"}, {"group", "group"}, {"currency", "currency"}, {"active", "in_use"},
}

func pair(c *client, n int) reconcile.Pair {
	var m instep.Mapping
	for i, name := range fields {
		r := instep.Rule{
			Name: name[0], Left: instep.End{Field: name[0]}, Right: instep.End{Field: name[1]}, Owner: instep.LeftOwns,
		}
		if i == 0 {
			r.Match = &instep.Match{Rank: 1}
		}
		m.Rules = append(m.Rules, r)
	}
	return reconcile.Pair{
		Name: "customers", Left: &left{c, n}, Right: &right{c}, Mapping: m, Flow: instep.ToRight,
		Guards: reconcile.Guards{Creates: -1},
	}
}

// left reads the customers.
type left struct {
	c *client
	n int
}

func (l *left) Traits() instep.Traits {
	return instep.Traits{System: "left", Entity: "customer", Snapshot: true, Ordered: true, MaxGet: pageSize}
}

func (l *left) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	start, _ := strconv.Atoi(string(from))
	page, err := l.c.list(ctx, start)
	if err != nil {
		return instep.Page{}, err
	}
	end := start + len(page)
	p := instep.Page{Records: asRecords(page), Next: instep.Cursor(strconv.Itoa(end)), More: end < l.n}
	if !p.More {
		p.Sweep = instep.Sweep{Complete: true, Total: l.n}
	}
	return p, nil
}

// Get reads customers by id.
func (l *left) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	ids := make([]string, len(refs))
	for i := range refs {
		ids[i] = refs[i].ID
	}
	page, err := l.c.get(ctx, ids)
	return asRecords(page), err
}

func asRecords(page []customer) []instep.Record {
	recs := make([]instep.Record, len(page))
	for i := range page {
		c := &page[i]
		recs[i] = instep.Record{Ref: instep.Ref{System: "left", Entity: "customer", ID: c.ID}, Fields: instep.NewFields(
			instep.Field{Name: "active", Value: instep.Bool(c.Active)},
			instep.Field{Name: "business_id", Value: instep.String(c.BusinessID)},
			instep.Field{Name: "city", Value: instep.String(c.Address.City)},
			instep.Field{Name: "code", Value: instep.String(c.Code)},
			instep.Field{Name: "country", Value: instep.String(c.Address.Country)},
			instep.Field{Name: "currency", Value: instep.String(c.Currency)},
			instep.Field{Name: "email", Value: instep.String(c.Email)},
			instep.Field{Name: "group", Value: instep.String(c.Group)},
			instep.Field{Name: "name", Value: instep.String(c.Name)},
			instep.Field{Name: "phone", Value: instep.String(c.Phone)},
			instep.Field{Name: "street", Value: instep.String(c.Address.Street)},
			instep.Field{Name: "zip", Value: instep.String(c.Address.Zip)},
		)}
	}
	return recs
}

// right takes debtors. It has none at first.
type right struct{ c *client }

func (r *right) Traits() instep.Traits {
	return instep.Traits{
		System: "right", Entity: "debtor", Snapshot: true, Exact: true, MaxBatch: batchSize, MaxInFlight: 16, MaxGet: pageSize,
	}
}

func (r *right) Read(context.Context, instep.Cursor) (instep.Page, error) {
	return instep.Page{Next: "end", Sweep: instep.Sweep{Complete: true}}, nil
}

// Write creates debtors.
func (r *right) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	batch := make([]debtor, len(ops))
	for i := range ops {
		batch[i] = asDebtor(ops[i].Fields)
	}
	ids, err := r.c.write(ctx, batch)
	if err != nil {
		return nil, err
	}
	results := make([]instep.Result, len(ops))
	for i, id := range ids {
		results[i].Ref = instep.Ref{System: "right", Entity: "debtor", ID: id}
	}
	return results, nil
}

func asDebtor(f instep.Fields) debtor {
	var d debtor
	for name, v := range f.All() {
		if name == "in_use" {
			d.InUse, _ = v.AsBool()
		} else {
			*d.text(name), _ = v.AsString()
		}
	}
	return d
}

// text returns the field of a debtor that has the name.
func (d *debtor) text(name string) *string {
	switch name {
	case "code":
		return &d.Code
	case "title":
		return &d.Title
	case "vat":
		return &d.VAT
	case "mail":
		return &d.Mail
	case "phone":
		return &d.Phone
	case "street":
		return &d.Street
	case "zip":
		return &d.Zip
	case "city":
		return &d.City
	case "country":
		return &d.Country
	case "group":
		return &d.Group
	default:
		return &d.Currency
	}
}
