package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"

	"github.com/instep-go/instep"
)

var (
	errTooLarge = errors.New("reply is too large")
	errNoReply  = errors.New("base transport gave neither a reply nor an error")
)

// firstRead bounds how much memory a reply gets on the strength of its
// Content-Length alone.
const firstRead = 1 << 20

// readyBody is a reply's body that is in memory already.
type readyBody struct {
	bytes.Reader
	data []byte
}

// Close implements io.Closer.
func (*readyBody) Close() error { return nil }

// makeReady reads the body of a reply to a request with the given method, and
// puts it back in a form that cannot fail.
func makeReady(resp *http.Response, method string, limit int64) error {
	data, err := readWhole(resp, method, limit)
	if err != nil {
		return err
	}
	b := &readyBody{data: data}
	b.Reset(data)
	resp.Body = b
	if method != http.MethodHead {
		resp.ContentLength = int64(len(data))
	}
	return nil
}

// readWhole reads the body to its end and closes it.
func readWhole(resp *http.Response, method string, limit int64) ([]byte, error) {
	body := resp.Body
	if body == nil || body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = body.Close() }()
	limit = min(max(limit, 0), math.MaxInt64-1)
	said := resp.ContentLength
	if method == http.MethodHead || resp.StatusCode == http.StatusNotModified {
		said = -1
	}
	if said > limit {
		return nil, fmt.Errorf("%w: %d bytes where at most %d are read", errTooLarge, said, limit)
	}
	data, err := readUpTo(body, limit, min(max(said+1, bytes.MinRead), firstRead))
	switch {
	case err != nil:
		return nil, err
	case int64(len(data)) > limit:
		return nil, fmt.Errorf("%w: more than the %d bytes that are read", errTooLarge, limit)
	case int64(len(data)) < said:
		return nil, io.ErrUnexpectedEOF
	default:
		return data, nil
	}
}

// readUpTo reads to the end of r, or one byte past limit.
func readUpTo(r io.Reader, limit, size int64) ([]byte, error) {
	data := make([]byte, 0, size)
	for {
		room := data[len(data):cap(data)]
		if past := limit + 1 - int64(len(data)); int64(len(room)) > past {
			room = room[:past]
		}
		n, err := r.Read(room)
		data = data[:len(data)+n]
		switch {
		case err == io.EOF || int64(len(data)) > limit:
			return data, nil
		case err != nil:
			return nil, err
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}

// ReadBody returns the body of a reply and closes it. Of a reply that came
// through a stack it costs nothing; the bytes are the caller's. A body longer
// than limit is an *instep.Error of kind Malformed, or Lost if the reply is to a
// write. One that breaks off is of kind Unavailable, or Lost if the reply is to
// a write. Without resp.Request the reply counts as one to a write.
func ReadBody(resp *http.Response, limit int64) ([]byte, error) {
	if b, ok := resp.Body.(*readyBody); ok && int64(b.Len()) <= limit {
		return b.data[len(b.data)-b.Len():], nil
	}
	method := http.MethodPost
	if resp.Request != nil {
		method = resp.Request.Method
	}
	data, err := readWhole(resp, method, limit)
	if err == nil {
		return data, nil
	}
	e := &instep.Error{Kind: instep.Unavailable, Op: "read reply", Status: resp.StatusCode, Err: err}
	if errors.Is(err, errTooLarge) {
		e.Kind, e.Err = instep.Malformed, withKind(instep.Malformed, err)
	}
	if !isSafe(method) {
		e.Kind = instep.Lost
	}
	return nil, e
}
