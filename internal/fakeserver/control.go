package fakeserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxFaultsText = 4 << 10

// Control returns the control door, a handler of four routes:
//
//	GET  /records           the records as dump writes them, JSON Lines
//	POST /faults?seed=7     sets the random faults from a body such as "lost=5%"
//	GET  /log               the request log, JSON Lines, oldest first
//	GET  /reached?n=1200    the number of requests so far, once there are so many
//
// The last one answers the moment the request numbered n arrives, before
// anything is done with it: a program can so be stopped at any request it makes.
// Every request must carry the token as "Authorization: Bearer TOKEN". With an
// empty token the door stays shut: everything is answered with 404.
func (s *Server) Control(token string, dump func(w io.Writer) error) http.Handler {
	if token == "" {
		return http.NotFoundHandler()
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /records", func(w http.ResponseWriter, _ *http.Request) {
		jsonLines(w)
		if err := dump(w); err != nil {
			panic(http.ErrAbortHandler) // a broken transfer, not a short list
		}
	})
	mux.HandleFunc("GET /log", func(w http.ResponseWriter, _ *http.Request) {
		jsonLines(w)
		enc := json.NewEncoder(w)
		for _, r := range s.Requests() {
			if enc.Encode(newLogLine(r)) != nil {
				return
			}
		}
	})
	mux.HandleFunc("POST /faults", s.postFaults)
	mux.HandleFunc("GET /reached", s.getReached)
	return guard(token, mux)
}

func jsonLines(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
}

// guard lets only bearers of the token through. Comparing digests takes the
// same time whatever the length and content of what came.
func guard(token string, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, got, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		sum := sha256.Sum256([]byte(got))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "control: wrong or missing bearer token", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) postFaults(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFaultsText))
	if err != nil {
		http.Error(w, "control: faults: unreadable body", http.StatusBadRequest)
		return
	}
	f, err := ParseFaults(strings.TrimSpace(string(text)))
	if err != nil {
		http.Error(w, "control: "+err.Error(), http.StatusBadRequest)
		return
	}
	seed := uint64(1)
	if v := r.URL.Query().Get("seed"); v != "" {
		if seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			http.Error(w, "control: seed: want a whole number", http.StatusBadRequest)
			return
		}
	}
	s.SetFaults(f, seed)
	_, _ = io.WriteString(w, f.String()+"\n")
}

func (s *Server) getReached(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil || n < 0 {
		http.Error(w, "control: n: want the number of a request", http.StatusBadRequest)
		return
	}
	got, err := s.rec.reach(r.Context(), n)
	if err != nil {
		panic(http.ErrAbortHandler) // whoever asked is gone
	}
	_, _ = io.WriteString(w, strconv.Itoa(got)+"\n")
}

// logLine is a Request as the control door writes it.
type logLine struct {
	N          int         `json:"n"`
	At         time.Time   `json:"at"`
	Method     string      `json:"method"`
	Target     string      `json:"target"`
	Header     http.Header `json:"header"`
	Body       string      `json:"body,omitempty"`
	Status     int         `json:"status"`
	Outcome    string      `json:"outcome,omitempty"`
	Handled    bool        `json:"handled"`
	LateMS     float64     `json:"late_ms,omitempty"`
	DurationMS float64     `json:"duration_ms"`
	Overlapped bool        `json:"overlapped"`
}

func newLogLine(r Request) logLine {
	return logLine{
		N: r.N, At: r.At.UTC(), Method: r.Method, Target: r.Target, Header: r.Header,
		Body: r.Body, Status: r.Status, Outcome: r.Outcome, Handled: r.Handled,
		LateMS:     float64(r.Late) / float64(time.Millisecond),
		DurationMS: float64(r.Duration) / float64(time.Millisecond), Overlapped: r.Overlapped,
	}
}
