package netvisor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// Customers is the connector of one company's customers: a source, a sink, and
// all that an engine asks of both. It is safe for concurrent use; pages are
// read one at a time.
//
// The external identifier of a private customer is a personal identity code.
// The connector never gives it: external_identifier is absent in the record of
// a private customer, finds none, and a value that looks like such a code is
// not sent in a search.
type Customers struct {
	c    *Client
	walk listed
}

var (
	_ instep.Source    = (*Customers)(nil)
	_ instep.Sink      = (*Customers)(nil)
	_ instep.Getter    = (*Customers)(nil)
	_ instep.Finder    = (*Customers)(nil)
	_ instep.Lister    = (*Customers)(nil)
	_ instep.Prober    = (*Customers)(nil)
	_ instep.Describer = (*Customers)(nil)
	_ instep.Traiter   = (*Customers)(nil)
)

// Customers returns the connector of the company's customers. Each one keeps
// the list of the walk it is reading, so that one run should use one.
func (c *Client) Customers() *Customers {
	s := &Customers{c: c}
	s.walk = listed{c: c, of: "customers", page: cmp.Or(c.pageSize, maxGetCustomers), list: s.list, get: s.get}
	return s
}

// Traits tells the facts about customers in Netvisor.
func (s *Customers) Traits() instep.Traits {
	t := s.c.traits("customer")
	t.CanDelete = true // only those without invoices; the vendor refuses others
	t.CanBar = true
	t.MaxGet = maxGetCustomers
	return t
}

// Describe names the fields of a customer.
func (s *Customers) Describe(context.Context) ([]instep.FieldInfo, error) {
	return customerTable.describe(instep.ReadWrite, s.c.newCustomer), nil
}

// List returns the payment terms for [ListPaymentTerms], by name and
// NetvisorKey. Netvisor has no resource that lists customer groups: for
// [ListCustomerGroups] these are the groups that customers are in, taken from
// customerlist.nv, so that one without customers does not show.
func (s *Customers) List(ctx context.Context, list string) ([]instep.Item, error) {
	switch list {
	case ListPaymentTerms:
		return s.terms(ctx)
	case ListCustomerGroups:
		return s.groups(ctx)
	default:
		return nil, noList(list, ListPaymentTerms+" or "+ListCustomerGroups)
	}
}

func (s *Customers) terms(ctx context.Context) ([]instep.Item, error) {
	terms, err := s.c.PaymentTerms(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]instep.Item, len(terms))
	for i, t := range terms {
		items[i] = instep.Item{Code: keyText(t.Key), Name: t.Name}
	}
	return items, nil
}

func (s *Customers) groups(ctx context.Context) ([]instep.Item, error) {
	names := map[int64]string{}
	_, err := s.c.listCustomers(ctx, nil, func(row CustomerRow) {
		if row.GroupID > 0 && row.GroupName != "" {
			names[row.GroupID] = row.GroupName
		}
	})
	if err != nil {
		return nil, err
	}
	items := make([]instep.Item, 0, len(names))
	for _, key := range slices.Sorted(maps.Keys(names)) {
		items = append(items, instep.Item{Code: keyText(key), Name: names[key]})
	}
	return items, nil
}

// Read returns the next page of customers in ascending order of their keys, as
// [Products.Read] does: from customerlist.nv and getcustomer.nv.
func (s *Customers) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	return s.walk.read(ctx, from)
}

// list returns the keys of all customers, or of those changed since a time, in
// ascending order and each once.
func (s *Customers) list(ctx context.Context, since string) ([]int64, answer, error) {
	var params []param
	if since != "" {
		params = []param{{"changedsince", since}}
	}
	var keys []int64
	a, err := s.c.listCustomers(ctx, params, func(row CustomerRow) { keys = append(keys, row.Key) })
	if err != nil {
		return nil, answer{}, err
	}
	slices.Sort(keys)
	return slices.Compact(keys), a, nil
}

// get returns the customers with these keys, at most maxGetCustomers, as
// records.
func (s *Customers) get(ctx context.Context, keys []int64) (map[int64]instep.Record, answer, error) {
	found, a, err := s.c.customersByKey(ctx, keys)
	return asRecords(&customerTable, found), a, err
}

// Get returns the customers with the given ids, up to 500 a request. One that
// is not there has status Missing.
func (s *Customers) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	return getRecords(ctx, "customer", refs, maxGetCustomers, s.get)
}

// Find finds customers by internal_identifier, many a request, or by
// external_identifier or name, one a request. Netvisor searches parts of
// several fields; only exact matches are given. No private customer is found
// by external_identifier.
func (s *Customers) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i], _ = v.AsString()
	}
	texts = unique(texts)
	var searches [][]param
	var of func(*CustomerRow) string
	switch field {
	case FieldInternalIdentifier:
		searches, of = customerCodes(texts), func(r *CustomerRow) string { return r.Code }
	case FieldExternalIdentifier:
		searches, of = keywords(texts), func(r *CustomerRow) string { return r.BusinessID }
	case FieldName:
		searches, of = keywords(texts), func(r *CustomerRow) string { return r.Name }
	default:
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "netvisor: find customers", Field: field,
			Err:    errors.New("customers cannot be found by this field"),
			Remedy: "use " + FieldInternalIdentifier + ", " + FieldExternalIdentifier + " or " + FieldName,
		}
	}
	wanted := make(map[string]bool, len(texts))
	for _, text := range texts {
		wanted[text] = true
	}
	records, err := s.search(ctx, searches, func(r *CustomerRow) bool { return wanted[of(r)] })
	if err != nil {
		return nil, err
	}
	return pick(records, field, values), nil
}

// search returns the customers of those that any of the searches lists which
// are wanted.
func (s *Customers) search(
	ctx context.Context, searches [][]param, wanted func(*CustomerRow) bool,
) (map[int64]instep.Record, error) {
	keys := map[int64]bool{}
	for _, params := range searches {
		_, err := s.c.listCustomers(ctx, params, func(row CustomerRow) {
			if wanted(&row) {
				keys[row.Key] = true
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return getAll(ctx, slices.Sorted(maps.Keys(keys)), maxGetCustomers, s.get)
}

// pick returns for each value the records whose field has it, by ascending
// key. A blank value has none.
func pick(records map[int64]instep.Record, field string, values []instep.Value) [][]instep.Record {
	by := map[instep.Value][]instep.Record{}
	for _, key := range slices.Sorted(maps.Keys(records)) {
		v := records[key].Fields.Get(field)
		by[v] = append(by[v], records[key])
	}
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		if !v.IsBlank() {
			out[i] = by[v]
		}
	}
	return out
}

// customerCodes makes the parameters of as few requests as the limits allow.
// A code with a comma cannot be part of a list and is searched for.
func customerCodes(codes []string) [][]param {
	var out [][]param
	var batch []string
	size := 0
	flush := func() {
		if len(batch) > 0 {
			out = append(out, []param{{"customercodelist", strings.Join(batch, ",")}})
		}
		batch, size = nil, 0
	}
	for _, code := range codes {
		switch {
		case strings.TrimSpace(code) == "":
		case strings.Contains(code, ","):
			out = append(out, []param{{"keyword", code}})
		default:
			if len(batch) == maxCustomerCodes || size+len(code) > maxCodeList {
				flush()
			}
			batch = append(batch, code)
			size += len(code) + 1
		}
	}
	flush()
	return out
}

// personal is the form of Finnish personal identity codes: the birthday, a
// sign for the century, three digits and a check.
var personal = regexp.MustCompile(`(?i)^[0-9]{6}[-+a-fu-y][0-9]{3}[0-9a-y]$`)

// keywords makes a search for each text, except for personal identity codes,
// which have no place in an address.
func keywords(texts []string) [][]param {
	var out [][]param
	for _, text := range texts {
		if trimmed := strings.TrimSpace(text); trimmed != "" && !personal.MatchString(trimmed) {
			out = append(out, []param{{"keyword", text}})
		}
	}
	return out
}

// Write carries out the operations one request after the other, as
// [Products.Write] does.
//
// A customer group is given by name. Netvisor takes a new one for a new group
// (inferred). A payment term is given by name and must be there. A create
// without internal_identifier gives a customer without code, unless
// [Options.AutomaticCodes] is set. A delete is refused, with kind Invalid, if
// the customer has invoices; Deactivate sets is_active to false instead.
func (s *Customers) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	return writeAll(ctx, &customerTable, ops, s.write), nil
}

func (s *Customers) write(ctx context.Context, op *instep.Op) (Written, error) {
	switch op.Action {
	case instep.Create:
		u, err := customerTable.created(op.Fields, s.c.newCustomer)
		if err != nil {
			return Written{}, err
		}
		u.AutomaticCode = s.c.automaticCodes
		return s.c.AddCustomer(ctx, u)
	case instep.Update, instep.Deactivate:
		return editOne(ctx, &customerTable, op, s.c.EditCustomer, s.get)
	case instep.Delete:
		key, err := keyToWrite(op, "customer")
		if err != nil {
			return Written{}, err
		}
		w, err := s.c.DeleteCustomer(ctx, key)
		return w, ifMissing(ctx, key, err, s.get)
	default:
		return Written{}, &instep.Error{Kind: instep.Unsupported, Err: errors.New("unknown action")}
	}
}

// Probe looks at the installation, as [Products.Probe] does: whether Netvisor
// answers and accepts the credentials, and lets customers, their details and
// the payment terms be read. It writes nothing.
func (s *Customers) Probe(ctx context.Context) (instep.Report, error) {
	first := func(since string) (answer, error) {
		_, a, err := s.list(ctx, since)
		return a, err
	}
	return s.c.probe(ctx, "customer list readable", "customerlist.nv answers", first,
		trial{"customers readable", "getcustomer.nv answers", func() (string, error) {
			_, _, err := s.get(ctx, []int64{1})
			return "", err
		}},
		trial{"payment terms readable", "", func() (string, error) {
			terms, err := s.c.PaymentTerms(ctx)
			return fmt.Sprintf("%d payment terms", len(terms)), err
		}},
	)
}
