package rackbeat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

func customerRef(number string) instep.Ref { return customers.ref(number) }

// goodCustomer is all that a create needs but the number.
func goodCustomer() instep.Fields {
	return fields("name", "Kaffe ApS", "payment_term", "Netto 14 dage", "group", "EU", "vat_zone", "eu", "layout", "Standard")
}

// wrote carries out an op and returns its result and the body that was sent.
func wrote(t *testing.T, sink instep.Sink, p *peer, op instep.Op) (instep.Result, sent) {
	t.Helper()
	p.reset()
	results, err := sink.Write(t.Context(), []instep.Op{op})
	if err != nil || len(results) != 1 {
		t.Fatal(results, err)
	}
	var write sent
	for _, s := range p.sent {
		if s.Method != http.MethodGet {
			write = s
		}
	}
	return results[0], write
}

func TestCustomerSink(t *testing.T) {
	t.Parallel()
	f := newOffice()
	c, p := f.connect(t, nil)
	sink := c.Customers()
	result, write := wrote(t, sink, p, instep.Op{Ref: customerRef("12"), Fields: goodCustomer().
		With("business_id", instep.String("FI20774740")).With("country", instep.String("FI")).With("currency", instep.String("EUR")).
		With("delivery_terms", instep.String("EXW")).With("employee", instep.String("Bo")).With("max_credit", number("10.50")).
		With("address_zipcode", instep.Int(100)).With("contact_email", instep.Null())})
	if result.Err != nil || result.Ref != customerRef("12") {
		t.Fatal(result.Err, result.Ref)
	}
	sameJSON(t, write.Body, `{"number":12,"company_name":"Kaffe ApS","payment_terms_id":2,"customer_group_id":2,"vat_zone":"eu",
		"layout_id":1,"company_vat":"FI20774740","address_country":"Finland","currency":"EUR","delivery_terms_id":1,"employee_id":1,
		"max_credit":10.5,"address_zipcode":"100","contact_email":null}`)
	after := result.After
	if after == nil || after.Identity != "id:1000" || after.Origin != "" || after.Status != instep.Live {
		t.Fatalf("after is %+v", after)
	}
	for name, want := range map[string]instep.Value{
		"number": instep.String("12"), "name": instep.String("Kaffe ApS"), "group": instep.String("EU"), "layout": instep.String("Standard"),
		"payment_term": instep.String("Netto 14 dage"), "vat_zone": instep.String("eu"), "country": instep.String("FI"),
		"business_id": instep.String("FI20774740"), "company_vat": instep.String("FI20774740"), "ean": {},
		"contact_email": instep.Null(), "employee": instep.String("Bo"), "max_credit": number("10.5"), "address_zipcode": instep.String("100"),
	} {
		if got := after.Fields.Get(name); got != want {
			t.Errorf("%s is %v (%v), want %v", name, got, got.Type(), want)
		}
	}
	result, write = wrote(t, sink, p, instep.Op{Action: instep.Update, Ref: customerRef("12"), Fields: fields("number", "13", "country", "Narnia")})
	if result.Err != nil || result.Ref != customerRef("13") || result.After.Fields.Get("country") != instep.String("Narnia") {
		t.Errorf("result is %+v", result)
	}
	sameJSON(t, write.Body, `{"number":13,"address_country":"Narnia"}`)
	result, write = wrote(t, sink, p, instep.Op{Action: instep.Deactivate, Ref: customerRef("13")})
	if result.Err != nil || result.After.Status != instep.Inactive || write.Body != `{"is_barred":true}` {
		t.Errorf("result is %+v after %s", result, write.Body)
	}
	if result, write = wrote(t, sink, p, instep.Op{Action: instep.Delete, Ref: customerRef("13")}); result.Err != nil || write.Path != "/api/customers/13" {
		t.Errorf("result is %+v after %s", result, write.Path)
	}
}

func TestCustomerSinkRefuses(t *testing.T) {
	t.Parallel()
	good := goodCustomer().With("number", instep.String("12"))
	change := func(pairs ...any) instep.Op {
		return instep.Op{Action: instep.Update, Ref: customerRef("1"), Fields: fields(pairs...)}
	}
	with := func(field string, v instep.Value) instep.Op { return instep.Op{Fields: good.With(field, v)} }
	for name, test := range map[string]struct {
		op    instep.Op
		kind  instep.Kind
		field string
	}{
		"no number":       {with("number", instep.Value{}), instep.Invalid, "number"},
		"null number":     {with("number", instep.Null()), instep.Invalid, "number"},
		"empty number":    {with("number", instep.String("")), instep.Invalid, "number"},
		"letters":         {with("number", instep.String("K12")), instep.Invalid, "number"},
		"zero first":      {with("number", instep.String("0012")), instep.Invalid, "number"},
		"spaces":          {with("number", instep.String(" 12")), instep.Invalid, "number"},
		"chosen letters":  {instep.Op{Ref: customerRef("null"), Fields: goodCustomer()}, instep.Invalid, "number"},
		"two numbers":     {instep.Op{Ref: customerRef("13"), Fields: good}, instep.Config, "number"},
		"no name":         {with("name", instep.Value{}), instep.Invalid, "name"},
		"blank name":      {with("name", instep.String("")), instep.Invalid, "name"},
		"no term":         {with("payment_term", instep.Value{}), instep.Invalid, "payment_term"},
		"unknown term":    {with("payment_term", instep.String("Netto 99 dage")), instep.Invalid, "payment_term"},
		"no group":        {with("group", instep.Value{}), instep.Invalid, "group"},
		"unknown group":   {with("group", instep.String("eu")), instep.Invalid, "group"},
		"no zone":         {with("vat_zone", instep.Value{}), instep.Invalid, "vat_zone"},
		"unknown zone":    {with("vat_zone", instep.String("moon")), instep.Invalid, "vat_zone"},
		"no layout":       {with("layout", instep.Value{}), instep.Invalid, "layout"},
		"unknown people":  {with("employee", instep.String("Hemmelig Person")), instep.Invalid, "employee"},
		"currency":        {with("currency", instep.String("eur")), instep.Invalid, "currency"},
		"unknown code":    {with("country", instep.String("XX")), instep.Invalid, "country"},
		"two ids":         {instep.Op{Fields: good.With("business_id", instep.String("1")).With("company_vat", instep.String("2"))}, instep.Config, "company_vat"},
		"cleared number":  {change("number", instep.Null()), instep.Invalid, "number"},
		"renamed letters": {change("number", "1b"), instep.Invalid, "number"},
		"cleared layout":  {change("layout", instep.Null()), instep.Invalid, "layout"},
		"cleared flag":    {change("is_barred", instep.Null()), instep.Invalid, "is_barred"},
		"read only":       {change("is_deleted", instep.Bool(true)), instep.Config, "is_deleted"},
		"unknown field":   {change("notes", "x"), instep.Config, "notes"},
		"wrong type":      {change("max_credit", "1"), instep.Config, "max_credit"},
		"long credit":     {change("max_credit", number("0.0000001")), instep.Invalid, "max_credit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := newOffice().connect(t, nil)
			result, write := wrote(t, c.Customers(), p, test.op)
			e := wantKind(t, result.Err, test.kind)
			if e.Field != test.field || e.Remedy == "" || e.Op == "" || write.Method != "" {
				t.Errorf("%v is about field %q, want %q; sent %s", e, e.Field, test.field, write.Method)
			}
			if strings.Contains(e.Error(), "Hemmelig") {
				t.Errorf("%v tells a person's name", e)
			}
		})
	}
}

// The same business id under both of its names is fine.
func TestBusinessID(t *testing.T) {
	t.Parallel()
	for option, attribute := range map[string]string{"": "company_vat", "company_vat": "company_vat", "ean": "ean"} {
		f := newOffice()
		c, p := f.connect(t, &Options{BusinessIDField: option})
		result, write := wrote(t, c.Suppliers(), p, instep.Op{Ref: suppliers.ref("5"), Fields: fields(
			"name", "x", "payment_term", "Netto 8 dage", "business_id", "20774740", attribute, "20774740")})
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		sameJSON(t, write.Body, fmt.Sprintf(`{"number":5,"company_name":"x","payment_terms_id":1,%q:"20774740"}`, attribute))
		found, err := c.Suppliers().Find(t.Context(), "business_id", []instep.Value{instep.String("20774740"), instep.String("1")})
		if err != nil || shown(found[0]) != "5 live 1" || len(found[1]) != 0 {
			t.Errorf("found %v, %v", found, err)
		}
		f.refuse["PUT suppliers/5"] = fmt.Sprintf(`422 {"errors":{%q:["x"]}}`, attribute)
		for _, field := range []string{"business_id", attribute} {
			result, _ = wrote(t, c.Suppliers(), p, instep.Op{Action: instep.Update, Ref: suppliers.ref("5"), Fields: fields(field, "2")})
			if e := wantKind(t, result.Err, instep.Invalid); e.Field != field {
				t.Errorf("with %q, a refusal of %s is about %s", option, field, e.Field)
			}
		}
	}
}

func TestAutoNumber(t *testing.T) {
	t.Parallel()
	c, p := newOffice().connect(t, &Options{AutoNumber: true})
	sink := c.Customers()
	for _, given := range []instep.Value{{}, instep.Null(), instep.String("")} {
		result, write := wrote(t, sink, p, instep.Op{Fields: goodCustomer().With("number", given)})
		if result.Err != nil || result.Ref.ID == "" || strings.Contains(write.Body, "number") {
			t.Errorf("%v: %+v after %s", given, result, write.Body)
		}
	}
	result, _ := wrote(t, sink, p, instep.Op{Fields: goodCustomer().With("number", instep.String("7"))})
	if result.Err != nil || result.Ref.ID != "7" {
		t.Errorf("got %+v", result)
	}
	result, _ = wrote(t, sink, p, instep.Op{Fields: goodCustomer().With("number", instep.String("7"))})
	wantKind(t, result.Err, instep.Duplicate)
	if sink.Traits().ChosenID || c.Suppliers().Traits().ChosenID {
		t.Error("the vendor numbers, but the id is called chosen")
	}
	infos, _ := sink.Describe(t.Context())
	if i := slices.IndexFunc(infos, func(f instep.FieldInfo) bool { return f.Name == "number" }); infos[i].Required {
		t.Error("the number is called required")
	}
}

func TestPartnerDescribe(t *testing.T) {
	t.Parallel()
	c, _ := newOffice().connect(t, &Options{
		CreateMissing: []string{"customer_groups"}, NewCustomer: fields("layout", "Standard"),
	})
	required, open := map[string][]string{}, map[string][]string{}
	for entity, d := range map[string]instep.Describer{"customer": c.Customers(), "supplier": c.Suppliers()} {
		infos, err := d.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, info := range infos {
			if seen[info.Name] {
				t.Errorf("%s has %s twice", entity, info.Name)
			}
			seen[info.Name] = true
			if info.Required {
				required[entity] = append(required[entity], info.Name)
				if info.Remedy == "" {
					t.Errorf("%s needs %s, but there is no remedy", entity, info.Name)
				}
			}
			if info.Open {
				open[entity] = append(open[entity], info.Name)
			}
		}
	}
	if diff := cmp.Diff(map[string][]string{
		"customer": {"number", "name", "payment_term", "group", "vat_zone"}, "supplier": {"number", "name", "payment_term"},
	}, required); diff != "" {
		t.Errorf("required fields differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string][]string{"customer": {"group"}}, open); diff != "" {
		t.Errorf("open lists differ (-want +got):\n%s", diff)
	}
	traits := c.Customers().Traits()
	if traits.Entity != "customer" || !traits.ChosenID || !traits.CanBar || !traits.CanDelete || !traits.CanRename || traits.Exact {
		t.Errorf("traits are %+v", traits)
	}
}

// A field with a default need not be given; what is given counts.
func TestDefaults(t *testing.T) {
	t.Parallel()
	f := newOffice()
	f.lists["layouts"] = append(f.lists["layouts"], "Anden")
	c, p := f.connect(t, &Options{NewCustomer: fields("layout", "Standard", "locale", "da"), NewSupplier: fields("payment_term", "Netto 8 dage")})
	for given, want := range map[string]string{"": "1", "Anden": "2"} {
		_, write := wrote(t, c.Customers(), p, instep.Op{Ref: customerRef("1" + want), Fields: goodCustomer().With("layout", instep.String(given))})
		if !strings.Contains(write.Body, `"layout_id":`+want) || !strings.Contains(write.Body, `"locale":"da"`) {
			t.Errorf("%q: body is %s", given, write.Body)
		}
	}
	result, write := wrote(t, c.Suppliers(), p, instep.Op{Ref: suppliers.ref("1"), Fields: fields("name", "x")})
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	sameJSON(t, write.Body, `{"number":1,"company_name":"x","payment_terms_id":1}`)
	_, write = wrote(t, c.Customers(), p, instep.Op{Action: instep.Update, Ref: customerRef("11"), Fields: fields("name", "y")})
	sameJSON(t, write.Body, `{"company_name":"y"}`)
}

func TestPartnerOptions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		o     Options
		field string
	}{
		"business id":      {Options{BusinessIDField: "vat"}, "Options.BusinessIDField"},
		"layouts":          {Options{CreateMissing: []string{"layouts"}}, "Options.CreateMissing"},
		"no such list":     {Options{CreateMissing: []string{"x"}}, "Options.CreateMissing"},
		"terms":            {Options{CreateMissing: []string{"payment_terms"}}, "Options.PaymentTerm"},
		"unknown default":  {Options{NewCustomer: fields("colour", "red")}, "Options.NewCustomer: colour"},
		"fixed default":    {Options{NewSupplier: fields("is_deleted", instep.Bool(true))}, "Options.NewSupplier: is_deleted"},
		"number":           {Options{NewCustomer: fields("number", "1")}, "Options.NewCustomer: number"},
		"blank default":    {Options{NewCustomer: fields("layout", "")}, "Options.NewCustomer: layout"},
		"type of default":  {Options{NewCustomer: fields("max_credit", "1")}, "Options.NewCustomer: max_credit"},
		"customer's field": {Options{NewSupplier: fields("layout", "x")}, "Options.NewSupplier: layout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(testKey, testConsumer, &test.o)
			if e := wantKind(t, err, instep.Config); e.Field != test.field || e.Remedy == "" {
				t.Errorf("got %v", e)
			}
		})
	}
}

func TestPartnerWalks(t *testing.T) {
	t.Parallel()
	f := newOffice()
	for i := range 25 {
		stamp := f.stamp()
		f.rows["customers"] = append(f.rows["customers"], map[string]any{
			"id": 100 + i, "number": json.Number(fmt.Sprint(i + 1)), "company_name": fmt.Sprintf("K%d", i), "created_at": stamp, "updated_at": stamp,
		})
	}
	c, p := f.connect(t, &Options{PageSize: 10, Overlap: -1})
	source := c.Customers()
	walk := func(from instep.Cursor) (numbers []string, last instep.Page) {
		for {
			page, err := source.Read(t.Context(), from)
			if err != nil {
				t.Fatal(err)
			}
			for _, rec := range page.Records {
				numbers = append(numbers, rec.Ref.ID)
			}
			if from = page.Next; !page.More {
				return numbers, page
			}
		}
	}
	all, last := walk("")
	if len(all) != 25 || last.Sweep != (instep.Sweep{Complete: true, Total: 25}) {
		t.Errorf("%d customers, sweep %+v", len(all), last.Sweep)
	}
	if _, err := c.UpdateCustomer(t.Context(), "3", CustomerUpdate{Name: instep.Set("x")}); err != nil {
		t.Fatal(err)
	}
	p.reset()
	changed, _ := walk(last.Next)
	if diff := cmp.Diff([]string{"3", "25"}, changed); diff != "" || len(p.requests()) != 1 {
		t.Errorf("%d requests; changes differ (-want +got):\n%s", len(p.requests()), diff)
	}
	_, err := c.Suppliers().Read(t.Context(), last.Next)
	if e := wantKind(t, err, instep.Config); e.Op != "rackbeat: read suppliers" {
		t.Errorf("got %v", e)
	}
	records, err := source.Get(t.Context(), []instep.Ref{customerRef("25"), customerRef("26"), customerRef("3A"), customerRef("")})
	if err != nil || shown(records) != "25 live 1, 26 missing 0, 3A missing 0,  missing 0" || records[0].Identity != "id:124" {
		t.Errorf("got %s, %v", shown(records), err)
	}
}

func TestPartnerFind(t *testing.T) {
	t.Parallel()
	for name, ignores := range map[string]bool{"filtered": false, "unfiltered": true} {
		f := newOffice()
		f.ignores = ignores
		for i, row := range []map[string]any{
			{"company_name": "Kaffe ApS", "company_vat": 25313763, "ean": "1"}, {"company_name": "KAFFE APS", "company_vat": "25313763"},
			{"company_name": "Te ApS", "company_vat": nil},
		} {
			row["number"], row["id"] = json.Number(fmt.Sprint(i+1)), i+1
			f.rows["customers"] = append(f.rows["customers"], row)
		}
		c, p := f.connect(t, nil)
		for _, test := range []struct{ field, value, want string }{
			{"name", "Kaffe ApS", "1 live 1"}, {"name", "Te", ""}, {"company_vat", "25313763", "1 live 1, 2 live 1"},
			{"business_id", "25313763", "1 live 1, 2 live 1"}, {"ean", "1", "1 live 1"}, {"number", "3", "3 live 1"},
		} {
			p.reset()
			got, err := c.Customers().Find(t.Context(), test.field, []instep.Value{instep.String(test.value)})
			if err != nil || sortedShown(got[0]) != test.want {
				t.Errorf("%s, %s: found %s (%v), want %s", name, test.field, shown(got[0]), err, test.want)
			}
			if n := len(p.requests()); n > 2 || !ignores && n != 1 {
				t.Errorf("%s, %s: %d requests", name, test.field, n)
			}
		}
	}
	c, _ := newOffice().connect(t, nil)
	_, err := c.Customers().Find(t.Context(), "country", nil)
	if e := wantKind(t, err, instep.Unsupported); e.Remedy != "use number or business_id or company_vat or ean or name" {
		t.Errorf("got %v", e)
	}
}

func sortedShown(records []instep.Record) string {
	slices.SortFunc(records, func(a, b instep.Record) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
	return shown(records)
}

// A probe says which resource a key may not use.
func TestPartnerProbe(t *testing.T) {
	t.Parallel()
	f := newOffice()
	for _, denied := range []string{"customers", "customer-groups", "payment-terms", "layouts", ""} {
		c, _ := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/api/self":
				answer(200, sample(t, "self.json"))(w, r)
			case "/api/" + denied:
				answer(403, "")(w, r)
			default:
				f.serve(w, r)
			}
		})
		report, err := c.Customers().Probe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var failed []string
		for _, check := range report.Checks {
			if !check.OK {
				failed = append(failed, check.Name+": "+check.Remedy)
			}
		}
		var want []string
		if name := strings.ReplaceAll(denied, "-", " "); denied != "" {
			want = []string{name + " readable: give the API key the right to " + name + ", or use a key with all permissions"}
		}
		if diff := cmp.Diff(want, failed); diff != "" {
			t.Errorf("failed checks differ (-want +got):\n%s", diff)
		}
	}
}

// A country that is none is carried over, and the log says of which record,
// but not what stands there.
func TestUnknownCountry(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c, _ := client(t, &Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))},
		func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/suppliers" {
				answer(206, sample(t, "suppliers.json"))(w, r)
				return
			}
			newOffice().serve(w, r)
		})
	page, err := c.Suppliers().Read(t.Context(), instep.Cursor(cursorPrefix("supplier")+"{}"))
	if err != nil || len(page.Records) != 3 {
		t.Fatal(page, err)
	}
	for i, want := range []instep.Value{instep.String("FI"), instep.String("Atlantis"), {}} {
		if got := page.Records[i].Fields.Get("country"); got != want {
			t.Errorf("country %d is %v, want %v", i, got, want)
		}
	}
	if text := log.String(); strings.Count(text, "carried over") != 1 || !strings.Contains(text, "rackbeat/supplier/502") || strings.Contains(text, "Atlantis") {
		t.Errorf("log is\n%s", text)
	}
}
