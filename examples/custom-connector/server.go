package main

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// pageSize is how many articles a list has: few, so that walks have pages.
const pageSize = 3

// server is the partner's own system, made up: a depot with articles in
// memory. It stands in for what is already there, and is no part of the
// connector.
type server struct {
	token string

	mu       sync.Mutex
	seq      int64
	articles []*article
	keys     map[string]*article
	trouble  func(http.ResponseWriter, *http.Request, http.HandlerFunc) bool // tests; true: it has answered
}

func newServer(token string) *server { return &server{token: token, keys: map[string]*article{}} }

// ServeHTTP answers one request.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.token)) != 1 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /articles", s.list)
	mux.HandleFunc("POST /articles", s.create)
	mux.HandleFunc("GET /articles/{id}", s.one)
	mux.HandleFunc("PATCH /articles/{id}", s.one)
	mux.HandleFunc("DELETE /articles/{id}", s.one)
	s.mu.Lock()
	trouble := s.trouble
	s.mu.Unlock()
	if trouble == nil || !trouble(w, r, mux.ServeHTTP) {
		mux.ServeHTTP(w, r)
	}
}

// list answers with what changed after a sequence number, or with the article
// that has a number.
func (s *server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	after, _ := strconv.ParseInt(r.FormValue("after"), 10, 64)
	l := list{Articles: []article{}, Head: s.seq, Next: s.seq}
	slices.SortFunc(s.articles, func(a, b *article) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, a := range s.articles {
		wanted := a.Seq > after
		if r.Form.Has("number") {
			wanted = !a.Deleted && a.Number != nil && *a.Number == r.FormValue("number")
		}
		if wanted && len(l.Articles) == pageSize {
			l.Next = l.Articles[pageSize-1].Seq
			break
		}
		if wanted {
			l.Articles = append(l.Articles, *a)
		}
	}
	reply(w, &l)
}

// create makes an article, once for each key.
func (s *server) create(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := r.Header.Get("Idempotency-Key")
	if made := s.keys[key]; made != nil {
		reply(w, made)
		return
	}
	a := &article{}
	if json.NewDecoder(io.LimitReader(r.Body, maxReply)).Decode(a) != nil || a.Number == nil || a.Name == nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if slices.ContainsFunc(s.articles, func(b *article) bool { return !b.Deleted && *b.Number == *a.Number }) {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s.seq++
	a.ID, a.Seq, a.Deleted = int64(len(s.articles)+1), s.seq, false
	s.articles = append(s.articles, a)
	if key != "" {
		s.keys[key] = a
	}
	reply(w, a)
}

// one reads, changes or deletes an article.
func (s *server) one(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	i := slices.IndexFunc(s.articles, func(a *article) bool { return !a.Deleted && strconv.FormatInt(a.ID, 10) == id })
	if i < 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	a := s.articles[i]
	if want := r.Header.Get("If-Match"); want != "" && want != strconv.FormatInt(a.Seq, 10) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	if r.Method != http.MethodGet {
		changed := clone(a)
		if r.Method == http.MethodPatch && json.NewDecoder(io.LimitReader(r.Body, maxReply)).Decode(&changed) != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		if r.Method == http.MethodDelete || !same(a, &changed) {
			s.seq++
			changed.ID, changed.Seq, changed.Deleted = a.ID, s.seq, r.Method == http.MethodDelete
			*a = changed
		}
	}
	reply(w, a)
}

// clone copies an article with what it points to, for decoding writes there.
func clone(a *article) (b article) {
	data, _ := json.Marshal(a)
	_ = json.Unmarshal(data, &b)
	return b
}

// same reports whether nothing was changed, so that nothing is told of it.
func same(a, b *article) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
