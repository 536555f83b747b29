package main

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// pageSize is how many changes a page has: few, so that walks have pages.
const pageSize = 3

// server is the partner's own system, made up: a depot with articles in
// memory. It stands in for what is already there, and is no part of the
// connector.
type server struct {
	token string

	mu       sync.Mutex
	seq      int
	articles []*stored
	keys     map[string]*stored
	trouble  func(http.ResponseWriter, *http.Request, http.HandlerFunc) bool // tests; true: it has answered
}

// stored is an article of the depot. Every change gives it the next sequence
// number, which is its version and its place in the list of changes.
type stored struct {
	id, seq int
	values  map[string]string
	deleted bool
}

func newServer(token string) *server { return &server{token: token, keys: map[string]*stored{}} }

// ServeHTTP answers one request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.token)) != 1 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /articles", s.list)
	mux.HandleFunc("POST /articles", s.create)
	mux.HandleFunc("PATCH /articles", s.change)
	mux.HandleFunc("DELETE /articles", s.change)
	s.mu.Lock()
	trouble := s.trouble
	s.mu.Unlock()
	if trouble == nil || !trouble(w, r, mux.ServeHTTP) {
		mux.ServeHTTP(w, r)
	}
}

// list answers with the articles that have one of the ids, or with the changes
// after a cursor. A walk over changes ends at the one that was the last when it
// began, so that it ends although people go on editing; from the beginning, it
// saw everything if that is still the last.
func (s *server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ids, ok := r.URL.Query()["id"]; ok {
		reply(w, map[string]any{"articles": s.where(func(a *stored) bool { return slices.Contains(ids, strconv.Itoa(a.id)) })})
		return
	}
	after, until, whole := 0, s.seq, true
	if cursor := r.FormValue("cursor"); cursor != "" {
		if _, err := fmt.Sscanf(cursor, "%d/%d/%t", &after, &until, &whole); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		until = cmp.Or(until, s.seq)
	}
	found := s.where(func(a *stored) bool { return a.seq > after })
	if len(found) <= pageSize || found[pageSize-1].seq >= until {
		next := s.seq
		if len(found) > pageSize {
			found = found[:pageSize]
			next = found[pageSize-1].seq
		}
		reply(w, map[string]any{"articles": found, "next": fmt.Sprintf("%d/0/false", next), "complete": whole && s.seq <= until})
		return
	}
	next := fmt.Sprintf("%d/%d/%t", found[pageSize-1].seq, until, whole)
	reply(w, map[string]any{"articles": found[:pageSize], "next": next, "more": true})
}

// where returns the articles that are wanted, in the order of their changes.
func (s *server) where(wanted func(*stored) bool) []*stored {
	found := []*stored{}
	for _, a := range s.articles {
		if wanted(a) {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b *stored) int { return cmp.Compare(a.seq, b.seq) })
	return found
}

// create makes an article, once for each key.
func (s *server) create(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	if made := s.keys[key]; made != nil {
		reply(w, map[string]any{"articles": []*stored{made}})
		return
	}
	a := &stored{}
	if json.NewDecoder(io.LimitReader(r.Body, maxReply)).Decode(&a.values) != nil || a.values["number"] == "" || a.values["name"] == "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if len(s.where(func(b *stored) bool { return !b.deleted && b.values["number"] == a.values["number"] })) > 0 {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s.seq++
	a.id, a.seq = len(s.articles)+1, s.seq
	s.articles = append(s.articles, a)
	if key != "" {
		s.keys[key] = a
	}
	reply(w, map[string]any{"articles": []*stored{a}})
}

// change changes or deletes an article. Nothing is told of a change that is
// none.
func (s *server) change(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, expect := r.URL.Query().Get("id"), r.Header.Get("If-Match")
	found := s.where(func(a *stored) bool { return !a.deleted && strconv.Itoa(a.id) == id })
	if len(found) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	a := found[0]
	if expect != "" && expect != strconv.Itoa(a.seq) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	values := maps.Clone(a.values)
	if json.NewDecoder(io.LimitReader(r.Body, maxReply)).Decode(&values) != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if r.Method == http.MethodDelete || !maps.Equal(values, a.values) {
		s.seq++
		a.seq, a.values, a.deleted = s.seq, values, r.Method == http.MethodDelete
	}
	reply(w, map[string]any{"articles": []*stored{a}})
}

// MarshalJSON is an article on the wire.
func (a *stored) MarshalJSON() ([]byte, error) {
	wire := map[string]any{"id": strconv.Itoa(a.id), "version": strconv.Itoa(a.seq), "deleted": a.deleted}
	for name, text := range a.values {
		wire[name] = text
	}
	return json.Marshal(wire)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
