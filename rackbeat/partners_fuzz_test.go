package rackbeat

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/instep-go/instep"
)

// A list of customers or suppliers that is accepted is JSON, is written and read
// back the same, and gives records that are as they are described.
func FuzzDecodePartners(f *testing.F) {
	f.Add([]byte(`{"partners":[{"number":1,"company_name":"Æ","payment_terms_id":"2","created_at":"2025-01-08 10:30:00"}],"total":1,"page":1}`))
	f.Add([]byte(`{"partners":[{"number":"501","name":"Ø","is_deleted":1,"employee":{"number":3,"name":"Bo"},"address_country":"Finland"}]}`))
	f.Add([]byte(`{"partners":[{"number":"7","id":null,"is_draft":"1","payment_terms":[],"vat_zone":7,"max_credit":1e-3,"address_country":"é"}]}`))
	f.Add([]byte(`{"partners":[{"number":-0.5e9,"customer_group":{"number":{}},"our_reference":[1],"billing_address":"x"}],"pages":"2"}`))
	f.Add([]byte(`{"partners":[{},null]}`))
	customers, suppliers := customerKind(&Options{}), supplierKind(&Options{BusinessIDField: fieldEAN})
	f.Fuzz(func(t *testing.T, body []byte) {
		fuzzPartners[customerRow](t, body, customers, func(v *Customer) *Partner { return &v.Partner })
		fuzzPartners[supplierRow](t, body, suppliers, func(v *Supplier) *Partner { return &v.Partner })
	})
}

func fuzzPartners[R row[T], T, U any](t *testing.T, body []byte, k *kind[T, U], part func(*T) *Partner) {
	list, _, err := decodeList[R](body, "partners", noon)
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Fatalf("the error of %q has several lines: %v", body, err)
		}
		return
	}
	if !json.Valid(bytes.TrimPrefix(body, []byte("\ufeff"))) {
		t.Fatalf("%q was accepted", body)
	}
	written, err := json.Marshal(map[string]any{"partners": append([]T{}, list...)})
	if err != nil {
		t.Fatalf("%q cannot be written back: %v", body, err)
	}
	again, _, err := decodeList[R](written, "partners", noon)
	if err != nil || len(again) != len(list) {
		t.Fatalf("%s, made of %q: %d records, %v", written, body, len(again), err)
	}
	for i := range list {
		part(&list[i]).Metadata, part(&again[i]).Metadata = Attr[json.RawMessage]{}, Attr[json.RawMessage]{} // kept as sent
		if diff := equal(list[i], again[i]); diff != "" {
			t.Fatalf("%q does not survive (-first +second):\n%s", body, diff)
		}
		asDescribed(t, k.record(&list[i], nil), k)
	}
}

// asDescribed fails unless each field of a record is of the type described.
func asDescribed[T, U any](t *testing.T, rec instep.Record, k *kind[T, U]) {
	t.Helper()
	if rec.Identity != "" && rec.Origin != "" || rec.Ref.ID != "" && rec.Fields.Get("number").String() != rec.Ref.ID {
		t.Fatalf("record is %+v", rec)
	}
	for name, v := range rec.Fields.All() {
		col, ok := k.column(name)
		switch {
		case !ok:
			t.Fatalf("the field %s is not described", name)
		case v.Type() != instep.TypeNull && v.Type() != col.info.Type:
			t.Fatalf("%s is a %v, described as %v", name, v.Type(), col.info.Type)
		}
	}
}

// Contacts and addresses that are understood are written and read back the same.
func FuzzDecodeParts(f *testing.F) {
	f.Add(`[{"id":5,"name":"Eva","email":null,"created_at":"2025-01-08 10:30:00"}]`)
	f.Add(`[{"id":"a/b","name":7,"zipcode":8000,"country":""},{}]`)
	f.Fuzz(func(t *testing.T, rows string) {
		if list, _, err := decodeList[contactRow]([]byte(`{"parts":`+rows+`}`), "parts", noon); err == nil {
			sameAgain[contactRow](t, list)
		}
		if list, _, err := decodeList[addressRow]([]byte(`{"parts":`+rows+`}`), "parts", noon); err == nil {
			sameAgain[addressRow](t, list)
		}
	})
}

func sameAgain[R row[T], T any](t *testing.T, list []T) {
	t.Helper()
	written, err := json.Marshal(map[string]any{"parts": append([]T{}, list...)})
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := decodeList[R](written, "parts", noon)
	if err != nil {
		t.Fatalf("%s cannot be read: %v", written, err)
	}
	if diff := equal(append([]T{}, list...), append([]T{}, again...)); diff != "" {
		t.Fatalf("differs (-first +again):\n%s", diff)
	}
}

// A text that passes for a number is sent as the whole number that it is, and
// nothing else passes.
func FuzzPartnerNumber(f *testing.F) {
	for _, s := range []string{"1", "10042", "012", "0", "-1", "1e3", " 1", "１", "999999999999999999", "1000000000000000000", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		up := CustomerUpdate{Number: instep.Set(s)}
		body, err := up.form()
		if err != nil {
			if instep.KindOf(err) != instep.Invalid || s != "" && strings.Trim(s, "0123456789") == "" && s[0] != '0' && len(s) <= maxDigits {
				t.Fatalf("%q is refused: %v", s, err)
			}
			return
		}
		data, err := body.encode()
		if err != nil || string(data) != `{"number":`+s+`}` || !json.Valid(data) {
			t.Fatalf("%q is sent as %s, %v", s, data, err)
		}
	})
}
