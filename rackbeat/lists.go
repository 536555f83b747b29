package rackbeat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/instep-go/instep"
)

// Names of the code lists.
const (
	listGroups         = "product_groups"
	listUnits          = "units"
	listCustomerGroups = "customer_groups"
	listSupplierGroups = "supplier_groups"
	listPaymentTerms   = "payment_terms"
	listDeliveryTerms  = "delivery_terms"
	listVATZones       = "vat_zones"
	listLayouts        = "layouts"
	listEmployees      = "employees"
	listCurrencies     = "currencies"
)

// listReader is how a code list is read, and, where it can be, added to.
type listReader struct {
	read  func(context.Context, *Client) ([]instep.Item, error)
	probe func(context.Context, *Client) error
	add   func(ctx context.Context, c *Client, name string) (instep.Item, error) // nil: it cannot
	quiet bool                                                                   // its names are those of people, and not for errors
	only  []string                                                               // all entries, of a list that nobody can change
}

// listReaders are all code lists.
var listReaders = map[string]listReader{
	listGroups:         paged((*Client).ProductGroupPage, groupItem),
	listUnits:          paged((*Client).UnitPage, unitItem),
	listCustomerGroups: paged((*Client).CustomerGroupPage, partnerGroupItem).adding(addCustomerGroup),
	listSupplierGroups: paged((*Client).SupplierGroupPage, partnerGroupItem).adding(addSupplierGroup),
	listPaymentTerms:   paged((*Client).PaymentTermPage, paymentTermItem).adding(addPaymentTerm),
	listDeliveryTerms:  paged((*Client).DeliveryTermPage, deliveryTermItem),
	listVATZones:       fixed(VATZones()...),
	listLayouts:        paged((*Client).LayoutPage, layoutItem),
	listEmployees:      paged((*Client).EmployeePage, employeeItem).ofPeople(),
	listCurrencies:     paged((*Client).CurrencyPage, currencyItem),
}

// paged returns the reader of a list that has pages; item returns false for
// what is not in use.
func paged[T any](page func(*Client, context.Context, int, *ListOptions) (List[T], error), item func(*T) (instep.Item, bool)) listReader {
	read := func(ctx context.Context, c *Client) ([]instep.Item, error) {
		var list []instep.Item
		all := walk(ctx, nil, func(ctx context.Context, n int, o *ListOptions) (List[T], error) { return page(c, ctx, n, o) })
		for v, err := range all {
			if err != nil {
				return nil, err
			}
			if it, ok := item(&v); ok {
				list = append(list, it)
			}
		}
		return list, nil
	}
	probe := func(ctx context.Context, c *Client) error {
		_, err := page(c, ctx, 1, &ListOptions{PageSize: 1})
		return err
	}
	return listReader{read: read, probe: probe}
}

// fixed returns the reader of a list that is the same everywhere, and of which
// the names are the codes.
func fixed(codes ...string) listReader {
	read := func(context.Context, *Client) ([]instep.Item, error) {
		list := make([]instep.Item, len(codes))
		for i, code := range codes {
			list[i] = instep.Item{Code: code, Name: code}
		}
		return list, nil
	}
	return listReader{read: read, probe: func(context.Context, *Client) error { return nil }, only: codes}
}

// adding returns the reader with a function that creates an entry.
func (r listReader) adding(add func(context.Context, *Client, string) (instep.Item, error)) listReader {
	return listReader{read: r.read, probe: r.probe, add: add, quiet: r.quiet}
}

// ofPeople returns the reader marked as one of people's names.
func (r listReader) ofPeople() listReader {
	return listReader{read: r.read, probe: r.probe, add: r.add, quiet: true}
}

// codeList is a code list as last read. It does not change.
type codeList struct {
	items  []instep.Item
	byName map[string][]string // name → codes
	byCode map[string]string   // code → name
}

func newCodeList(list []instep.Item) *codeList {
	l := &codeList{items: list, byName: map[string][]string{}, byCode: map[string]string{}}
	for _, item := range list {
		l.byName[item.Name] = append(l.byName[item.Name], item.Code)
		l.byCode[item.Code] = item.Name
	}
	return l
}

// codeLists are the code lists of a connector. They are safe for concurrent
// use.
type codeLists struct {
	c     *Client
	known []string // those that the connector has

	mu   sync.Mutex
	have map[string]*codeList // as last read

	making sync.Mutex           // held while an entry is created
	doubts map[string]time.Time // entries that may yet come of a create without reply, and until when
}

// get returns a code list: as last read, unless it was never read or a fresh
// one is asked for.
func (l *codeLists) get(ctx context.Context, name string, fresh bool) (*codeList, error) {
	l.mu.Lock()
	have := l.have[name]
	l.mu.Unlock()
	if have != nil && !fresh {
		return have, nil
	}
	if !slices.Contains(l.known, name) {
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "rackbeat: list", Field: name,
			Remedy: "use one of " + strings.Join(l.known, ", "),
		}
	}
	list, err := listReaders[name].read(ctx, l.c)
	if err != nil {
		return nil, err
	}
	return l.keep(name, list), nil
}

func (l *codeLists) keep(name string, list []instep.Item) *codeList {
	made := newCodeList(list)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.have == nil {
		l.have = make(map[string]*codeList)
	}
	l.have[name] = made
	return made
}

// with returns a code list that has the codes, or is fresh.
func (l *codeLists) with(ctx context.Context, name string, codes []string) (*codeList, error) {
	have, err := l.get(ctx, name, false)
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		if _, ok := have.byCode[code]; !ok {
			return l.get(ctx, name, true)
		}
	}
	return have, nil
}

// codeOf returns the code of the entry with a name. A name that is not there is
// looked for once more in a fresh list, unless *fresh says that this was done;
// if it is not there either, it is created where that is wanted.
func (l *codeLists) codeOf(ctx context.Context, list, field, name string, fresh *bool) (string, error) {
	have, err := l.get(ctx, list, false)
	if err == nil && len(have.byName[name]) == 0 && !*fresh {
		*fresh = true
		have, err = l.get(ctx, list, true)
	}
	if err != nil {
		return "", err
	}
	what := strings.TrimSuffix(strings.ReplaceAll(list, "_", " "), "s")
	switch codes := have.byName[name]; {
	case len(codes) == 1:
		return codes[0], nil
	case len(codes) > 1:
		return "", unfit(field, fmt.Sprintf("%d entries have this name", len(codes)),
			fmt.Sprintf("give each %s in Rackbeat a name of its own", what))
	case slices.Contains(l.c.opts.CreateMissing, list):
		return l.create(ctx, list, field, name)
	}
	reader := listReaders[list]
	return "", unfit(field, "there is no such "+what, reader.remedy(what, name))
}

// remedy says what to do about an entry that is not there.
func (r *listReader) remedy(what, name string) string {
	switch {
	case r.only != nil:
		return "map it to one of " + strings.Join(r.only, ", ")
	case r.quiet:
		return "create the " + what + " in Rackbeat, or map it to one that is there"
	default:
		return fmt.Sprintf("create the %s %q in Rackbeat, or map it to one that is there", what, name)
	}
}

// create adds an entry to a list and returns its code. What it fails with says
// nothing about the record that needs the entry but that it was not sent.
func (l *codeLists) create(ctx context.Context, list, field, name string) (string, error) {
	l.making.Lock()
	defer l.making.Unlock()
	have, err := l.get(ctx, list, false)
	if err != nil {
		return "", err
	}
	doubt := list + " " + name
	until := l.doubts[doubt]
	if !until.IsZero() { // the create before had no reply: see what became of it
		if have, err = l.get(ctx, list, true); err != nil {
			return "", err
		}
	}
	if codes := have.byName[name]; len(codes) > 0 {
		return codes[0], nil
	}
	if wait := time.Until(until); wait > 0 {
		return "", &instep.Error{Kind: instep.Unavailable, Field: field, RetryAfter: wait, Err: errEntryInDoubt}
	}
	item, err := listReaders[list].add(ctx, l.c, name)
	if err != nil {
		return "", l.uncreated(doubt, field, err)
	}
	l.keep(list, append(slices.Clone(have.items), item))
	return item.Code, nil
}

var errEntryInDoubt = errors.New("the entry of the code list that it needs may be on its way")

// uncreated turns the error of creating an entry into one of the record.
func (l *codeLists) uncreated(doubt, field string, err error) error {
	e := &instep.Error{Err: err}
	if inner, ok := errors.AsType[*instep.Error](err); ok {
		known := *inner
		e = &known
	}
	e.Field = field
	if e.Kind == instep.Lost {
		life := l.c.opts.RequestLife + l.c.opts.ReadLag
		if l.doubts == nil {
			l.doubts = make(map[string]time.Time)
		}
		l.doubts[doubt] = time.Now().Add(life)
		e.Kind, e.RetryAfter, e.Err = instep.Unavailable, life, errEntryInDoubt
	}
	return e
}
