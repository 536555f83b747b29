package netvisor

import (
	"slices"
	"testing"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
)

// onFake returns a client of the bundled fake, in process.
func onFake(t *testing.T, f *netvisortest.Options, o *Options) (*Client, *netvisortest.Server) {
	t.Helper()
	if f == nil {
		f = &netvisortest.Options{}
	}
	f.RefuseOverlap = true
	server, err := netvisortest.New(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	full := Options{}
	if o != nil {
		full = *o
	}
	full.Transport = server.Transport()
	c, err := New(Credentials{
		CustomerID: netvisortest.DefaultCustomerID, CustomerKey: netvisortest.DefaultCustomerKey,
		PartnerID: netvisortest.DefaultPartnerID, PartnerKey: netvisortest.DefaultPartnerKey,
		OrganisationID: netvisortest.DefaultOrganisationID,
	}, &full)
	if err != nil {
		t.Fatal(err)
	}
	return c, server
}

// readAll reads pages from a cursor to the end of the walk.
func readAll(t *testing.T, s instep.Source, from instep.Cursor) ([]instep.Record, instep.Page) {
	t.Helper()
	var records []instep.Record
	for {
		page, err := s.Read(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, page.Records...)
		if !page.More {
			return records, page
		}
		if page.Next == from {
			t.Fatal("the cursor does not move")
		}
		from = page.Next
	}
}

func TestFakeRoundTrip(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{},
		{Algorithm: SHA256, Charset: Latin9, Language: Finnish},
		{DecimalPoint: true, SignedURL: Unescaped, Sender: "Some Program 1.0", Language: Swedish},
	} {
		c, _ := onFake(t, nil, &o)
		p := c.Products()
		fields := instep.NewFields(
			instep.Field{Name: FieldCode, Value: instep.String("Äö-1/€ & <x>")},
			instep.Field{Name: FieldName, Value: instep.String(`Kahvi "tumma" 😀`)},
			instep.Field{Name: FieldGroup, Value: instep.String("Juomat")},
			instep.Field{Name: FieldDescription, Value: instep.String("line 1\nline 2")},
			instep.Field{Name: FieldUnitPrice, Value: instep.Number(instep.MustDecimal("12.3456"))},
			instep.Field{Name: FieldPurchasePrice, Value: instep.Number(instep.MustDecimal("7.5"))},
			instep.Field{Name: FieldUnit, Value: instep.String("pkt")},
			instep.Field{Name: FieldPrimaryEAN, Value: instep.String("6415600501811")},
			instep.Field{Name: FieldIsActive, Value: instep.Bool(false)},
			instep.Field{Name: FieldVATPercent, Value: instep.Number(instep.MustDecimal("25.5"))},
			instep.Field{Name: FieldNetWeight, Value: instep.Number(instep.MustDecimal("0.5"))},
			instep.Field{Name: FieldWeightUnit, Value: instep.String("kg")},
		)
		results, err := p.Write(t.Context(), []instep.Op{{Action: instep.Create, Fields: fields}})
		if err != nil || results[0].Err != nil {
			t.Fatal(err, results[0].Err)
		}
		ref := results[0].Ref
		if results[0].At.IsZero() || ref.ID == "" {
			t.Errorf("result %+v", results[0])
		}
		got, err := p.Get(t.Context(), []instep.Ref{ref, {System: "netvisor", Entity: "product", ID: "999999"}})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range fields.All() {
			if have := got[0].Fields.Get(name); have != want {
				t.Errorf("%s is %q, want %q", name, have, want)
			}
		}
		if got[0].Status != instep.Inactive || got[1].Status != instep.Missing {
			t.Errorf("status %v and %v", got[0].Status, got[1].Status)
		}
		updateAndFind(t, p, ref)
	}
}

// updateAndFind sets one field, clears another and leaves the rest.
func updateAndFind(t *testing.T, p *Products, ref instep.Ref) {
	t.Helper()
	before, err := p.Get(t.Context(), []instep.Ref{ref})
	if err != nil {
		t.Fatal(err)
	}
	change := instep.NewFields(
		instep.Field{Name: FieldName, Value: instep.String("Tee")},
		instep.Field{Name: FieldDescription, Value: instep.Null()},
		instep.Field{Name: FieldPrimaryEAN, Value: instep.Null()},
	)
	results, err := p.Write(t.Context(), []instep.Op{{Action: instep.Update, Ref: ref, Fields: change}})
	if err != nil || results[0].Err != nil {
		t.Fatal(err, results[0].Err)
	}
	found, err := p.Find(t.Context(), FieldCode, []instep.Value{
		instep.String("none"), instep.String("Äö-1/€ & <x>"), instep.Null(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 3 || len(found[0]) != 0 || len(found[1]) != 1 || len(found[2]) != 0 {
		t.Fatalf("found %v", found)
	}
	want := before[0].Fields
	for name, value := range change.All() {
		want = want.With(name, value)
	}
	if got := found[1][0].Fields; !got.Equal(want) {
		t.Errorf("after the update\n%v, want\n%v", got, want)
	}
	results, err = p.Write(t.Context(), []instep.Op{{Action: instep.Deactivate, Ref: ref}, {Action: instep.Delete, Ref: ref}})
	if err != nil || results[0].Err != nil || instep.KindOf(results[1].Err) != instep.Unsupported {
		t.Fatalf("deactivate and delete: %+v, %v", results, err)
	}
	barred, err := p.Get(t.Context(), []instep.Ref{ref})
	if err != nil || barred[0].Status != instep.Inactive {
		t.Errorf("after it was deactivated: %+v, %v", barred, err)
	}
	if got := barred[0].Fields; !got.Equal(want.With(FieldIsActive, instep.Bool(false))) {
		t.Errorf("deactivating changed more than that:\n%v, was\n%v", got, want)
	}
}

func TestFakeWalk(t *testing.T) {
	t.Parallel()
	f := &netvisortest.Options{}
	for i := range 1050 {
		f.Products = append(f.Products, netvisortest.Product{
			Key: 3*i + 1, Code: "C" + keyText(int64(i)), Name: "Name", Group: "G", UnitPrice: "1",
			Active: i%3 != 0, SalesProduct: true, Deleted: i%10 == 9,
		})
	}
	c, server := onFake(t, f, nil)
	records, last := readAll(t, c.Products(), "")
	if len(records) != 945 || !last.Sweep.Complete || last.Sweep.Total != 945 {
		t.Fatalf("%d records, sweep %+v", len(records), last.Sweep)
	}
	ascending := slices.IsSortedFunc(records, func(a, b instep.Record) int {
		x, _ := keyOf(a.Ref, "product")
		y, _ := keyOf(b.Ref, "product")
		return int(x - y)
	})
	if !ascending {
		t.Error("the records are not in the order of their keys")
	}
	if s := c.Stats(); s != (Stats{Reads: 4}) {
		t.Errorf("a walk over 945 products cost %+v, want one list and three gets", s)
	}
	if err := server.Edit(4, func(p *netvisortest.Product) { p.Name = "New" }); err != nil {
		t.Fatal(err)
	}
	// The products were made within the lookback, so all of them come again.
	again, end := readAll(t, c.Products(), last.Next)
	if len(again) != 945 || end.Sweep != (instep.Sweep{}) {
		t.Errorf("%d records changed, sweep %+v", len(again), end.Sweep)
	}
}

func TestFakeGroupsAndProbe(t *testing.T) {
	t.Parallel()
	f := &netvisortest.Options{Groups: []netvisortest.Group{{Key: 2, Name: "Kirjat"}, {Key: 5, Name: "Tiede", Parent: 2}}}
	c, _ := onFake(t, f, nil)
	groups, err := c.ProductGroups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []ProductGroup{
		{Key: 2, Name: "Kirjat", Path: "Kirjat"},
		{Key: 5, Name: "Tiede", Path: "Kirjat / Tiede", ParentKey: 2},
	}
	if !slices.Equal(groups, want) {
		t.Errorf("groups %+v", groups)
	}
	report, err := c.Products().Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range report.Checks {
		if !check.OK {
			t.Errorf("check %+v", check)
		}
	}
	if len(report.Checks) < 6 || report.Installation != "1967543-8@integration.netvisor.fi" {
		t.Errorf("report %+v", report)
	}
}

// TestFakeOverHTTP goes through a real listener, whose port is part of what is
// signed, with right and with wrong credentials and rights.
func TestFakeOverHTTP(t *testing.T) {
	t.Parallel()
	server, err := netvisortest.New(&netvisortest.Options{
		MalformedAuth: true, Denied: []string{"getproductgroups.nv"},
		Products: []netvisortest.Product{{Key: 1, Code: "a b&c+d%/ä", Name: "A", Group: "G", Active: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	base := server.Start(t)
	creds := Credentials{
		CustomerID: netvisortest.DefaultCustomerID, CustomerKey: netvisortest.DefaultCustomerKey,
		PartnerID: netvisortest.DefaultPartnerID, PartnerKey: netvisortest.DefaultPartnerKey,
		OrganisationID: netvisortest.DefaultOrganisationID,
	}
	for _, form := range []SignedURL{AsSent, Unescaped} {
		c, err := New(creds, &Options{BaseURL: base, SignedURL: form})
		if err != nil {
			t.Fatal(err)
		}
		found, err := c.GetProductsByCode(t.Context(), []string{"a b&c+d%/ä"}, nil)
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %v, %v", form, found, err)
		}
		if _, err := c.ProductGroups(t.Context()); instep.KindOf(err) != instep.Forbidden {
			t.Errorf("%s: %v", form, err)
		}
	}
	creds.CustomerKey = "0000000000000000000000000000000f"
	c, err := New(creds, &Options{BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ListProducts(t.Context(), nil); instep.KindOf(err) != instep.Unauthorized {
		t.Errorf("%v", err)
	}
}
