package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// wire watches how far an attempt gets. Hooks may fire late and on other
// goroutines, so each attempt has its own.
type wire struct {
	asked atomic.Bool // a connection was asked for, so the transport reports
	got   atomic.Bool // there was a connection to write to
}

func (w *wire) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              func(string) { w.asked.Store(true) },
		GotConn:              func(httptrace.GotConnInfo) { w.got.Store(true) },
		WroteHeaders:         func() { w.got.Store(true) },
		GotFirstResponseByte: func() { w.got.Store(true) },
	}
}

// neverLeft reports whether an attempt that ended with err surely did not reach
// the peer. A transport that asked for a connection and got none sent nothing;
// of one that reports nothing only the error can tell, and in doubt it was
// sent.
func (w *wire) neverLeft(err error) bool {
	if w != nil && (w.got.Load() || w.asked.Load()) {
		return !w.got.Load()
	}
	return isUnreachable(err) || isDistrusted(err)
}

// isUnreachable reports whether there was nobody to talk to.
func isUnreachable(err error) bool {
	if e, ok := errors.AsType[*net.OpError](err); ok && (e.Op == "dial" || e.Op == "proxyconnect") {
		return true
	}
	_, ok := errors.AsType[*net.DNSError](err)
	return ok
}

// isUnknownHost reports whether the name service says that there is no such
// host, which waiting does not mend.
func isUnknownHost(err error) bool {
	e, ok := errors.AsType[*net.DNSError](err)
	return ok && e.IsNotFound
}

// isDistrusted reports whether the peer could not show that it is who it should
// be, or does not speak TLS at all.
func isDistrusted(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.HostnameError](err)
	return ok
}
