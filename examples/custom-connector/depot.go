package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/instep-go/instep"
)

// maxReply bounds how much of an answer is read.
const maxReply = 4 << 20

// depot is the articles of a depot, by its HTTP interface. An article is known
// by the id that the depot gives it. Nothing is looked for by its number: the
// depot refuses a second article of one number, and knows a create by its key.
type depot struct {
	url, token string
	client     *retryablehttp.Client
}

// answer is what the depot says to every request: the articles that were asked
// for, that have changed, or that were written, and where the changes go on.
// All values are texts, of which an empty one is none.
type answer struct {
	Articles []struct {
		ID, Version, Number, Name, Price, Note string
		Deleted                                bool
	}
	Next           string
	More, Complete bool
}

// newDepot returns the articles of the depot at a URL. Redirects are not
// followed: they would take the token elsewhere.
func newDepot(base, token string) *depot {
	c := retryablehttp.NewClient()
	c.Logger, c.ErrorHandler = nil, retryablehttp.PassthroughErrorHandler
	c.HTTPClient.Timeout = 30 * time.Second
	c.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &depot{base + "/articles", token, c}
}

// Traits says that changes are listed, with deletions, that versions are
// checked and that a create is safe to repeat by its key.
func (*depot) Traits() instep.Traits {
	return instep.Traits{
		System: "depot", Entity: "article", SeesDeletes: true, CanDelete: true, Exact: true, IfVersion: true,
		IdempotencyKey: true, KeyLife: 24 * time.Hour, MaxBatch: 10, MaxGet: 10,
	}
}

// Describe returns the fields, as the depot's documentation has them.
func (*depot) Describe(context.Context) ([]instep.FieldInfo, error) { return slices.Clone(fields), nil }

// Read returns a page of what changed. The depot itself sees to it that a walk
// ends although people go on editing, and says whether it was complete.
func (d *depot) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	return d.call(ctx, http.MethodGet, url.Values{"cursor": {string(from)}}, http.Header{}, nil)
}

// Get reads articles by their ids. An id is never part of a path: it could lead
// elsewhere.
func (d *depot) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	query := url.Values{}
	for _, ref := range refs {
		query.Add("id", ref.ID)
	}
	p, err := d.call(ctx, http.MethodGet, query, http.Header{}, nil)
	return instep.InOrder(refs, p.Records), err
}

// Write carries the operations out one by one.
func (d *depot) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i := range ops {
		out[i] = instep.Result{Ref: ops[i].Ref, Err: check(&ops[i])}
		if ctx.Err() != nil {
			out[i].Err = &instep.Error{Kind: instep.Canceled, Op: "depot: write", Ref: ops[i].Ref, Err: ctx.Err()}
		} else if out[i].Err == nil {
			// What is under way is finished: cut off, nobody would know its outcome.
			out[i] = d.write(context.WithoutCancel(ctx), &ops[i])
		}
	}
	return out, nil
}

// write carries out one operation that was checked.
func (d *depot) write(ctx context.Context, op *instep.Op) instep.Result {
	values := map[string]string{}
	for name, v := range op.Fields.All() {
		values[name] = instep.PlainText(v)
	}
	body, _ := json.Marshal(values) // a map of texts can always be written
	method := map[instep.Action]string{instep.Create: "POST", instep.Update: "PATCH", instep.Delete: "DELETE"}[op.Action]
	header := http.Header{"Idempotency-Key": {op.Key}, "If-Match": {op.Expect}}
	p, err := d.call(ctx, method, url.Values{"id": {op.Ref.ID}}, header, body)
	if err != nil {
		return instep.Result{Ref: op.Ref, Err: err}
	}
	return instep.Result{Ref: p.Records[0].Ref, Version: p.Records[0].Version, After: &p.Records[0]}
}

// call sends a request and reads the answer. A read is sent again where that
// may help; a write never is.
func (d *depot) call(ctx context.Context, method string, query url.Values, header http.Header, body []byte) (instep.Page, error) {
	failed := &instep.Error{Op: "depot: " + method + " articles"}
	req, err := http.NewRequestWithContext(ctx, method, d.url+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return instep.Page{}, &instep.Error{Kind: instep.Config, Op: failed.Op, Err: err}
	}
	header.Set("Authorization", "Bearer "+d.token)
	req.Header, req.GetBody = header, nil // without GetBody net/http cannot send a write again either
	send := d.client.HTTPClient.Do
	if method == http.MethodGet {
		send = func(r *http.Request) (*http.Response, error) { return d.client.Do(&retryablehttp.Request{Request: r}) }
	}
	reply, err := send(req)
	if err == nil {
		defer func() { _ = reply.Body.Close() }()
		failed.Status, failed.RetryAfter = reply.StatusCode, retryablehttp.DefaultBackoff(0, 0, 0, reply)
		if reply.StatusCode/100 == 2 {
			p, wrong := page(http.MaxBytesReader(nil, reply.Body, maxReply))
			if err = wrong; err == nil && (len(p.Records) == 1 || method == http.MethodGet) {
				return p, nil
			}
		}
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // the rest of it is the address, with what was asked for
	}
	failed.Kind, failed.Err = kindOf(method, failed.Status, err), err
	return instep.Page{}, failed
}

// page reads an answer.
func page(body io.Reader) (instep.Page, error) {
	var a answer
	if err := json.NewDecoder(body).Decode(&a); err != nil {
		return instep.Page{}, err
	}
	p := instep.Page{Next: instep.Cursor(a.Next), More: a.More, Sweep: map[bool]instep.Sweep{true: {Complete: true, Total: -1}}[a.Complete]}
	for _, w := range a.Articles {
		rec := instep.Record{Ref: instep.Ref{System: "depot", Entity: "article", ID: w.ID}, Version: w.Version, Status: instep.Deleted}
		if !w.Deleted {
			values, err := instep.ParseTexts(fields, w.Number, w.Name, w.Price, w.Note)
			if err != nil {
				return instep.Page{}, err
			}
			rec.Status, rec.Fields = instep.Live, values
		}
		p.Records = append(p.Records, rec)
	}
	return p, nil
}

// kindOf is the kind of a failure: by the depot's documentation, or else what is
// usual.
func kindOf(method string, status int, err error) instep.Kind {
	switch status {
	case http.StatusConflict: // the number is taken
		return instep.Duplicate
	case http.StatusServiceUnavailable: // nothing was done
		return instep.Unavailable
	}
	return instep.FailureKind(status, err, method != http.MethodGet)
}
