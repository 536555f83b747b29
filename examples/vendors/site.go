package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/instep-go/instep/examples/internal/catalogue"
)

// site is all that is served, with what must be closed.
type site struct {
	all         []served
	servers     []*http.Server
	listeners   []net.Listener // aligned with servers
	certificate string         // path of the PEM file
	closers     []func()
}

// served is one vendor as it is served.
type served struct {
	vendor
	http, https string // base URLs
	control     string // URL of its control door, with a slash at its end; "" if shut
}

// open makes the fakes and takes their ports. Nothing is answered yet.
func open(set *settings) (s *site, err error) {
	s = &site{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	dir, err := s.folder(set.dir)
	if err != nil {
		return nil, err
	}
	cert, err := newCertificate(time.Now())
	if err != nil {
		return nil, err
	}
	s.certificate = filepath.Join(dir, "certificate.pem")
	if err := os.WriteFile(s.certificate, cert.pem, 0o644); err != nil {
		return nil, err
	}
	products := catalogue.New(set.seed, set.products)
	for _, v := range vendors {
		if set.empty[v.name] {
			v.empty(products)
		}
	}
	doors := http.NewServeMux()
	for i, v := range vendors {
		if err := s.add(set, v, products, uint64(i), cert.tls, doors); err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
	}
	if set.control != "" {
		return s, s.openDoors(doors)
	}
	return s, nil
}

// folder returns the folder for the certificate: that of the records, or one
// that is removed at the end.
func (s *site) folder(dir string) (string, error) {
	if dir != "" {
		return dir, os.MkdirAll(dir, 0o700)
	}
	dir, err := os.MkdirTemp("", "vendors-")
	if err == nil {
		s.closers = append(s.closers, func() { _ = os.RemoveAll(dir) })
	}
	return dir, err
}

func (s *site) add(set *settings, v vendor, c *catalogue.Catalogue, n uint64, secure *tls.Config, doors *http.ServeMux) error {
	dir := ""
	if set.dir != "" {
		dir = filepath.Join(set.dir, v.name)
	}
	f, err := v.open(c, dir)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() { _ = f.Close() })
	f.SetFaults(set.faults, set.faultSeed+n)
	r := served{vendor: v}
	plain, err := s.listen(f, *set.http[v.name], nil)
	if err != nil {
		return err
	}
	encrypted, err := s.listen(f, *set.https[v.name], secure)
	if err != nil {
		return err
	}
	r.http, r.https = "http://"+plain+v.path, "https://"+encrypted+v.path
	doors.Handle("/"+v.name+"/", http.StripPrefix("/"+v.name, f.Control(set.control)))
	s.all = append(s.all, r)
	return nil
}

// openDoors serves the control doors on a port of their own, out of reach of
// the faults.
func (s *site) openDoors(doors *http.ServeMux) error {
	host, err := s.listen(doors, 0, nil)
	for i := range s.all {
		s.all[i].control = "http://" + host + "/" + s.all[i].name + "/"
	}
	return err
}

// listen takes a port of this machine for a handler and returns it with the
// host. Port 0 is any free one.
func (s *site) listen(handler http.Handler, port int, secure *tls.Config) (host string, err error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return "", fmt.Errorf("port %d cannot be used, choose another or leave it out: %w", port, err)
	}
	host = l.Addr().String()
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	s.listeners = append(s.listeners, l)
	s.servers = append(s.servers, &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: log.New(io.Discard, "", 0), // broken connections are what some of the faults are about
	})
	return host, nil
}

// serve answers until ctx ends, then lets the requests under way finish.
func (s *site) serve(ctx context.Context) error {
	failed := make(chan error, len(s.servers))
	for i, srv := range s.servers {
		go func() { failed <- srv.Serve(s.listeners[i]) }()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	for _, srv := range s.servers {
		if srv.Shutdown(grace) != nil {
			_ = srv.Close()
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *site) close() {
	for _, l := range s.listeners {
		_ = l.Close() // most are closed already
	}
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}
