package rackbeat

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// office is a company with customers, suppliers and the lists that they need,
// as far as the tests of this package ask for it.
type office struct {
	mu      sync.Mutex
	rows    map[string][]map[string]any // "customers" → rows
	lists   map[string][]string         // "customer_groups" → names, numbered from 1
	clock   int
	next    int
	refuse  map[string]string // "POST customer-groups" → status and body: "422 {…}"
	lose    string            // a request that is carried out, and gets no whole reply
	ignores bool              // filters are not heard
}

func newOffice() *office {
	return &office{
		rows: map[string][]map[string]any{}, next: 1000, refuse: map[string]string{},
		lists: map[string][]string{
			"customer_groups": {"Danmark", "EU"}, "supplier_groups": {"Varer"}, "payment_terms": {"Netto 8 dage", "Netto 14 dage"},
			"layouts": {"Standard"}, "delivery_terms": {"EXW"}, "employees": {"Bo"}, "units": {"stk."},
		},
	}
}

// connect returns a client of the office.
func (f *office) connect(t testing.TB, o *Options) (*Client, *peer) {
	t.Helper()
	return client(t, o, f.serve)
}

func (f *office) stamp() string {
	f.clock++
	return registerStart.Add(time.Duration(f.clock) * time.Second).Format("2006-01-02 15:04:05")
}

func (f *office) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/"), "/")
	request := r.Method + " " + strings.Join(path, "/")
	if odd, ok := f.refuse[request]; ok {
		status, body, _ := strings.Cut(odd, " ")
		code, _ := strconv.Atoi(status)
		answer(code, body)(w, r)
		return
	}
	key := strings.ReplaceAll(path[0], "-", "_")
	if _, isList := f.lists[key]; isList {
		f.serveList(w, r, key)
	} else {
		f.serveRows(w, r, key, path[1:])
	}
}

func (f *office) serveList(w http.ResponseWriter, r *http.Request, key string) {
	if r.Method == http.MethodPost {
		var in struct{ Name string }
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &in)
		f.lists[key] = append(f.lists[key], in.Name)
		if f.lose == "POST "+key {
			f.lose = ""
			answer(500, "")(w, r)
			return
		}
		answer(201, fmt.Sprintf(`{%q:{"number":%d,"name":%q}}`, strings.TrimSuffix(key, "s"), len(f.lists[key]), in.Name))(w, r)
		return
	}
	rows := make([]string, len(f.lists[key]))
	for i, name := range f.lists[key] {
		rows[i] = fmt.Sprintf(`{"number":%d,"name":%q}`, i+1, name)
	}
	answer(206, fmt.Sprintf(`{%q:[%s],"total":%d,"pages":1,"limit":1000,"page":1}`, key, strings.Join(rows, ","), len(rows)))(w, r)
}

func (f *office) serveRows(w http.ResponseWriter, r *http.Request, key string, rest []string) {
	body := map[string]any{}
	data, _ := io.ReadAll(r.Body)
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	_ = d.Decode(&body)
	single := strings.TrimSuffix(key, "s")
	at := -1
	if len(rest) > 0 {
		at = slices.IndexFunc(f.rows[key], func(row map[string]any) bool { return fmt.Sprint(row["number"]) == strings.TrimRight(rest[0], "A") })
		if at < 0 {
			answer(404, `{"message":"Not found"}`)(w, r)
			return
		}
	}
	number, given := body["number"]
	taken := slices.IndexFunc(f.rows[key], func(row map[string]any) bool { return given && row["number"] == number })
	switch {
	case r.Method == http.MethodGet && at < 0:
		f.page(w, r, key)
	case r.Method == http.MethodGet:
		f.one(w, r, single, f.rows[key][at], 200)
	case r.Method == http.MethodDelete:
		f.rows[key] = slices.Delete(f.rows[key], at, at+1)
		w.WriteHeader(http.StatusOK)
	case taken >= 0 && taken != at:
		answer(422, `{"message":"x","errors":{"number":["taken"]}}`)(w, r)
	case r.Method == http.MethodPost:
		row := map[string]any{"id": f.next, "number": json.Number(strconv.Itoa(f.next)), "created_at": f.stamp()}
		f.next++
		maps.Copy(row, body)
		row["updated_at"] = row["created_at"]
		f.rows[key] = append(f.rows[key], row)
		f.one(w, r, single, row, 201)
	default:
		maps.Copy(f.rows[key][at], body)
		f.rows[key][at]["updated_at"] = f.stamp()
		f.one(w, r, single, f.rows[key][at], 200)
	}
}

func (f *office) one(w http.ResponseWriter, r *http.Request, key string, row map[string]any, status int) {
	data, _ := json.Marshal(map[string]any{key: row})
	answer(status, string(data))(w, r)
}

func (f *office) page(w http.ResponseWriter, r *http.Request, key string) {
	q := r.URL.Query()
	rows := append([]map[string]any{}, f.rows[key]...)
	for name, values := range q {
		name = strings.TrimSuffix(strings.TrimPrefix(name, "simple_filter["), "]")
		if !f.ignores && slices.Contains([]string{"company_vat", "ean", "company_name"}, name) {
			rows = slices.DeleteFunc(rows, func(row map[string]any) bool { return !strings.EqualFold(fmt.Sprint(row[name]), values[0]) })
		}
	}
	order := cmp.Or(q.Get("order_by"), "created_at")
	slices.SortStableFunc(rows, func(a, b map[string]any) int {
		n := strings.Compare(fmt.Sprint(a[order]), fmt.Sprint(b[order]))
		if q.Get("order_direction") != "ASC" {
			n = -n
		}
		return n
	})
	page, _ := strconv.Atoi(q.Get("page"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	total := len(rows)
	from := min((page-1)*limit, total)
	data, _ := json.Marshal(map[string]any{
		key: rows[from:min(from+limit, total)], "total": total, "pages": (total + limit - 1) / limit, "limit": limit, "page": page,
	})
	answer(206, string(data))(w, r)
}
