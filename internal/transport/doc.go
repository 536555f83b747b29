// Package transport is the HTTP stack that all vendors' clients share: it
// repeats what may be repeated, keeps to the vendor's rate, signs each attempt
// afresh, bounds what is read, and keeps secrets out of logs and errors.
//
// New returns an http.RoundTripper made of layers, outer to inner:
//
//	observe  one *instep.Error for whatever goes wrong; a log line per attempt
//	retry    go-retryablehttp with the policy of this package
//	limit    one Limiter per credential, shared by all its workers
//	bound    a time limit for each attempt, and the whole reply read within a size limit
//	sign     Options.Sign, called for each attempt
//	base     Options.Base
//
// # What is sent again
//
// GET, HEAD, OPTIONS, PUT and DELETE may be sent several times. Any other
// request is sent at most once, unless its context went through [Replayable]
// or the attempt surely never left this machine: the peer could not be dialed,
// the TLS handshake failed. A create is never marked, so a create whose reply
// is missing, or says 429 or 5xx, is not repeated here: the caller finds out
// first whether it was carried out.
//
// Below this package net/http itself sends a GET, HEAD or OPTIONS once more,
// with the same signature, if a kept connection turns out to be closed before
// the first byte of a reply. It does the same for any method if nothing at all
// was written. Neither repeats a write that a peer may have seen, as long as no
// Idempotency-Key header is set: net/http takes that header as leave to repeat.
//
// # Rates
//
// Callers offer as many requests at once as they like: a [Limiter] lets as many
// under way as are of use, and the others wait in the order in which they came.
// A vendor's rate that is known is given to it; one that is not is learned, from
// headers or from what the vendor took between two refusals. A caller whose
// context ends before its turn can come is told at once.
//
// # Replies
//
// A reply's body is read whole before RoundTrip returns, so that a connection
// that breaks in the middle of it counts as a missing reply. Replies of any
// status are returned as replies, with one exception: when an earlier attempt of
// a write may have been carried out, and the last reply says of its own attempt
// that it was not (429, 503, Options.RetryReply), that reply would mislead, and
// the result is an error of kind Lost.
//
// # What callers must do
//
//   - Give the http.Client CheckRedirect: [NoRedirect]. A signed write must not
//     be repeated elsewhere. A followed redirect to another origin is refused
//     here before it is signed, whatever the client says.
//   - Take the *instep.Error out of the *url.Error in which http.Client wraps
//     it (errors.AsType does): the outer one prints the URL with its query.
//   - Not set Accept-Encoding: then net/http unpacks gzip, and the size limit
//     counts unpacked bytes.
//   - Not send requests through the same Limiter from within Options.Sign.
package transport
