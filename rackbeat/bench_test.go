package rackbeat

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// thousand is a reply with 1000 products.
func thousand(b *testing.B) []byte {
	b.Helper()
	one := strings.TrimSuffix(strings.TrimPrefix(compact(b, sample(b, "product.json")), "{\n \"product\": "), "\n}")
	rows := make([]string, 1000)
	for i := range rows {
		rows[i] = strings.Replace(one, "RØR/12 #4", fmt.Sprintf("RØR/12 #%d", i), 1)
	}
	return []byte(`{"products":[` + strings.Join(rows, ",") + `],"total":1000,"pages":1,"limit":1000,"page":1}`)
}

// The floor is encoding/json into any: what a program without types would do.
func BenchmarkFloor(b *testing.B) {
	body := thousand(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodePage(b *testing.B) {
	body := thousand(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		list, _, err := decodeList[productRow](body, "products", noon)
		if err != nil || len(list) != 1000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecords(b *testing.B) {
	list, _, err := decodeList[productRow](thousand(b), "products", noon)
	if err != nil {
		b.Fatal(err)
	}
	var none names
	b.ReportAllocs()
	for b.Loop() {
		for i := range list {
			if recordOf(&list[i], none).Fields.Len() == 0 {
				b.Fatal("no fields")
			}
		}
	}
}

func BenchmarkCustomerRecords(b *testing.B) {
	one, err := decodeOne[customerRow]([]byte(sample(b, "customer.json")), "customer", noon)
	if err != nil {
		b.Fatal(err)
	}
	k := customerKind(&Options{})
	b.ReportAllocs()
	for b.Loop() {
		if k.record(&one, nil).Fields.Len() == 0 {
			b.Fatal("no fields")
		}
	}
}
