package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/instep-go/instep"
)

// maxReply bounds how much of an answer is read.
const maxReply = 4 << 20

// depot is the articles of a depot, by its HTTP interface. An article is known
// by the id that the depot gives it. Every change has a sequence number, which
// is the cursor of the list and the version of the article.
type depot struct {
	base, token string
	client      *http.Client
}

// article is an article on the wire. What is null or left out is empty.
type article struct {
	ID      int64           `json:"id"`
	Seq     int64           `json:"seq"`
	Number  *string         `json:"number"`
	Name    *string         `json:"name"`
	Price   *instep.Decimal `json:"price"` // a text with a point
	Note    *string         `json:"note"`
	Deleted bool            `json:"deleted"`
}

// list is the answer of the list of articles.
type list struct {
	Articles []article `json:"articles"`
	Next     int64     `json:"next"` // the last sequence number looked at
	Head     int64     `json:"head"` // the last there is
}

// newDepot returns the articles of the depot at a URL. Redirects are not
// followed: they would take the token elsewhere.
func newDepot(base, token string) *depot {
	return &depot{base, token, &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
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
func (*depot) Describe(context.Context) ([]instep.FieldInfo, error) { return describe(), nil }

// Read returns a page of what changed. A walk ends at the change that was the
// last when it began, so that it ends at all; it saw everything if that is
// still the last.
func (d *depot) Read(ctx context.Context, from instep.Cursor) (instep.Page, error) {
	var after, until int64
	var whole bool
	if from != "" {
		if _, err := fmt.Sscanf(string(from), "%d/%d/%t", &after, &until, &whole); err != nil {
			return instep.Page{}, &instep.Error{Kind: instep.Config, Op: "depot: list", Field: "cursor", Err: err}
		}
	}
	var l list
	if err := d.call(ctx, "GET", "/articles?after="+strconv.FormatInt(after, 10), http.Header{}, nil, &l); err != nil {
		return instep.Page{}, err
	}
	until, whole = cmp.Or(until, l.Head), whole || from == ""
	p := instep.Page{More: l.Next < until}
	for i := range l.Articles {
		p.Records = append(p.Records, d.record(&l.Articles[i]))
	}
	switch {
	case p.More && l.Next <= after:
		return instep.Page{}, &instep.Error{Kind: instep.Malformed, Op: "depot: list", Err: errors.New("the list does not go on")}
	case p.More:
		p.Next = instep.Cursor(fmt.Sprintf("%d/%d/%t", l.Next, until, whole))
	default:
		p.Next = instep.Cursor(fmt.Sprintf("%d/0/false", l.Next))
		p.Sweep = instep.Sweep{Complete: whole && l.Head <= until, Total: -1}
	}
	return p, nil
}

// Get reads articles one by one.
func (d *depot) Get(ctx context.Context, refs []instep.Ref) ([]instep.Record, error) {
	out := make([]instep.Record, len(refs))
	for i, ref := range refs {
		out[i] = instep.Record{Ref: ref, Status: instep.Missing}
		if !possible(ref.ID) {
			continue
		}
		var a article
		err := d.call(ctx, "GET", "/articles/"+ref.ID, http.Header{}, nil, &a)
		if err == nil {
			out[i] = d.record(&a)
		} else if instep.KindOf(err) != instep.NotFound {
			return nil, err
		}
	}
	return out, nil
}

// Find finds articles by their number.
func (d *depot) Find(ctx context.Context, field string, values []instep.Value) ([][]instep.Record, error) {
	if field != fieldNumber {
		return nil, &instep.Error{Kind: instep.Unsupported, Op: "depot: find", Field: field}
	}
	out := make([][]instep.Record, len(values))
	for i, v := range values {
		var l list
		if err := d.call(ctx, "GET", "/articles?number="+url.QueryEscape(v.String()), http.Header{}, nil, &l); err != nil {
			return nil, err
		}
		for k := range l.Articles {
			out[i] = append(out[i], d.record(&l.Articles[k]))
		}
	}
	return out, nil
}

// Write carries the operations out one by one.
func (d *depot) Write(ctx context.Context, ops []instep.Op) ([]instep.Result, error) {
	out := make([]instep.Result, len(ops))
	for i := range ops {
		if err := ctx.Err(); err != nil {
			out[i] = instep.Result{Ref: ops[i].Ref, Err: &instep.Error{Kind: instep.Canceled, Ref: ops[i].Ref, Err: err}}
			continue
		}
		// What is under way is finished: cut off, nobody would know its outcome.
		out[i] = d.write(context.WithoutCancel(ctx), &ops[i])
	}
	return out, nil
}

// write carries out one operation.
func (d *depot) write(ctx context.Context, op *instep.Op) instep.Result {
	r := instep.Result{Ref: op.Ref}
	method, path, header := "POST", "/articles", http.Header{}
	switch {
	case op.Action == instep.Create:
		header.Set("Idempotency-Key", op.Key)
	case op.Action != instep.Update && op.Action != instep.Delete:
		r.Err = &instep.Error{Kind: instep.Unsupported, Op: "depot: " + op.Action.String(), Ref: op.Ref}
	case !possible(op.Ref.ID):
		r.Err = &instep.Error{Kind: instep.NotFound, Op: "depot: " + op.Action.String(), Ref: op.Ref}
	default:
		method, path = map[instep.Action]string{instep.Update: "PATCH", instep.Delete: "DELETE"}[op.Action], "/articles/"+op.Ref.ID
		header.Set("If-Match", op.Expect)
	}
	if r.Err == nil && op.Action != instep.Delete {
		r.Err = check(op)
	}
	if r.Err != nil {
		return r
	}
	body := map[string]any{}
	for name, v := range op.Fields.All() {
		body[name] = nil
		if !v.IsBlank() {
			body[name] = v.String()
		}
	}
	var a article
	if r.Err = d.call(ctx, method, path, header, body, &a); r.Err == nil {
		after := d.record(&a)
		r.Ref, r.Version, r.After = after.Ref, after.Version, &after
	}
	return r
}

// record is an article in the shared vocabulary.
func (d *depot) record(a *article) instep.Record {
	rec := instep.Record{
		Ref:     instep.Ref{System: "depot", Entity: "article", ID: strconv.FormatInt(a.ID, 10)},
		Version: strconv.FormatInt(a.Seq, 10),
	}
	if a.Deleted {
		rec.Status = instep.Deleted
		return rec
	}
	price := instep.Null()
	if a.Price != nil {
		price = instep.Number(*a.Price)
	}
	rec.Fields = instep.NewFields(instep.Field{Name: fieldNumber, Value: text(a.Number)}, instep.Field{Name: fieldName, Value: text(a.Name)},
		instep.Field{Name: fieldPrice, Value: price}, instep.Field{Name: fieldNote, Value: text(a.Note)})
	return rec
}

func text(s *string) instep.Value {
	if s == nil {
		return instep.Null()
	}
	return instep.String(*s)
}

// possible reports whether an id is one that the depot could have given. Any
// other is not asked for: it could lead to another path.
func possible(id string) bool {
	n, err := strconv.ParseInt(id, 10, 64)
	return err == nil && n > 0 && strconv.FormatInt(n, 10) == id
}

// call sends a request and reads the answer into out.
func (d *depot) call(ctx context.Context, method, path string, header http.Header, body, out any) error {
	failed := &instep.Error{Op: "depot: " + method + " articles"}
	var sent io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			failed.Kind, failed.Err = instep.Invalid, err
			return failed
		}
		// Of unknown type, so that net/http cannot send it a second time.
		sent = struct{ io.Reader }{bytes.NewReader(data)}
	}
	req, err := http.NewRequestWithContext(ctx, method, d.base+path, sent)
	if err != nil {
		failed.Kind, failed.Err = instep.Config, err
		return failed
	}
	req.Header = header
	req.Header.Set("Authorization", "Bearer "+d.token)
	reply, err := d.client.Do(req)
	if err != nil {
		failed.Kind, failed.Err = unanswered(ctx, method, err), err
		return failed
	}
	defer func() { _ = reply.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if failed.Kind, failed.Status = kindOf(method, reply.StatusCode), reply.StatusCode; failed.Kind != instep.Unclassified {
		if seconds, err := strconv.Atoi(reply.Header.Get("Retry-After")); err == nil {
			failed.RetryAfter = time.Duration(seconds) * time.Second
		}
		return failed
	}
	if err == nil && json.Unmarshal(data, out) == nil {
		return nil
	}
	if failed.Kind, failed.Err = unanswered(ctx, method, err), err; err == nil && method == "GET" {
		failed.Kind = instep.Malformed
	}
	return failed
}

// unanswered is the kind of a request without a usable reply. A write that may
// have arrived may have been carried out.
func unanswered(ctx context.Context, method string, err error) instep.Kind {
	if ctx.Err() != nil {
		return instep.Canceled
	}
	if op, ok := errors.AsType[*net.OpError](err); method == "GET" || ok && op.Op == "dial" {
		return instep.Unavailable
	}
	return instep.Lost
}

// kindOf is the kind of a status by the depot's documentation, Unclassified
// for success.
func kindOf(method string, status int) instep.Kind {
	kinds := map[int]instep.Kind{
		400: instep.Invalid, 401: instep.Unauthorized, 403: instep.Forbidden, 404: instep.NotFound, 409: instep.Duplicate,
		412: instep.Conflict, 422: instep.Invalid, 429: instep.RateLimited, 503: instep.Unavailable,
	}
	kind, known := kinds[status]
	switch {
	case status/100 == 2 || known:
		return kind
	case method == "GET":
		return instep.Unavailable
	default:
		return instep.Lost
	}
}
