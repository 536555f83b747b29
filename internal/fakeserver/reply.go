package fakeserver

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"strconv"
)

// reply is a held-back response. It is the handler's http.ResponseWriter.
type reply struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func newReply() *reply { return &reply{header: http.Header{}} }

func (p *reply) Header() http.Header { return p.header }

func (p *reply) WriteHeader(code int) {
	if p.code == 0 && code >= http.StatusOK { // informational ones are not kept
		p.code = code
	}
}

func (p *reply) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}

func (p *reply) WriteString(s string) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.WriteString(s)
}

func (p *reply) status() int {
	if p.code == 0 {
		return http.StatusOK
	}
	return p.code
}

// bodiless tells whether HTTP forbids a body with the status.
func (p *reply) bodiless() bool {
	c := p.status()
	return c == http.StatusNoContent || c == http.StatusNotModified
}

// finish completes the headers the way net/http's server would for a body that
// is known as a whole.
func (p *reply) finish() {
	if p.bodiless() {
		p.body.Reset()
		return
	}
	if p.header.Get("Content-Type") == "" && p.body.Len() > 0 {
		p.header.Set("Content-Type", http.DetectContentType(p.body.Bytes()))
	}
	if p.header.Get("Content-Length") == "" {
		p.header.Set("Content-Length", strconv.Itoa(p.body.Len()))
	}
}

func (p *reply) copyTo(w http.ResponseWriter, head bool) {
	p.finish()
	maps.Copy(w.Header(), p.header)
	w.WriteHeader(p.status())
	if !head {
		_, _ = w.Write(p.body.Bytes()) // the client may be gone, which is its own affair
	}
}

// response turns the reply into what a client's transport returns for req.
func (p *reply) response(req *http.Request) *http.Response {
	p.finish()
	res := &http.Response{
		Status:        strconv.Itoa(p.status()) + " " + http.StatusText(p.status()),
		StatusCode:    p.status(),
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        p.header,
		Body:          http.NoBody,
		ContentLength: int64(p.body.Len()),
		Request:       req,
	}
	if n, err := strconv.ParseInt(p.header.Get("Content-Length"), 10, 64); err == nil {
		res.ContentLength = n
	}
	if req.Method != http.MethodHead && p.body.Len() > 0 {
		res.Body = io.NopCloser(bytes.NewReader(p.body.Bytes()))
	}
	return res
}
