package transport

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// newBase returns a transport like http.DefaultTransport, proxy settings of the
// environment included, made for many requests to one host.
func newBase() *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if std, ok := http.DefaultTransport.(*http.Transport); ok {
		t = std.Clone()
	}
	t.DialContext = (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	t.TLSHandshakeTimeout = 15 * time.Second
	t.MaxResponseHeaderBytes = 256 << 10
	t.MaxIdleConns = 64
	t.MaxIdleConnsPerHost = 32
	// Shorter than what servers commonly allow: a create that meets a
	// connection just closed by its peer has an unknown outcome.
	t.IdleConnTimeout = 20 * time.Second
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = new(tls.Config)
	}
	t.TLSClientConfig.MinVersion = max(t.TLSClientConfig.MinVersion, tls.VersionTLS12)
	return t
}
