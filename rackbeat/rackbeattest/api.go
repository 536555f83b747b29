package rackbeattest

import (
	"crypto/sha256"
	"crypto/subtle"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/instep-go/instep/internal/fakeserver"
)

// route is what a path leads to: a handler for each method.
type route map[string]http.HandlerFunc

// serve is the fake itself, without faults and log.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if s.clockOff.Load() != 0 {
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	seg, ok := s.segments(r.URL)
	rt := route(nil)
	if ok {
		if seg[0] == "currency" { // public clients name both
			seg[0] = string(Currencies)
		}
		rt = s.route(seg)
	}
	if rt == nil {
		s.fail(w, http.StatusNotFound, msgNoRoute)
		return
	}
	if !s.authorised(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		s.fail(w, http.StatusUnauthorized, msgUnauthorised)
		return
	}
	// What was accepted before is not refused for the rate of another minute.
	if fakeserver.LateBy(r.Context()) == 0 && !s.limit.admit(w.Header()) {
		s.fail(w, http.StatusTooManyRequests, msgTooMany)
		return
	}
	if slices.Contains(*s.denied.Load(), seg[0]) {
		s.fail(w, http.StatusForbidden, msgForbidden)
		return
	}
	s.dispatch(w, r, rt)
}

// dispatch picks the route's handler by method.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, rt route) {
	method := r.Method
	switch method {
	case http.MethodHead:
		method = http.MethodGet
	case http.MethodPatch:
		method = http.MethodPut // the documentation names both
	}
	h := rt[method]
	switch {
	case h == nil:
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(rt)), ", "))
		s.fail(w, http.StatusMethodNotAllowed, msgMethod)
	case !acceptsJSON(r.Header.Values("Accept")):
		s.fail(w, http.StatusNotAcceptable, msgAccept)
	default:
		h(w, r)
	}
}

// route returns what the path leads to, nil for nothing.
func (s *Server) route(seg []string) route {
	name, rest := seg[0], seg[1:]
	switch {
	case name == "self" && len(rest) == 0:
		return route{http.MethodGet: s.getSelf}
	case name == "products":
		return s.productRoute(rest)
	case name == "items" && len(rest) == 0:
		return route{http.MethodGet: s.listProducts(viewItems, "items")}
	case name == "items" && len(rest) == 1:
		return route{http.MethodGet: s.getProduct(viewItems, "item", rest[0])}
	case name == "product-groups" && len(rest) == 0:
		return route{http.MethodGet: s.listGroups, http.MethodPost: s.createGroup}
	case name == "product-groups" && len(rest) == 1:
		return route{http.MethodGet: s.getGroup(rest[0])}
	case name == "units" && len(rest) == 0:
		return route{http.MethodGet: s.listUnits, http.MethodPost: s.createUnit}
	case name == "units" && len(rest) == 1:
		return route{http.MethodGet: s.getUnit(rest[0])}
	case name == customers:
		return s.partyRoute(s.data.customers, rest)
	case name == suppliers:
		return s.partyRoute(s.data.suppliers, rest)
	}
	if l := s.data.lists[List(name)]; l != nil {
		return s.listRoute(l, rest)
	}
	return nil
}

func (s *Server) productRoute(rest []string) route {
	switch {
	case len(rest) == 0:
		return route{
			http.MethodGet:  s.listProducts(viewProducts, "products"),
			http.MethodPost: s.createProduct(false),
		}
	case len(rest) == 1 && rest[0] == "drafts":
		return route{
			http.MethodGet:  s.listProducts(viewDrafts, "products"),
			http.MethodPost: s.createProduct(true),
		}
	case len(rest) == 1:
		return route{
			http.MethodGet:    s.getProduct(viewProducts, "product", rest[0]),
			http.MethodPut:    s.updateProduct(rest[0]),
			http.MethodDelete: s.deleteProduct(rest[0]),
		}
	case len(rest) == 2 && rest[1] == "publish":
		return route{http.MethodPost: s.publishProduct(rest[0])}
	}
	return nil
}

// segments returns the decoded parts of the path after /api/. It splits before
// it decodes, so that an encoded slash stays within its part. With double
// encoding, a first decoding happens to the path as a whole.
func (s *Server) segments(u *url.URL) ([]string, bool) {
	path := u.EscapedPath()
	if s.opts.DoubleEncoding {
		once, err := url.PathUnescape(path)
		if err != nil {
			return nil, false
		}
		path = once
	}
	path, ok := strings.CutPrefix(path, basePath)
	if !ok {
		return nil, false
	}
	seg := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, part := range seg {
		if plain, err := url.PathUnescape(part); err == nil {
			seg[i] = plain
		} // the second decoding leaves a stray percent sign as it is
	}
	return seg, true
}

// urlFriendly returns number as it has to stand in a path.
func (s *Server) urlFriendly(number string) string {
	once := percentEncode(number)
	if s.opts.DoubleEncoding {
		return percentEncode(once)
	}
	return once
}

// percentEncode encodes all but the unreserved characters of RFC 3986.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("-_.~", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// authorised compares digests, which takes the same time whatever came.
func (s *Server) authorised(r *http.Request) bool {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(key)))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(sum[:], s.key[:]) == 1
}

// acceptsJSON tells whether an Accept header leaves room for JSON; without one
// anything goes.
func acceptsJSON(headers []string) bool {
	if len(headers) == 0 {
		return true
	}
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		name, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if name == "*/*" || name == "application/*" || isJSON(name) {
			return true
		}
	}
	return false
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// getSelf answers who the key belongs to.
func (s *Server) getSelf(w http.ResponseWriter, _ *http.Request) {
	var o object
	o.nested("user_account", func(o *object) {
		o.integer("id", s.opts.AccountID).text("company_name", s.opts.Company).
			nested("address", func(o *object) {
				o.text("street", "Havnegade 12").null("street2").text("city", "Aarhus C").
					text("zipcode", "8000").text("country", "Denmark")
			})
	})
	o.nested("user", func(o *object) {
		o.integer("id", 1).text("name", "API").text("email", "api@example.com")
	})
	s.reply(w, http.StatusOK, o.bytes())
}
