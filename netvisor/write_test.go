package netvisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor/netvisortest"
)

var testStamp = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func create(name string) instep.Op {
	return instep.Op{
		Action: instep.Create, Ref: instep.Ref{System: "netvisor", Entity: "product"},
		Fields: instep.NewFields(
			instep.Field{Name: FieldName, Value: instep.String(name)},
			instep.Field{Name: FieldGroup, Value: instep.String("G")},
		),
	}
}

func change(id string, fields ...instep.Field) instep.Op {
	return instep.Op{
		Action: instep.Update, Ref: instep.Ref{System: "netvisor", Entity: "product", ID: id}, Fields: instep.NewFields(fields...),
	}
}

func TestWriteNamesTheField(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60)
	for _, tt := range []struct {
		field string
		value instep.Value
		kind  instep.Kind
	}{
		{"colour", instep.String("red"), instep.Config},
		{FieldUnitGrossPrice, instep.Number(instep.MustDecimal("1")), instep.Config},
		{FieldInventoryAmount, instep.Int(1), instep.Config},
		{FieldUnitPrice, instep.String("1,50"), instep.Invalid},
		{FieldName, instep.Int(1), instep.Invalid},
		{FieldName, instep.Null(), instep.Invalid},
		{FieldGroup, instep.String(" "), instep.Invalid},
		{FieldIsActive, instep.String("yes"), instep.Invalid},
		{FieldIsActive, instep.Null(), instep.Invalid},
		{FieldCode, instep.String(long), instep.Invalid},
		{FieldUnit, instep.String(long), instep.Invalid},
		{FieldPrimaryEAN, instep.Bool(true), instep.Invalid},
		{FieldPrimaryEAN, instep.String("\x00"), instep.Invalid},
	} {
		c := stubbed(t, always(200, envelope("")), nil)
		results, err := c.Products().Write(t.Context(), []instep.Op{change("5", instep.Field{Name: tt.field, Value: tt.value})})
		if err != nil {
			t.Fatal(err)
		}
		e, ok := errors.AsType[*instep.Error](results[0].Err)
		if !ok || e.Kind != tt.kind || e.Field != tt.field || e.Ref.ID != "5" || e.Op != "netvisor: edit product" {
			t.Errorf("%s = %v: %v", tt.field, tt.value, results[0].Err)
		}
		if c.Stats() != (Stats{}) {
			t.Errorf("%s: something was sent", tt.field)
		}
	}
}

func TestWriteResults(t *testing.T) {
	t.Parallel()
	name := instep.Field{Name: FieldName, Value: instep.String("N")}
	c := stubbed(t, always(200, envelope("<Replies><InsertedDataIdentifier>31</InsertedDataIdentifier></Replies>")), nil)
	results, err := c.Products().Write(t.Context(), []instep.Op{
		create("A"), change("7", name), change("7"), change("x", name), {Action: instep.Delete, Ref: refOf("product", 7)},
		change("7", instep.Field{Name: "no", Value: instep.Null()}), create("B"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		id   string
		kind instep.Kind
	}{
		{"31", instep.Unclassified}, {"7", instep.Unclassified}, {"7", instep.Unclassified}, {"x", instep.NotFound},
		{"7", instep.Unsupported}, {"7", instep.Config}, {"31", instep.Unclassified},
	}
	for i, w := range want {
		if r := results[i]; r.Ref.ID != w.id || instep.KindOf(r.Err) != w.kind || (w.kind == 0) != (r.Err == nil) {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	if !results[0].At.Equal(testStamp) || c.Stats() != (Stats{Writes: 3}) {
		t.Errorf("at %v, stats %+v", results[0].At, c.Stats())
	}
}

// TestWriteStops: an error that the next request would meet as well ends the
// batch; one about the product does not.
func TestWriteStops(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		reply stub
		sent  int64
		first instep.Kind
		rest  instep.Kind
	}{
		{"wrong key", always(401, failure("AUTHENTICATION_FAILED :: x")), 1, instep.Unauthorized, instep.Unauthorized},
		{"no right", always(403, failure("SERVICE_ACCESS_ERROR :: x")), 1, instep.Forbidden, instep.Forbidden},
		{"refused", always(400, failure("INVALID_DATA :: x")), 4, instep.Invalid, instep.Invalid},
		{"taken", always(400, failure("DUPLICATE_DATA :: x")), 4, instep.Duplicate, instep.Duplicate},
		{"silent", func(*http.Request) (*http.Response, error) { return nil, io.EOF }, 2, instep.Lost, instep.Unavailable},
	} {
		c := stubbed(t, tt.reply, nil)
		results, err := c.Products().Write(t.Context(), []instep.Op{create("A"), create("B"), create("C"), create("D")})
		if err != nil {
			t.Fatal(err)
		}
		if first, last := instep.KindOf(results[0].Err), instep.KindOf(results[3].Err); first != tt.first || last != tt.rest || c.Stats().Writes != tt.sent {
			t.Errorf("%s: first %v, last %v, %d sent", tt.name, results[0].Err, results[3].Err, c.Stats().Writes)
		}
	}
}

// TestWriteCanceled: the request under way is finished, the rest is not sent.
func TestWriteCanceled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
			cancel()
			select {
			case <-time.After(30 * time.Second):
			case <-r.Context().Done():
				t.Error("the request under way was broken off")
				return nil, r.Context().Err()
			}
			return answerWith(r, 200, envelope("<Replies><InsertedDataIdentifier>31</InsertedDataIdentifier></Replies>")), nil
		}), nil)
		results, err := c.Products().Write(ctx, []instep.Op{create("A"), create("B"), change("7")})
		if err != nil || results[0].Err != nil || results[0].Ref.ID != "31" {
			t.Errorf("%+v, %v", results[0], err)
		}
		for _, r := range results[1:] {
			if instep.KindOf(r.Err) != instep.Canceled {
				t.Errorf("%v", r.Err)
			}
		}
	})
}

// TestUpdateOfMissing tells a product that is gone from a refusal.
func TestUpdateOfMissing(t *testing.T) {
	t.Parallel()
	c, server := onFake(t, &netvisortest.Options{Products: []netvisortest.Product{{Key: 1, Name: "A", Group: "G"}, {Key: 2, Name: "B", Group: "G"}}}, nil)
	if err := server.Delete(2); err != nil {
		t.Fatal(err)
	}
	server.Script(netvisortest.Step{Status: 400, Body: failure("INVALID_DATA :: no")})
	name := instep.Field{Name: FieldName, Value: instep.String("N")}
	results, err := c.Products().Write(t.Context(), []instep.Op{change("1", name), change("2", name), change("3", name)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []instep.Kind{instep.Invalid, instep.NotFound, instep.NotFound} {
		if got := instep.KindOf(results[i].Err); got != want {
			t.Errorf("product %d: %v", i+1, results[i].Err)
		}
	}
}

func TestAddOnly(t *testing.T) {
	t.Parallel()
	c, _ := onFake(t, &netvisortest.Options{ExtendedProducts: true}, &Options{AddOnly: true})
	p := c.Products()
	infos, err := p.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range infos {
		if info.Access&instep.CanUpdate != 0 {
			t.Errorf("%s can be updated", info.Name)
		}
	}
	results, err := p.Write(t.Context(), []instep.Op{create("A"), change("1", instep.Field{Name: FieldName, Value: instep.String("N")})})
	if err != nil || results[0].Err != nil || instep.KindOf(results[1].Err) != instep.Unsupported {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestDescribe: every field that is described is read, those that can be
// written are written, and the mapping has no name twice.
func TestDescribe(t *testing.T) {
	t.Parallel()
	infos, err := stubbed(t, always(200, ""), nil).Products().Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names, required []string
	for _, info := range infos {
		names = append(names, info.Name)
		if info.Required {
			required = append(required, info.Name)
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(infos) {
		t.Error("a name is there twice")
	}
	if !slices.Equal(required, []string{FieldName, FieldGroup}) {
		t.Errorf("required: %v", required)
	}
	sampleOf := map[instep.Type]instep.Value{
		instep.TypeString: instep.String("x"), instep.TypeDecimal: instep.Number(instep.MustDecimal("1.5")), instep.TypeBool: instep.Bool(true),
	}
	for _, info := range infos {
		u, err := productTable.update(instep.NewFields(instep.Field{Name: info.Name, Value: sampleOf[info.Type]}))
		if writable := info.Access&instep.CanUpdate != 0; writable != (err == nil) {
			t.Errorf("%s: access %b, %v", info.Name, info.Access, err)
		} else if writable {
			got := string(document(u.element(false), UTF8))
			if element := productTable.rowOf(info.Name).element; !strings.Contains(got, "<"+element) || strings.Count(got, "</") > 6 {
				t.Errorf("%s is written as %s", info.Name, got)
			}
		}
	}
}

// TestLostAdds: with lost replies no product is made twice, and every Lost one
// can be found by its code if it was made.
func TestLostAdds(t *testing.T) {
	t.Parallel()
	c, server := onFake(t, &netvisortest.Options{DuplicateCodes: true}, nil)
	server.SetFaults(netvisortest.Faults{Lost: 0.3, LostBefore: 0.2}, 7)
	p := c.Products()
	made := 0
	lost := map[string]bool{}
	for i := range 60 {
		code := fmt.Sprintf("C-%d", i)
		op := create("N")
		op.Fields = op.Fields.With(FieldCode, instep.String(code))
		results, err := p.Write(t.Context(), []instep.Op{op})
		switch {
		case err != nil:
			t.Fatal(err)
		case results[0].Err == nil:
			made++
		case instep.KindOf(results[0].Err) == instep.Lost:
			lost[code] = true
		default:
			t.Fatal(results[0].Err)
		}
	}
	server.SetFaults(netvisortest.Faults{}, 0)
	codes := map[string]int{}
	for _, product := range server.Products() {
		if codes[product.Code]++; codes[product.Code] > 1 {
			t.Errorf("%s was made twice", product.Code)
		}
	}
	if len(lost) == 0 || made == 0 {
		t.Fatalf("made %d, lost %d: the test shows nothing", made, len(lost))
	}
	for code := range lost {
		found, err := p.Find(t.Context(), FieldCode, []instep.Value{instep.String(code)})
		if err != nil || len(found[0]) != codes[code] {
			t.Errorf("%s: found %d of %d, %v", code, len(found[0]), codes[code], err)
		}
	}
}
