package rackbeat

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// Entries that are not there are created, once each, by the options that say
// so.
func TestCreateMissing(t *testing.T) {
	t.Parallel()
	f := newOffice()
	c, p := f.connect(t, &Options{
		CreateMissing: []string{"customer_groups", "payment_terms"},
		PaymentTerm: func(name string) (PaymentTermInput, bool) {
			return PaymentTermInput{MaturityDays: 30, Type: instep.Set("net")}, name == "Netto 30 dage"
		},
	})
	sink := c.Customers()
	fit := goodCustomer().With("group", instep.String("Norden")).With("payment_term", instep.String("Netto 30 dage"))
	results, err := sink.Write(t.Context(), []instep.Op{
		{Ref: customerRef("1"), Fields: fit}, {Ref: customerRef("2"), Fields: fit},
		{Ref: customerRef("3"), Fields: fit.With("payment_term", instep.String("Netto 31 dage"))},
	})
	if err != nil || results[0].Err != nil || results[1].Err != nil {
		t.Fatal(results, err)
	}
	if e := wantKind(t, results[2].Err, instep.Invalid); e.Field != "payment_term" || e.Ref != customerRef("3") {
		t.Errorf("got %v", e)
	}
	var made []string
	for _, s := range p.sent {
		if s.Method == http.MethodPost && s.Path != "/api/customers" {
			made = append(made, s.Path+" "+s.Body)
		}
	}
	slices.Sort(made)
	if diff := cmp.Diff([]string{
		`/api/customer-groups {"name":"Norden"}`, `/api/payment-terms {"maturity_days":30,"name":"Netto 30 dage","type":"net"}`,
	}, made); diff != "" {
		t.Errorf("entries made differ (-want +got):\n%s", diff)
	}
	if got := results[1].After.Fields.Get("group"); got != instep.String("Norden") {
		t.Errorf("group is %v", got)
	}
	supplier, _ := wrote(t, c.Suppliers(), p, instep.Op{Ref: suppliers.ref("1"), Fields: fields(
		"name", "x", "payment_term", "Netto 8 dage", "group", "Norden")})
	wantKind(t, supplier.Err, instep.Invalid)
}

// A refusal of an entry is one of the field that needs it; where its reply is
// lost, the record was not sent, and the entry is looked for before it is made
// once more.
func TestCreateMissingFails(t *testing.T) {
	t.Parallel()
	f := newOffice()
	c, p := f.connect(t, &Options{CreateMissing: []string{"customer_groups"}, RequestLife: 50 * time.Millisecond, ReadLag: -1})
	sink := c.Customers()
	op := instep.Op{Ref: customerRef("1"), Fields: goodCustomer().With("group", instep.String("Norden"))}
	f.refuse["POST customer-groups"] = `422 {"errors":{"name":["x"]}}`
	result, _ := wrote(t, sink, p, op)
	if e := wantKind(t, result.Err, instep.Invalid); e.Field != "group" {
		t.Errorf("got %v", e)
	}
	f.refuse["POST customer-groups"] = `403 {}`
	result, _ = wrote(t, sink, p, op)
	if e := wantKind(t, result.Err, instep.Forbidden); !strings.Contains(e.Remedy, "customer groups") {
		t.Errorf("got %v", e)
	}
	f.refuse["POST customer-groups"] = `404 {}`
	result, _ = wrote(t, sink, p, op)
	wantKind(t, result.Err, instep.Unsupported) // it is not the customer that was not found
	f.refuse["POST customer-groups"] = `500 `
	for range 2 { // nothing is sent while the first may still be on its way
		result, _ = wrote(t, sink, p, op)
		if e := wantKind(t, result.Err, instep.Unavailable); e.RetryAfter <= 0 || e.Field != "group" {
			t.Errorf("got %v", e)
		}
	}
	if n := len(slices.DeleteFunc(p.requests(), func(s string) bool { return !strings.HasPrefix(s, "POST") })); n != 0 {
		t.Errorf("%d entries were made once more", n)
	}
	delete(f.refuse, "POST customer-groups")
	f.lists["customer_groups"] = append(f.lists["customer_groups"], "Norden") // it was carried out after all
	result, write := wrote(t, sink, p, op)
	if result.Err != nil || !strings.Contains(write.Body, `"customer_group_id":3`) || len(f.lists["customer_groups"]) != 3 {
		t.Errorf("got %+v after %s", result, write.Body)
	}
}

// An entry whose create had no reply, but was carried out, serves the next
// record of the same call.
func TestCreateMissingLost(t *testing.T) {
	t.Parallel()
	f := newOffice()
	f.lose = "POST customer_groups"
	c, _ := f.connect(t, &Options{CreateMissing: []string{"customer_groups"}})
	fit := goodCustomer().With("group", instep.String("Norden"))
	results, err := c.Customers().Write(t.Context(), []instep.Op{{Ref: customerRef("1"), Fields: fit}, {Ref: customerRef("2"), Fields: fit}})
	if err != nil || results[1].Err != nil || len(f.lists["customer_groups"]) != 3 {
		t.Errorf("got %+v, %v with groups %q", results, err, f.lists["customer_groups"])
	}
	wantKind(t, results[0].Err, instep.Unavailable)
}

func TestCreateMissingOnceMore(t *testing.T) {
	t.Parallel()
	f := newOffice()
	c, p := f.connect(t, &Options{CreateMissing: []string{"customer_groups"}, RequestLife: time.Millisecond, ReadLag: -1})
	op := instep.Op{Ref: customerRef("1"), Fields: goodCustomer().With("group", instep.String("Norden"))}
	f.refuse["POST customer-groups"] = `500 `
	sink := c.Customers()
	result, _ := wrote(t, sink, p, op)
	wantKind(t, result.Err, instep.Unavailable)
	delete(f.refuse, "POST customer-groups")
	time.Sleep(5 * time.Millisecond)
	if result, _ = wrote(t, sink, p, op); result.Err != nil || len(f.lists["customer_groups"]) != 3 {
		t.Errorf("got %+v with groups %q", result, f.lists["customer_groups"])
	}
}

func TestPartnerLists(t *testing.T) {
	t.Parallel()
	c, _ := newOffice().connect(t, nil)
	for list, want := range map[string]string{
		"customer_groups": "1 Danmark, 2 EU", "payment_terms": "1 Netto 8 dage, 2 Netto 14 dage", "layouts": "1 Standard", "delivery_terms": "1 EXW",
		"employees": "1 Bo", "vat_zones": "domestic domestic, eu eu, abroad abroad, domestic_exempt domestic_exempt",
	} {
		items, err := c.Customers().List(t.Context(), list)
		var got []string
		for _, item := range items {
			got = append(got, item.Code+" "+item.Name)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%s is %q (%v), want %q", list, got, err, want)
		}
	}
	_, err := c.Suppliers().List(t.Context(), "layouts")
	if e := wantKind(t, err, instep.Unsupported); !strings.Contains(e.Remedy, "supplier_groups, payment_terms") {
		t.Errorf("got %v", e)
	}
	c, p := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/currency" {
			answer(200, `{"currencies":[{"code":"dkk","name":"Kroner"},{"number":1,"iso_code":"EUR"}]}`)(w, r)
			return
		}
		answer(404, "")(w, r)
	})
	items, err := c.Suppliers().List(t.Context(), "currencies")
	if diff := cmp.Diff([]instep.Item{{Code: "DKK", Name: "DKK"}, {Code: "EUR", Name: "EUR"}}, items); err != nil || diff != "" || len(p.requests()) != 2 {
		t.Errorf("%v, %q, currencies differ (-want +got):\n%s", err, p.requests(), diff)
	}
}

func TestListsTyped(t *testing.T) {
	t.Parallel()
	f := newOffice()
	c, p := f.connect(t, nil)
	ctx := t.Context()
	g, err := c.CreateCustomerGroup(ctx, PartnerGroupInput{Number: instep.Set("9"), Name: "x"})
	if err != nil || g.Number != "3" {
		t.Error(g, err)
	}
	sameJSON(t, p.last(t).Body, `{"number":9,"name":"x"}`)
	if g, err = c.CreateSupplierGroup(ctx, PartnerGroupInput{Name: "y"}); err != nil || g.Name != "y" {
		t.Error(g, err)
	}
	_, err = c.CreateSupplierGroup(ctx, PartnerGroupInput{})
	wantKind(t, err, instep.Invalid)
	_, err = c.CreatePaymentTerm(ctx, PaymentTermInput{Name: "x", MaturityDays: -1})
	wantKind(t, err, instep.Invalid)
	_, err = c.GetCustomerGroup(ctx, "..")
	wantKind(t, err, instep.Invalid)
	c, _ = client(t, nil, answer(200, `{"customer_group":{"number":1,"name":"A"},"supplier_group":{"number":2,"name":"B"},
		"payment_term":{"number":"3","name":"C","maturity_days":14,"type":"net"}}`))
	cg, err1 := c.GetCustomerGroup(ctx, "1")
	sg, err2 := c.GetSupplierGroup(ctx, "2")
	pt, err3 := c.GetPaymentTerm(ctx, "3")
	want := PaymentTerm{Number: "3", Name: "C", MaturityDays: Given("14"), Type: Given("net")}
	if err1 != nil || err2 != nil || err3 != nil || cg != (PartnerGroup{"1", "A"}) || sg != (PartnerGroup{"2", "B"}) || pt != want {
		t.Error(cg, err1, sg, err2, pt, err3)
	}
}
