package fakeserver

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
)

// Transport returns a round tripper that answers every request, whatever its
// host, from this server without a socket. It is safe for concurrent use and
// runs the handler on the caller's goroutine. A broken connection is an error
// that wraps io.EOF, as it is with a real one; a request given up by its
// context is an error that wraps the context's.
func (s *Server) Transport() http.RoundTripper { return direct{s} }

type direct struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	ctx := req.Context()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if req.URL == nil || req.URL.Host == "" {
		return nil, fmt.Errorf("%s fake: no host in the request url", d.s.vendor)
	}
	r, err := arriving(req)
	if err != nil {
		return nil, fmt.Errorf("%s fake: %w", d.s.vendor, err)
	}
	rep, ok := d.s.exchange(r)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if !ok {
		return nil, fmt.Errorf("%s fake: connection broken: %w", d.s.vendor, io.EOF)
	}
	return rep.response(req), nil
}

// arriving turns a client's request into the form a server would see.
func arriving(req *http.Request) (*http.Request, error) {
	r := req.WithContext(req.Context()) // a copy whose header and url are replaced below
	r.RequestURI = req.URL.RequestURI()
	var err error
	if r.URL, err = url.ParseRequestURI(r.RequestURI); err != nil {
		return nil, err
	}
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	r.RemoteAddr = "127.0.0.1:1"
	r.Body, r.GetBody = orEmpty(req.Body), nil
	if req.URL.Scheme == "https" {
		r.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true}
	}
	r.Header = make(http.Header, len(req.Header)+1)
	for k, vs := range req.Header {
		k = textproto.CanonicalMIMEHeaderKey(k)
		r.Header[k] = append(r.Header[k], vs...)
	}
	if user := req.URL.User; user != nil && r.Header.Get("Authorization") == "" {
		pass, _ := user.Password()
		r.SetBasicAuth(user.Username(), pass)
	}
	if req.ContentLength > 0 {
		r.Header.Set("Content-Length", strconv.FormatInt(req.ContentLength, 10))
	}
	return r, nil
}
