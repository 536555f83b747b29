package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// pageSize is how many customers a page has, batchSize how many a write takes.
const (
	pageSize  = 1000
	batchSize = 100
)

// template is a customer as the left system shows it, about 300 bytes. Each
// ####### is the number.
const template = `{"id":"#######","code":"1#######","name":"Kahvila Ääni ####### Oy","business_id":"#######-1",` +
	`"email":"posti#######@example.com","phone":"+358401234567","address":{"street":"Rantatie 12","zip":"00100",` +
	`"city":"Helsinki","country":"FI"},"group":"Retail","currency":"EUR","active":true,"modified":"2026-01-31T12:00:00Z"}`

// server is both systems: the left one shows n customers, the right one takes
// whatever it is given, gives out ids and forgets the rest.
type server struct {
	n     int
	page  []byte // a page of customers number 0
	marks []int  // where the numbers stand in one
	size  int    // of one, with the comma behind it

	mu      sync.Mutex
	next    int
	batches int
}

// head and tail stand around the customers of a page.
const (
	head = `{"customers":[`
	tail = `]}`
)

func serve(n int) error {
	s := &server{n: n, size: len(template) + 1}
	for at := 0; at < len(template); {
		i := bytes.IndexByte([]byte(template[at:]), '#')
		if i < 0 {
			break
		}
		s.marks = append(s.marks, at+i)
		at += i + 7
	}
	s.page = bytes.Repeat([]byte(template+","), pageSize)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /customers", s.list)
	mux.HandleFunc("POST /get", s.get)
	mux.HandleFunc("POST /batch", s.write)
	mux.HandleFunc("GET /told", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		fmt.Fprintf(w, "%d records in %d batches", s.next, s.batches)
	})
	fmt.Printf("http://%s\n", l.Addr())
	return http.Serve(l, mux)
}

// fill writes number i into the customer at a place of the page.
func (s *server) fill(page []byte, at, i int) {
	for _, mark := range s.marks {
		number := page[at*s.size+mark:][:7]
		for d, v := 6, i; d >= 0; d-- {
			number[d] = byte('0' + v%10)
			v /= 10
		}
	}
}

func (s *server) send(w http.ResponseWriter, customers []byte) {
	customers = bytes.TrimSuffix(customers, []byte{','})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(customers)+len(tail)))
	_, _ = io.WriteString(w, head)
	_, _ = w.Write(customers)
	_, _ = io.WriteString(w, tail)
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	from, _ := strconv.Atoi(r.FormValue("from"))
	count := min(pageSize, s.n-from)
	page := bytes.Clone(s.page[:count*s.size])
	for i := range count {
		s.fill(page, i, from+i)
	}
	s.send(w, page)
}

// get answers a list of ids, one a line.
func (s *server) get(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	ids := bytes.Fields(body)
	ids = ids[:min(len(ids), pageSize)]
	page := bytes.Clone(s.page[:len(ids)*s.size])
	for at, id := range ids {
		i, _ := strconv.Atoi(string(id))
		s.fill(page, at, i)
	}
	s.send(w, page)
}

var codeMark = []byte(`"code":`)

// write takes a batch: it only counts the customers in it.
func (s *server) write(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	count := bytes.Count(body, codeMark)
	s.mu.Lock()
	first := s.next
	s.next += count
	s.batches++
	s.mu.Unlock()
	out := []byte(`{"results":[`)
	for i := range count {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"id":"R%07d","status":201}`, first+i)
	}
	out = append(out, tail...)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	_, _ = w.Write(out)
}
