package rackbeattest

import (
	"cmp"
	"net/http"
	"slices"
)

// reply writes a JSON body.
func (s *Server) reply(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// fail answers an error that concerns the request as a whole.
func (s *Server) fail(w http.ResponseWriter, status int, m message) {
	var o object
	s.reply(w, status, o.text("message", s.text(m)).bytes())
}

// invalid answers 422 with what f found.
func (s *Server) invalid(w http.ResponseWriter, f *form) {
	slices.SortStableFunc(f.faults, func(a, b fault) int { return cmp.Compare(a.path, b.path) })
	var o object
	o.text("message", s.text(msgInvalid)).nested("errors", func(o *object) {
		for i, flt := range f.faults {
			if i > 0 && f.faults[i-1].path == flt.path {
				o.b[len(o.b)-1] = ',' // goes on in the list of the same field
			} else {
				o.raw(flt.path, "[")
			}
			o.b = append(appendText(o.b, flt.text, false), ']')
		}
	})
	s.reply(w, http.StatusUnprocessableEntity, o.bytes())
}
