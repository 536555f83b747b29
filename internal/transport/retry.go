package transport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/instep-go/instep"
)

// prefix is how much of a body Options.RetryReply gets to see.
const prefix = 64 << 10

// retrying repeats attempts by way of go-retryablehttp.
type retrying struct {
	o      *Options
	client *retryablehttp.Client
}

func newRetrying(o *Options, next http.RoundTripper) *retrying {
	r := &retrying{o: o}
	r.client = &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: next, CheckRedirect: NoRedirect},
		RetryWaitMin: o.WaitMin,
		RetryWaitMax: o.WaitMax,
		RetryMax:     o.Retries,
		CheckRetry:   r.check,
		Backoff:      backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return r
}

// do sends the request, again where that may help and is allowed.
func (r *retrying) do(req *http.Request, c *call) (*http.Response, error) {
	rr := &retryablehttp.Request{Request: req.WithContext(c)}
	if err := rewindable(rr, req); err != nil {
		c.last.kind = instep.Config
		return nil, fmt.Errorf("read request body: %w", err)
	}
	return r.client.Do(rr)
}

// rewindable lets rr send the body of req as often as needed. Where the request
// cannot give its body twice it is read into memory.
func rewindable(rr *retryablehttp.Request, req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	again := req.GetBody
	if again == nil {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			return err
		}
		if len(data) == 0 {
			rr.Body = http.NoBody
			return nil
		}
		again = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
		rr.ContentLength = int64(len(data))
	}
	length := rr.ContentLength
	if err := rr.SetBody(retryablehttp.ReaderFunc(func() (io.Reader, error) { return again() })); err != nil {
		return err
	}
	rr.ContentLength = length // SetBody takes the length of readers that tell it, and no others
	return nil
}

// check is the retryablehttp.CheckRetry of the stack.
func (r *retrying) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	c := callOf(ctx)
	if !r.mayRepeat(c, resp, err) {
		return false, nil
	}
	wait, asked := waitFor(r.o.WaitMin, r.o.WaitMax, c.tries-1, resp)
	if asked && wait > r.o.MaxRetryAfter {
		return false, nil
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= shortest(wait, asked) {
		return false, nil
	}
	if c.tries <= r.o.Retries {
		r.warn(c, err, wait)
	}
	return true, nil
}

// mayRepeat reports whether another attempt is allowed and may do better.
func (r *retrying) mayRepeat(c *call, resp *http.Response, err error) bool {
	if err != nil {
		return c.Err() == nil && !c.last.final && !isUnknownHost(err) && !isDistrusted(err) &&
			(c.replay || !c.last.sent)
	}
	if !c.replay {
		return false
	}
	c.last.asks = isLater(resp.StatusCode) || r.o.RetryReply != nil && r.o.RetryReply(resp, peek(resp))
	return c.last.asks && c.Err() == nil
}

// peek returns the beginning of a body without reading it.
func peek(resp *http.Response) []byte {
	b, ok := resp.Body.(*readyBody)
	if !ok {
		return nil
	}
	n := min(len(b.data), prefix)
	return b.data[:n:n]
}

func (r *retrying) warn(c *call, err error, wait time.Duration) {
	if r.o.Logger == nil || !r.o.Logger.Enabled(c, slog.LevelWarn) {
		return
	}
	list := []slog.Attr{
		slog.String("method", c.method), slog.String("url", c.address(r.o)),
		slog.Int("try", c.tries), slog.Duration("wait", wait),
	}
	if err != nil {
		list = append(list, slog.Any("error", c.clean(r.o, bare(err))))
	} else {
		list = append(list, slog.Int("status", c.last.status))
	}
	r.o.Logger.LogAttrs(c, slog.LevelWarn, "request will be repeated", list...)
}

// isLater reports whether a status means that the same request may do better
// later.
func isLater(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	default:
		return status >= http.StatusInternalServerError
	}
}

// backoff is the retryablehttp.Backoff of the stack.
func backoff(least, most time.Duration, n int, resp *http.Response) time.Duration {
	wait, asked := waitFor(least, most, n, resp)
	if short := shortest(wait, asked); short < wait {
		wait = short + rand.N(wait-short+1)
	}
	return wait
}

// waitFor returns how long to wait after attempt n, counted from 0, and whether
// it was the peer who asked for that.
func waitFor(least, most time.Duration, n int, resp *http.Response) (wait time.Duration, asked bool) {
	if after := RetryAfter(resp); after > 0 {
		return after, true
	}
	wait = least
	for range n {
		if wait >= most-wait {
			return most, false
		}
		wait *= 2
	}
	return min(wait, most), false
}

// shortest returns what chance may leave of a wait. What the peer asked for is
// kept to the full.
func shortest(wait time.Duration, asked bool) time.Duration {
	if asked {
		return wait
	}
	return wait / 2
}
