package netvisor

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/instep-go/instep"
)

// calls are one request of each effect.
var calls = map[effect]func(context.Context, *Client) error{
	reads: func(ctx context.Context, c *Client) error {
		_, err := c.GetProducts(ctx, []int64{1}, nil)
		return err
	},
	edits: func(ctx context.Context, c *Client) error {
		_, err := c.EditProduct(ctx, 1, &ProductUpdate{Name: instep.Set("N")})
		return err
	},
	adds: func(ctx context.Context, c *Client) error {
		_, err := c.AddProduct(ctx, &ProductUpdate{Name: instep.Set("N"), Group: instep.Set("G")})
		return err
	},
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status           int
		body             string
		read, edit, adds instep.Kind
	}{
		{401, failure("AUTHENTICATION_FAILED :: x"), instep.Unauthorized, instep.Unauthorized, instep.Unauthorized},
		{200, failure("AUTHENTICATION_FAILED :: x"), instep.Unauthorized, instep.Unauthorized, instep.Unauthorized},
		{403, failure("SERVICE_ACCESS_ERROR :: x"), instep.Forbidden, instep.Forbidden, instep.Forbidden},
		{400, failure("INVALID_DATA :: x"), instep.Invalid, instep.Invalid, instep.Invalid},
		{200, failure("INVALID_DATA_SIZE :: x"), instep.Invalid, instep.Invalid, instep.Invalid},
		{200, failure("PERIOD_LOCK :: x"), instep.Invalid, instep.Invalid, instep.Invalid},
		{400, failure("DUPLICATE_DATA :: x"), instep.Duplicate, instep.Duplicate, instep.Duplicate},
		{200, failure("SYSTEM_MAINTENANCE :: x"), instep.Unavailable, instep.Unavailable, instep.Lost},
		{200, failure("SYSTEM_MAINTANANCE :: x"), instep.Unavailable, instep.Unavailable, instep.Lost},
		{500, failure("TECHNICAL_ERROR :: x"), instep.Unavailable, instep.Lost, instep.Lost},
		{200, failure("TECHNICAL_ERROR :: x"), instep.Unavailable, instep.Lost, instep.Lost},
		{200, failure("REQUEST_NOT_UNIQUE :: x"), instep.Unavailable, instep.Lost, instep.Lost},
		{200, failure("SOMETHING_NEW :: x"), instep.Invalid, instep.Invalid, instep.Invalid},
		{500, failure("SOMETHING_NEW :: x"), instep.Unavailable, instep.Lost, instep.Lost},
		{429, "slow down", instep.RateLimited, instep.RateLimited, instep.Lost},
		{503, "", instep.Unavailable, instep.Unavailable, instep.Lost},
		{502, "<html></html>", instep.Unavailable, instep.Lost, instep.Lost},
		{404, "<html></html>", instep.Config, instep.Config, instep.Config},
		{401, "", instep.Unauthorized, instep.Unauthorized, instep.Unauthorized},
		{302, "", instep.Config, instep.Lost, instep.Lost},
		{200, "<html></html>", instep.Malformed, instep.Lost, instep.Lost},
		{200, "", instep.Malformed, instep.Lost, instep.Lost},
		{200, "<Root><Resp", instep.Malformed, instep.Lost, instep.Lost},
		{200, "<Root>\xff</Root>", instep.Malformed, instep.Lost, instep.Lost},
		{200, envelope(""), instep.Unclassified, instep.Unclassified, instep.Lost}, // an add without key
	} {
		for e, want := range map[effect]instep.Kind{reads: tt.read, edits: tt.edit, adds: tt.adds} {
			sent := 0
			c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
				sent++
				return answerWith(r, tt.status, tt.body), nil
			}), nil)
			err := calls[e](t.Context(), c)
			if got := instep.KindOf(err); got != want {
				t.Errorf("effect %d, HTTP %d, %.80s: kind %v, want %v (%v)", e, tt.status, tt.body, got, want, err)
			}
			if sent != 1 {
				t.Errorf("effect %d, %.80s: %d requests", e, tt.body, sent)
			}
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status int
		body   string
		want   string
	}{
		{200, failure("INVALID_DATA :: Data form incorrect:. a :: b"), `netvisor: edit product: product 1: refused by the vendor: HTTP 200, INVALID_DATA, "Data form incorrect:. a :: b"`},
		{403, failure("SERVICE_ACCESS_ERROR :: no"), `netvisor: edit product: product 1: not permitted: HTTP 403, SERVICE_ACCESS_ERROR, "no"; let an administrator of the company allow the resource product.nv in Netvisor under "access rights for interface resources"`},
		{404, "", "netvisor: edit product: product 1: configuration error: HTTP 404; check the base URL: nothing answers as Netvisor's resource product.nv there"},
		{200, "<html>", "netvisor: edit product: product 1: outcome unknown: HTTP 200, reply not understood: a web page came where XML was due; check the base URL: it must be that of Netvisor's interface, such as https://integration.netvisor.fi/"},
	} {
		err := calls[edits](t.Context(), stubbed(t, always(tt.status, tt.body), nil))
		if err == nil || err.Error() != tt.want {
			t.Errorf("got\n%v\nwant\n%s", err, tt.want)
		}
	}
}

// TestAddIsSentOnce: whatever happens after an add was sent, it is not sent
// again, although four retries are allowed.
func TestAddIsSentOnce(t *testing.T) {
	t.Parallel()
	replies := map[string]stub{
		"lost":       func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		"reset":      func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
		"500":        always(500, failure("TECHNICAL_ERROR :: x")),
		"503":        always(503, ""),
		"not unique": always(200, failure("REQUEST_NOT_UNIQUE :: x")),
	}
	for name, reply := range replies {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) { sent++; return reply(r) }), &Options{})
			err := calls[adds](t.Context(), c)
			if instep.KindOf(err) != instep.Lost || sent != 1 {
				t.Errorf("%s: sent %d times, %v", name, sent, err)
			}
		})
	}
}

// TestRepeatedAfresh: reads and edits are repeated, each time with a new
// transaction id and time; an unreachable host lets an add be repeated too.
func TestRepeatedAfresh(t *testing.T) {
	t.Parallel()
	for e, call := range calls {
		synctest.Test(t, func(t *testing.T) {
			var ids, stamps []string
			c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
				ids = append(ids, r.Header.Get("X-Netvisor-Authentication-TransactionId"))
				stamps = append(stamps, r.Header.Get("X-Netvisor-Authentication-Timestamp"))
				switch {
				case len(ids) < 3 && e == adds:
					return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
				case len(ids) == 1:
					return answerWith(r, 400, failure("REQUEST_NOT_UNIQUE :: x")), nil
				case len(ids) == 2:
					return nil, io.ErrUnexpectedEOF
				}
				return answerWith(r, 200, envelope("<Replies><InsertedDataIdentifier>5</InsertedDataIdentifier></Replies>")), nil
			}), &Options{})
			if err := call(t.Context(), c); err != nil {
				t.Errorf("effect %d: %v", e, err)
			}
			if len(ids) != 3 || ids[0] == ids[1] || ids[1] == ids[2] || stamps[0] == stamps[1] {
				t.Errorf("effect %d: ids %q, times %q", e, ids, stamps)
			}
			if s := c.Stats(); s.Reads+s.Writes != 3 || (s.Writes == 3) != (e != reads) {
				t.Errorf("effect %d: stats %+v", e, s)
			}
		})
	}
}

// TestEditAfterLostReply: when an earlier attempt may have been carried out, a
// later "not now" does not make the edit one that surely did not happen.
func TestEditAfterLostReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
			if sent++; sent == 1 {
				return nil, io.ErrUnexpectedEOF
			}
			return answerWith(r, 200, failure("SYSTEM_MAINTENANCE :: x")), nil
		}), &Options{})
		if err := calls[edits](t.Context(), c); instep.KindOf(err) != instep.Lost {
			t.Errorf("%v", err)
		}
	})
}

// TestAttemptTimeout: an attempt gets 120 seconds.
func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), nil)
		begin := time.Now()
		err := calls[adds](t.Context(), c)
		if took := time.Since(begin); took != 120*time.Second || instep.KindOf(err) != instep.Lost {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

// TestOneAtATime: many goroutines, never two requests under way.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var under atomic.Int32
		c := stubbed(t, stub(func(r *http.Request) (*http.Response, error) {
			if under.Add(1) > 1 {
				t.Error("two requests overlap")
			}
			time.Sleep(time.Second)
			under.Add(-1)
			return answerWith(r, 200, sample(t, "getproduct-notfound.xml")), nil
		}), nil)
		for range 8 {
			go func() { _, _ = c.GetProducts(t.Context(), []int64{1}, nil) }()
		}
		synctest.Wait()
		time.Sleep(10 * time.Second)
		if got := c.Stats().Reads; got != 8 {
			t.Errorf("%d requests", got)
		}
	})
}

func TestUnknownShapesStayInvalid(t *testing.T) {
	t.Parallel()
	err := calls[edits](t.Context(), stubbed(t, always(200, sample(t, "invalid-notfound.xml")), nil))
	e, ok := errors.AsType[*instep.Error](err)
	if !ok || e.Kind != instep.Invalid || e.Code != "INVALID_DATA" || !strings.HasSuffix(e.Answer, "identifier: 123") {
		t.Errorf("%v", err)
	}
}
