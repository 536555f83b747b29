package rackbeat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/instep-go/instep"
)

// shop answers lists of groups and units, and takes every product.
func shop(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", "Wed, 08 Jan 2025 10:30:00 GMT")
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/product-groups"):
		answer(206, `{"product_groups":[{"number":1,"name":"Varer"},{"number":2,"name":"VVS"},{"number":3,"name":"Dobbelt"},
			{"number":4,"name":"Dobbelt"},{"number":5,"name":"Kladde","is_draft":true}],"total":5,"pages":1,"limit":1000,"page":1}`)(w, r)
	case strings.HasPrefix(r.URL.Path, "/api/units"):
		answer(206, `{"units":[{"number":1,"name":"stk."},{"number":"m","name":"meter"}],"total":2,"pages":1,"limit":1000,"page":1}`)(w, r)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusOK)
	default:
		number := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/products"), "/")
		body, _ := io.ReadAll(r.Body)
		for part := range strings.SplitSeq(string(body), ",") {
			if n, ok := strings.CutPrefix(strings.Trim(part, "{}"), `"number":"`); ok {
				number = strings.TrimSuffix(n, `"`)
			}
		}
		answer(200, fmt.Sprintf(`{"product":{"id":7,"number":%q,"name":"Rør","sales_price":12.5,"group_id":2,"unit_id":"m",
			"physical":null,"updated_at":"2025-01-08 11:30:00"}}`, number))(w, r)
	}
}

func fields(pairs ...any) instep.Fields {
	var list []instep.Field
	for i := 0; i < len(pairs); i += 2 {
		v, ok := pairs[i+1].(instep.Value)
		if !ok {
			v = instep.String(pairs[i+1].(string))
		}
		list = append(list, instep.Field{Name: pairs[i].(string), Value: v})
	}
	return instep.NewFields(list...)
}

func number(s string) instep.Value { return instep.Number(dec(s)) }

func TestSinkBodies(t *testing.T) {
	t.Parallel()
	current := instep.Record{Ref: productRef("A1"), Identity: "7", Fields: fields(
		"weight", number("2"), "weight_unit", "kg", "height", number("3"), "size_unit", "cm", "width", instep.Null(),
	)}
	sizeless := instep.Record{Ref: productRef("A1"), Fields: fields("weight", number("2"), "height", number("3"))}
	for name, test := range map[string]struct {
		op            instep.Op
		request, body string
	}{
		"create, id from ref": {
			instep.Op{Ref: productRef("A1"), Fields: fields("name", "Rør", "sales_price", number("12.50"), "group", "VVS")},
			"POST /api/products", `{"number":"A1","name":"Rør","sales_price":12.5,"group":2}`,
		},
		"create, id from field": {
			instep.Op{Ref: productRef(""), Fields: fields(
				"number", "A1", "name", "Rør", "sales_price", instep.Int(12), "group", "Varer", "unit", "meter",
				"description", "", "barcode", instep.Null(), "is_barred", instep.Bool(true), "min_stock", number("2.5"),
				"min_order", number("3"), "min_sales", number("1"), "recommended_cost_price", number("0.000001"),
				"default_supplier_id", instep.Int(11), "department_id", "5", "weight", number("1"), "weight_unit", "kg",
			)},
			"POST /api/products", `{"number":"A1","name":"Rør","sales_price":12,"group":1,"unit_id":"m","description":null,
				"barcode":null,"is_barred":true,"min_inventory_quantity":2.5,"min_purchase_quantity":3,"min_sales_quantity":1,
				"recommended_cost_price":0.000001,"default_supplier_id":11,"default_department_id":5,
				"physical":{"weight":1,"weight_unit":"kg"}}`,
		},
		"update, one field": {
			instep.Op{Action: instep.Update, Ref: productRef("A1"), Fields: fields("description", "æøå")},
			"PUT /api/products/A1", `{"description":"æøå"}`,
		},
		"update, cleared": {
			instep.Op{Action: instep.Update, Ref: productRef("A1"), Fields: fields("unit", instep.Null(), "min_stock", instep.Null())},
			"PUT /api/products/A1", `{"unit_id":null,"min_inventory_quantity":null}`,
		},
		"update, size with what is known": {
			instep.Op{Action: instep.Update, Ref: productRef("A1"), Current: &current, Fields: fields("width", number("4"))},
			"PUT /api/products/A1", `{"physical":{"weight":2,"weight_unit":"kg","height":3,"width":4,"size_unit":"cm"}}`,
		},
		"update, weight where no unit is known": {
			instep.Op{Action: instep.Update, Ref: productRef("A1"), Current: &sizeless, Fields: fields("weight", number("4"), "weight_unit", "g")},
			"PUT /api/products/A1", `{"physical":{"weight":4,"weight_unit":"g"}}`,
		},
		"rename": {
			instep.Op{Action: instep.Update, Ref: productRef("A/1"), Fields: fields("number", "B2")},
			"PUT /api/products/A%2F1", `{"number":"B2"}`,
		},
		"deactivate": {instep.Op{Action: instep.Deactivate, Ref: productRef("A1")}, "PUT /api/products/A1", `{"is_barred":true}`},
		"delete":     {instep.Op{Action: instep.Delete, Ref: productRef("A1")}, "DELETE /api/products/A1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, nil, shop)
			results, err := c.Products().Write(t.Context(), []instep.Op{test.op})
			if err != nil || len(results) != 1 || results[0].Err != nil {
				t.Fatalf("got %+v, %v", results, err)
			}
			var write sent
			for _, s := range p.sent {
				if s.Method != http.MethodGet {
					write = s
				}
			}
			if got := write.Method + " " + write.Path; got != test.request {
				t.Errorf("request is %s, want %s", got, test.request)
			}
			if test.body != "" {
				sameJSON(t, write.Body, test.body)
			} else if write.Body != "" {
				t.Errorf("body is %s, want none", write.Body)
			}
		})
	}
}

func TestSinkResult(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, shop)
	results, err := c.Products().Write(t.Context(), []instep.Op{
		{Action: instep.Update, Ref: productRef("A1"), Fields: fields("number", "B2")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := results[0]
	if got.Ref != productRef("B2") || !got.At.Equal(time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC)) || got.Err != nil {
		t.Errorf("got %+v", got)
	}
	after := got.After
	if after == nil || after.Ref != productRef("B2") || after.Identity != "7" || after.Status != instep.Live {
		t.Fatalf("after is %+v", after)
	}
	if !after.Modified.Equal(time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC)) {
		t.Errorf("modified is %v", after.Modified)
	}
	for field, want := range map[string]instep.Value{
		"number": instep.String("B2"), "group": instep.String("VVS"), "unit": instep.String("meter"),
		"sales_price": number("12.5"), "weight": instep.Null(), "size_unit": instep.Null(), "barcode": {},
	} {
		if got := after.Fields.Get(field); got != want {
			t.Errorf("%s is %v (%v), want %v", field, got, got.Type(), want)
		}
	}
}

func TestSinkRefuses(t *testing.T) {
	t.Parallel()
	good := fields("name", "Rør", "sales_price", number("1"), "group", "VVS")
	for name, test := range map[string]struct {
		op    instep.Op
		kind  instep.Kind
		field string
	}{
		"no number":        {instep.Op{Fields: good}, instep.Invalid, "number"},
		"two numbers":      {instep.Op{Ref: productRef("A"), Fields: good.With("number", instep.String("a"))}, instep.Config, "number"},
		"no name":          {instep.Op{Ref: productRef("A"), Fields: good.With("name", instep.Value{})}, instep.Invalid, "name"},
		"no price":         {instep.Op{Ref: productRef("A"), Fields: good.With("sales_price", instep.Value{})}, instep.Invalid, "sales_price"},
		"no group":         {instep.Op{Ref: productRef("A"), Fields: good.With("group", instep.Value{})}, instep.Invalid, "group"},
		"unknown group":    {instep.Op{Ref: productRef("A"), Fields: good.With("group", instep.String("vvs"))}, instep.Invalid, "group"},
		"group of a draft": {instep.Op{Ref: productRef("A"), Fields: good.With("group", instep.String("Kladde"))}, instep.Invalid, "group"},
		"ambiguous group":  {instep.Op{Ref: productRef("A"), Fields: good.With("group", instep.String("Dobbelt"))}, instep.Invalid, "group"},
		"unknown unit":     {instep.Op{Ref: productRef("A"), Fields: good.With("unit", instep.String("km"))}, instep.Invalid, "unit"},
		"blank name":       {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("name", "")}, instep.Invalid, "name"},
		"cleared price":    {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("sales_price", instep.Null())}, instep.Invalid, "sales_price"},
		"cleared flag":     {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("is_barred", instep.Null())}, instep.Invalid, "is_barred"},
		"long price":       {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("sales_price", number("0.0000001"))}, instep.Invalid, "sales_price"},
		"long minimum":     {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("min_stock", number("0.0000001"))}, instep.Invalid, "min_stock"},
		"weight, no unit":  {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("weight", number("1"))}, instep.Invalid, "weight_unit"},
		"unknown field":    {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("colour", "red")}, instep.Config, "colour"},
		"read-only field":  {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("cost_price", number("1"))}, instep.Config, "cost_price"},
		"text as price":    {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("sales_price", "1")}, instep.Config, "sales_price"},
		"flag as text":     {instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("name", instep.Bool(true))}, instep.Config, "name"},
		"update, no id":    {instep.Op{Action: instep.Update, Fields: fields("name", "x")}, instep.Invalid, "number"},
		"delete, no id":    {instep.Op{Action: instep.Delete}, instep.Invalid, "number"},
		"unknown action":   {instep.Op{Action: 9, Ref: productRef("A")}, instep.Unsupported, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, nil, shop)
			results, err := c.Products().Write(t.Context(), []instep.Op{test.op})
			if err != nil || len(results) != 1 {
				t.Fatal(results, err)
			}
			e := wantKind(t, results[0].Err, test.kind)
			if e.Field != test.field || e.Op == "" || e.Ref != test.op.Ref {
				t.Errorf("%q: op %q, field %q, record %v; want field %q, record %v", e, e.Op, e.Field, e.Ref, test.field, test.op.Ref)
			}
			if e.Remedy == "" && test.kind != instep.Unsupported {
				t.Errorf("%q says not what to do", e)
			}
			for _, s := range p.sent {
				if s.Method != http.MethodGet {
					t.Errorf("%s %s was sent", s.Method, s.Path)
				}
			}
		})
	}
}

// A refusal speaks of the field by the name that the records have for it.
func TestSinkRefusedField(t *testing.T) {
	t.Parallel()
	for wire, field := range map[string]string{
		"min_inventory_quantity": "min_stock", "unit_id": "unit", "group": "group", "default_department_id": "department_id",
		"physical.weight": "weight", "something_else": "something_else",
	} {
		c, _ := client(t, nil, answer(422, `{"errors":{"`+wire+`":["Nej."]}}`))
		results, _ := c.Products().Write(t.Context(), []instep.Op{
			{Action: instep.Update, Ref: productRef("A"), Fields: fields("name", "x")},
		})
		if e := wantKind(t, results[0].Err, instep.Invalid); e.Field != field {
			t.Errorf("%s is called %s, want %s", wire, e.Field, field)
		}
	}
}

// Lists are read once, and once more for a name that is not there; not for each
// op.
func TestSinkLists(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, shop)
	products := c.Products()
	op := func(group string) instep.Op {
		return instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("group", group)}
	}
	results, _ := products.Write(t.Context(), []instep.Op{op("VVS"), op("nope"), op("nix"), op("Varer"), op("nada")})
	var bad []int
	for i, r := range results {
		if r.Err != nil {
			bad = append(bad, i)
		}
	}
	reads := slices.DeleteFunc(p.requests(), func(s string) bool { return !strings.Contains(s, "product-groups") })
	if diff := cmp.Diff([]int{1, 2, 4}, bad); diff != "" || len(reads) != 2 {
		t.Errorf("%d reads of the list, failed ops differ (-want +got):\n%s", len(reads), diff)
	}
	if items, err := products.List(t.Context(), "units"); err != nil || !slices.Equal(items, []instep.Item{{Code: "1", Name: "stk."}, {Code: "m", Name: "meter"}}) {
		t.Errorf("units are %v, %v", items, err)
	}
	_, err := products.List(t.Context(), "colours")
	if e := wantKind(t, err, instep.Unsupported); !strings.Contains(e.Remedy, "product_groups") {
		t.Errorf("%q does not say which lists there are", e)
	}
}

// When ctx ends the request under way is finished, and the rest is canceled.
func TestSinkCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var arrived atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		cancel()
		time.Sleep(50 * time.Millisecond)
		shop(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := New(testKey, testConsumer, &Options{BaseURL: s.URL + "/api/", PerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	op := instep.Op{Action: instep.Delete, Ref: productRef("A")}
	results, err := c.Products().Write(ctx, []instep.Op{op, op, op})
	if err != nil || results[0].Err != nil {
		t.Errorf("the first op ends with %v, %v", results[0].Err, err)
	}
	for _, r := range results[1:] {
		wantKind(t, r.Err, instep.Canceled)
	}
	if arrived.Load() != 1 {
		t.Errorf("%d requests arrived, want 1", arrived.Load())
	}
}

// A key that is not accepted is not tried for every op.
func TestSinkUnauthorized(t *testing.T) {
	t.Parallel()
	c, p := client(t, nil, answer(401, `{"message":"Unauthenticated."}`))
	op := instep.Op{Action: instep.Update, Ref: productRef("A"), Fields: fields("name", "x")}
	results, _ := c.Products().Write(t.Context(), []instep.Op{op, op, op})
	for _, r := range results {
		wantKind(t, r.Err, instep.Unauthorized)
	}
	if n := len(p.requests()); n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

// A rename of which the first attempt was carried out finds nothing at the
// second; the record under the new number tells, if it is the same one.
func TestSinkRenamedAlready(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		there    string // the product under the new number
		identity string
		kind     instep.Kind
	}{
		"carried out":  {`{"product":{"id":7,"number":"B"}}`, "7", instep.Unclassified},
		"another one":  {`{"product":{"id":8,"number":"B"}}`, "7", instep.Lost},
		"not known":    {`{"product":{"number":"B"}}`, "", instep.Lost},
		"neither":      {"", "7", instep.NotFound},
		"other letter": {`{"product":{"id":7,"number":"b"}}`, "7", instep.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet && test.there != "" {
					answer(200, test.there)(w, r)
					return
				}
				answer(404, `{"message":"Not found"}`)(w, r)
			})
			results, _ := c.Products().Write(t.Context(), []instep.Op{{
				Action: instep.Update, Ref: productRef("A"), Fields: fields("number", "B"),
				Current: &instep.Record{Ref: productRef("A"), Identity: test.identity},
			}})
			got := results[0]
			if instep.KindOf(got.Err) != test.kind {
				t.Fatalf("got %v, want kind %q", got.Err, test.kind)
			}
			if got.Err == nil && got.Ref != productRef("B") {
				t.Errorf("the record is %v", got.Ref)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, shop)
	infos, err := c.Products().Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var required []string
	for _, info := range infos {
		if seen[info.Name] {
			t.Errorf("%s is described twice", info.Name)
		}
		seen[info.Name] = true
		if info.Required {
			required = append(required, info.Name)
			if info.Remedy == "" || info.Access != instep.ReadWrite {
				t.Errorf("%+v: a required field can be written and has a remedy", info)
			}
		}
	}
	if diff := cmp.Diff([]string{"number", "name", "sales_price", "group"}, required); diff != "" {
		t.Errorf("required fields differ (-want +got):\n%s", diff)
	}
}

// A product that is read in full gives every field that is described, and
// nothing else.
func TestRecordIsWhole(t *testing.T) {
	t.Parallel()
	full := strings.Replace(sample(t, "product.json"), `"created_at"`, `"is_draft": false, "created_at"`, 1)
	c, _ := client(t, nil, answer(200, full))
	products := c.Products()
	records, err := products.Get(t.Context(), []instep.Ref{productRef("RØR/12 #4")})
	if err != nil {
		t.Fatal(err)
	}
	rec := records[0]
	infos, _ := products.Describe(t.Context())
	for _, info := range infos {
		v := rec.Fields.Get(info.Name)
		if v.IsAbsent() {
			t.Errorf("%s is absent", info.Name)
		} else if v.Type() != info.Type && v.Type() != instep.TypeNull {
			t.Errorf("%s is a %s, described as a %s", info.Name, v.Type(), info.Type)
		}
	}
	if rec.Fields.Len() != len(infos) {
		t.Errorf("the record has %d fields, described are %d", rec.Fields.Len(), len(infos))
	}
	for field, want := range map[string]instep.Value{
		"number": instep.String("RØR/12 #4"), "description": instep.Null(), "sales_price": number("129.5"),
		"group": instep.String("VVS"), "unit": instep.String("m"), "discount_group": instep.String("9"),
		"is_barred": instep.Bool(false), "is_convertable": instep.Bool(true), "weight": number("12.25"),
		"height": instep.Null(), "recommended_sales_price": instep.Null(),
		"created_at": instep.Instant(time.Date(2025, 1, 8, 9, 30, 0, 0, time.UTC)), "deleted_at": instep.Null(),
	} {
		if got := rec.Fields.Get(field); got != want {
			t.Errorf("%s is %v, want %v", field, got, want)
		}
	}
	if rec.Identity != "81234" || rec.Status != instep.Live {
		t.Errorf("identity %q, status %v", rec.Identity, rec.Status)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]instep.Status{
		`{"number":1}`:                                                    instep.Live,
		`{"number":1,"is_barred":true}`:                                   instep.Inactive,
		`{"number":1,"is_barred":true,"is_draft":1}`:                      instep.Hidden,
		`{"number":1,"is_draft":true,"deleted_at":"2025-01-08 10:30:00"}`: instep.Deleted,
		`{"number":1,"deleted_at":null}`:                                  instep.Live,
	} {
		p, err := decodeOne[productRow]([]byte(`{"product":`+body+`}`), "product", noon)
		if err != nil || recordOf(&p, names{}).Status != want {
			t.Errorf("%s is %v (%v), want %v", body, recordOf(&p, names{}).Status, err, want)
		}
	}
}

// Where a view has numbers but no names, these come from the code lists, read
// once, and once more for a number that is new.
func TestNames(t *testing.T) {
	t.Parallel()
	product := `{"number":1,"group_id":2,"unit":{"number":"m"}},{"number":2,"group_id":null,"unit_id":null,"unit":null},
		{"number":3,"group":[],"unit_id":9},{"number":4}`
	c, p := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/products" {
			answer(206, `{"products":[`+product+`],"total":4,"pages":1,"limit":1000,"page":1}`)(w, r)
			return
		}
		shop(w, r)
	})
	page, err := c.Products().Read(t.Context(), instep.Cursor(cursorPrefix("product")+"{}"))
	if err != nil {
		t.Fatal(err)
	}
	var got [][2]instep.Value
	for _, rec := range page.Records {
		got = append(got, [2]instep.Value{rec.Fields.Get("group"), rec.Fields.Get("unit")})
	}
	want := [][2]instep.Value{
		{instep.String("VVS"), instep.String("meter")}, {instep.Null(), instep.Null()}, {instep.Null(), {}}, {{}, {}},
	}
	if !slices.Equal(got, want) {
		t.Errorf("groups and units are %v, want %v", got, want)
	}
	if diff := cmp.Diff([]string{
		"GET /api/products?limit=1000&order_by=updated_at&order_direction=DESC&page=1",
		"GET /api/product-groups?limit=1000&page=1", "GET /api/units?limit=1000&page=1", "GET /api/units?limit=1000&page=1",
	}, p.requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

func TestNumberIn(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Attr[string]{
		`9`: Given("9"), `"9"`: Given("9"), `{"number":9,"name":"A"}`: Given("9"), `{}`: {}, `[]`: Null[string](), `{"number":{}}`: Null[string](),
	} {
		if got := numberIn(Given(json.RawMessage(raw))); got != want {
			t.Errorf("%s is %+v, want %+v", raw, got, want)
		}
	}
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	c, _ := client(t, nil, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", "Wed, 08 Jan 2025 10:30:00 GMT")
		time.Sleep(2 * time.Millisecond)
		answer(206, `{"products":[],"total":0,"pages":0,"limit":1000,"page":1}`)(w, r)
	})
	page, err := c.Products().Read(t.Context(), instep.Cursor(cursorPrefix("product")+"{}"))
	date := time.Date(2025, 1, 8, 10, 30, 0, 0, time.UTC)
	if err != nil || !page.AsOf.Before(date.Add(-time.Millisecond)) || page.AsOf.Before(date.Add(-time.Minute)) {
		t.Errorf("as of %v (%v), want a little before %v", page.AsOf, err, date)
	}
}

func TestTraits(t *testing.T) {
	t.Parallel()
	c, _ := client(t, &Options{ReadLag: -1, RequestLife: 3 * time.Second}, shop)
	got := c.Products().Traits()
	if got.Entity != "product" || got.System != "rackbeat" || !got.ChosenID || !got.CanRename || got.Snapshot || got.Exact {
		t.Errorf("traits are %+v", got)
	}
	if got.ReadLag != 0 || got.RequestLife != 3*time.Second {
		t.Errorf("lag %v, life %v", got.ReadLag, got.RequestLife)
	}
}
