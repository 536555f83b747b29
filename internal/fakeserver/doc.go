// Package fakeserver holds what every fake vendor shares, whatever the vendor
// speaks: a request log, random and scripted faults, an in-process transport,
// a loopback listener, a guarded control door and a small journal that keeps
// a fake's records in a folder.
//
// A vendor's fake is an ordinary http.Handler that knows nothing of faults.
// New wraps it in a Server, and clients are pointed at the Server, either over
// a socket (Start) or without one (Transport). Both ways show the same
// behaviour: a lost reply is a broken connection there and an error here, and
// in both cases the handler has done its work.
//
// Each request takes one road. The script is asked first; a step that matches
// decides the request alone. Without one, the random faults draw once. Without
// a fault the handler answers. The handler's reply is held back until the
// request is written to the log, so a caller that has read a reply finds it
// logged.
//
// A late request is one that is accepted and answered, by a broken connection
// or an error, before it is carried out: the handler runs a given time after
// the answer, with the client long gone, as behind a vendor's queue. What still
// waits when the program ends is not carried out. Handlers that judge a request
// by the clock ask LateBy when it came. In the log a late request is Handled
// only once it has been.
//
// Limits: replies are held in memory as a whole, so a handler cannot stream;
// nothing is faulted in the middle of a body; the faults do not know a vendor's
// own error format, a script step with a Body does.
package fakeserver
