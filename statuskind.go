package instep

import (
	"context"
	"errors"
	"net"
)

// StatusKind returns the kind of error that the status of an HTTP reply stands
// for where a vendor's documentation says nothing else; Unclassified below 300,
// which is no error. Once says that the request was a write that must not be
// repeated: it is then [Lost] for 3xx, 408, 429 and 5xx, as the peer may have
// carried it out or may still do so.
func StatusKind(status int, once bool) Kind {
	kind := refusals[status]
	switch {
	case status < 300:
		return Unclassified
	case once && (status < 400 || status == 408 || status == 429 || status >= 500):
		return Lost
	case status < 400:
		return Config // the address is wrong
	case status >= 500:
		return Unavailable
	case kind == Unclassified:
		return Invalid
	default:
		return kind
	}
}

// FailureKind is StatusKind for a request that failed in whatever way: status is 0 if
// there was no reply, and err what the client or the reading of the reply returned.
// A peer that could not be reached is [Unavailable], also for a write; a write
// that may have arrived is [Lost]; a read that the caller has ended is [Canceled],
// and a reply that could not be read [Malformed].
func FailureKind(status int, err error, once bool) Kind {
	dial, ok := errors.AsType[*net.OpError](err)
	switch {
	case status >= 300:
		return StatusKind(status, once)
	case ok && dial.Op == "dial":
		return Unavailable
	case once:
		return Lost
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Canceled
	case status != 0:
		return Malformed
	default:
		return Unavailable
	}
}

var refusals = map[int]Kind{
	401: Unauthorized, 402: Forbidden, 403: Forbidden, 404: NotFound, 405: Unsupported, 408: Unavailable, 409: Conflict,
	410: NotFound, 412: Conflict, 429: RateLimited,
}
