package rackbeattest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDeny takes rights away and gives them back, one resource at a time.
func TestDeny(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(1), Suppliers: partySeeds(1), Denied: []string{"suppliers", "employees"}})
	p := inProcess(t, s)
	p.want(403, "GET", "suppliers", "")
	p.want(403, "GET", "suppliers/1/contacts", "")
	p.want(403, "GET", "employees", "")
	p.want(206, "GET", "customers", "")
	names := []string{"customers", "payment-terms", "currencies"}
	if err := s.Deny(names...); err != nil {
		t.Fatal(err)
	}
	names[0] = "products" // the fake has its own copy
	p.want(206, "GET", "suppliers", "")
	p.want(206, "GET", "products", "")
	for _, path := range []string{"customers", "payment-terms/1", "currencies", "currency"} {
		p.want(403, "GET", path, "")
	}
	p.want(403, "PUT", "customers/1", `{"name":"x"}`)
	p.want(403, "DELETE", "customers/1", "")
	if err := s.Deny("customer"); err == nil || !strings.Contains(err.Error(), `"customer"`) {
		t.Errorf("unknown resource: %v", err)
	}
	p.want(403, "GET", "customers", "")
	if err := s.Deny(); err != nil {
		t.Fatal(err)
	}
	if got := p.party(200, "GET", "customers/1", ""); got.Name != "Firma 1" {
		t.Errorf("changed without the right to: %+v", got)
	}
}

// TestSpoiledLists walks a list of three pages, with one page spoiled.
func TestSpoiledLists(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(9), Products: seeds(5)})
	p := inProcess(t, s)
	walk := func() string {
		t.Helper()
		var pages []string
		for _, n := range []string{"1", "2", "3"} {
			got := p.parties("customers?limit=4&order_direction=ASC&page=" + n)
			if got.Total != 9 || got.Pages != 3 {
				t.Errorf("page %s has other figures: %+v", n, got)
			}
			pages = append(pages, got.numbers())
		}
		return strings.Join(pages, " | ")
	}
	const sound = "1 2 3 4 | 5 6 7 8 | 9"
	for _, tt := range []struct {
		fault ListFault
		want  string
	}{
		{ListFault{Kind: Truncated, Page: 2}, "1 2 3 4 | 5 6 | 9"},
		{ListFault{Kind: Truncated, Path: "customers"}, "1 2 | 5 6 7 8 | 9"},
		{ListFault{Kind: Truncated, Path: "suppliers"}, sound},
		{ListFault{Kind: Truncated, Times: -1}, "1 2 | 5 6 | "},
		{ListFault{Kind: EmptyPage, Times: 2}, " |  | 9"},
		{ListFault{Kind: DoubledRow}, "1 2 3 4 | 4 5 6 7 8 | 9"},
		{ListFault{Kind: DoubledRow, Times: 3}, "1 2 3 4 | 4 5 6 7 8 | 8 9"},
		{ListFault{Kind: DoubledRow, Page: 1}, sound},
		{ListFault{Kind: SwappedRow, Page: 2}, "1 2 3 4 | 4 6 7 8 | 9"},
		{ListFault{Kind: SwappedRow, Page: 3}, "1 2 3 4 | 5 6 7 8 | 8"},
	} {
		s.SpoilLists(tt.fault)
		if got := walk(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.fault, got, tt.want)
		}
		s.SoundLists()
		if got := walk(); got != sound {
			t.Errorf("after %+v: %q", tt.fault, got)
		}
	}
	s.SpoilLists(ListFault{Kind: SwappedRow, Page: 2}, ListFault{Kind: DoubledRow, Page: 9})
	if got := p.list("products?limit=2&page=2").numbers(); got != "P4 P2" {
		t.Errorf("products: %q", got)
	}
	p.want(422, "GET", "customers?page=9&limit=0", "") // uses no fault up
	if got := p.parties("customers?limit=4&page=9").numbers(); got != "" {
		t.Errorf("beyond the end: %q", got)
	}
}

// TestNoJSON answers with what is no JSON, or half of it.
func TestNoJSON(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(3)})
	for _, p := range []*peer{inProcess(t, s), overHTTP(t, s)} {
		s.SpoilLists(ListFault{Kind: CutBody})
		a := p.want(206, "GET", "customers", "")
		if json.Valid([]byte(a.body)) || !strings.HasPrefix(a.body, `{"customers":[{`) {
			t.Errorf("body is %q", a.body)
		}
		s.Script(HTMLPage(200))
		a = p.want(200, "GET", "customers", "")
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || !strings.Contains(a.body, "<html>") {
			t.Errorf("%v %q", a.header, a.body)
		}
		p.parties("customers")
	}
}

// TestClock sets the server's clock off: it shows in the date of a reply and in
// the times of changes.
func TestClock(t *testing.T) {
	t.Parallel()
	s := partyServer(t, &Options{Customers: partySeeds(1), ClockOff: -time.Hour})
	for _, p := range []*peer{inProcess(t, s), overHTTP(t, s)} {
		s.SetClock(-time.Hour)
		a := p.want(200, "PUT", "customers/1", `{"name":"`+p.base+`"}`)
		if got := a.header.Get("Date"); got != "Wed, 08 Jan 2025 09:30:00 GMT" {
			t.Errorf("Date %q", got)
		}
		if got := p.party(200, "GET", "customers/1", "").UpdatedAt; got != "2025-01-08 09:30:00" {
			t.Errorf("changed at %s", got)
		}
		s.SetClock(0)
		p.want(201, "POST", "products", `{"number":"`+p.base+`","name":"x","sales_price":1,"group":1}`)
		if got := s.Products(); !got[len(got)-1].CreatedAt.Equal(noon) {
			t.Errorf("created at %v", got)
		}
		if got := p.want(200, "GET", "self", "").header.Get("Date"); strings.Contains(got, "2025") {
			t.Errorf("Date %q of a clock that is right", got)
		}
	}
}

// TestPartyFolder opens a folder again: as a killed process leaves it, and after
// a filling that was cut short.
func TestPartyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seed := Options{
		Dir: dir, Customers: partySeeds(3), Suppliers: partySeeds(2), RateLimit: -1, ListDeleted: true,
		CustomerContacts:  map[int][]Contact{2: {{Name: "Bo"}}, 1: {{Name: "Ane"}}},
		CustomerAddresses: map[int][]Address{2: {{Name: "Lager"}}},
		SupplierContacts:  map[int][]Contact{1: {{Name: "Carl"}}},
	}
	s := newServer(t, &seed)
	p := inProcess(t, s)
	p.want(200, "PUT", "customers/1", `{"number":70,"max_credit":"5.10","customer_group_id":null}`)
	p.want(200, "DELETE", "customers/3", "")
	p.want(201, "POST", "customer-groups", `{"name":"B"}`)
	p.want(201, "POST", "customers/70/contacts", `{"name":"Dorte"}`)
	p.want(200, "PUT", "customers/2/addresses/1", `{"city":"Odense"}`)
	p.want(200, "DELETE", "customers/2/contacts/2", "")
	var before, after bytes.Buffer
	if err := s.Dump(&before); err != nil {
		t.Fatal(err)
	}
	left := t.TempDir()
	if err := os.CopyFS(left, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	again := newServer(t, &Options{Dir: left, RateLimit: -1, ListDeleted: true, Customers: partySeeds(9), CustomerGroups: []Entry{{Name: "other"}}})
	if err := again.Dump(&after); err != nil {
		t.Fatal(err)
	}
	if before.String() != after.String() || !slices.Equal(s.Customers(), again.Customers()) {
		t.Errorf("opened again:\n%s\nwant\n%s", after.String(), before.String())
	}
	for _, line := range []string{`{"entity":"contact","owner":70,"record":{"id":3,"name":"Dorte"`, `{"entity":"address","owner":2,`,
		`{"entity":"customer_group","record":{"number":2,"name":"B"`, `{"entity":"supplier","record":{"number":2,`} {
		if !strings.Contains(after.String(), line) {
			t.Errorf("no %s in\n%s", line, after.String())
		}
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	p = inProcess(t, again)
	for _, path := range []string{"customers", "customers/70/contacts", "customer-groups"} {
		p.want(http.StatusInternalServerError, "POST", path, `{"name":"x","payment_terms_id":1}`)
	}
	if err := os.Remove(left + "/account.jsonl"); err != nil {
		t.Fatal(err)
	}
	fresh := newServer(t, &Options{Dir: left, Suppliers: partySeeds(1)})
	if len(fresh.Customers()) != 0 || len(fresh.Suppliers()) != 1 || len(fresh.Entries(CustomerGroups)) != 1 {
		t.Errorf("filled afresh: %+v, %+v", fresh.Customers(), fresh.Entries(CustomerGroups))
	}
}

func TestPartyOptionsRefused(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]*Options{
		"Options.Customers[1]: customer 1: the number 1 is taken": {Customers: []Customer{{Number: 1, Name: "a"}, {Number: 1, Name: "b"}}},
		"Options.Suppliers[0]: supplier 1: a supplier has no":     {Suppliers: []Supplier{{Number: 1, Name: "a", OrderEmail: "x"}}},
		"Options.CustomerContacts: customer 4: no such record":    {CustomerContacts: map[int][]Contact{4: {{Name: "a"}}}},
		"Options.CustomerAddresses: customer 4":                   {CustomerAddresses: map[int][]Address{4: {{Name: "a"}}}},
		"Options.SupplierContacts: supplier 4":                    {SupplierContacts: map[int][]Contact{4: {{Name: "a"}}}},
		"Options.FirstCustomer is -1":                             {FirstCustomer: -1},
		"entry 0 of employees 1: no name":                         {Employees: []Entry{{}}},
		"customer-groups has no number 3":                         {Customers: []Customer{{Name: "a", Group: 3}}},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
