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
	begins      holdings
}

// open makes the fakes and takes their ports. Nothing is answered yet.
func open(ctx context.Context, set *settings) (*site, error) {
	s := &site{}
	if err := s.open(ctx, set); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *site) open(ctx context.Context, set *settings) error {
	dir, err := s.folder(set.dir)
	if err != nil {
		return fmt.Errorf("-dir: %w", err)
	}
	cert, err := newCertificate(time.Now())
	if err != nil {
		return err
	}
	s.certificate = filepath.Join(dir, "certificate.pem")
	if err := os.WriteFile(s.certificate, cert.pem, 0o644); err != nil {
		return err
	}
	records := catalogue.NewSized(set.seed, set.sizes)
	for _, v := range vendors {
		if set.empty[v.name] {
			v.empty(records)
		}
	}
	doors := http.NewServeMux()
	for i, v := range vendors {
		if err := s.add(ctx, set, &kit{v, records, uint64(i), cert.tls, doors}); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	if set.control == "" {
		return nil
	}
	return s.openDoors(ctx, doors)
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

// kit is what one more vendor is served with.
type kit struct {
	vendor
	records *catalogue.Catalogue
	at      uint64 // position among the vendors
	secure  *tls.Config
	doors   *http.ServeMux
}

func (s *site) add(ctx context.Context, set *settings, k *kit) error {
	dir := ""
	if set.dir != "" {
		dir = filepath.Join(set.dir, k.name)
	}
	f, begins, err := k.open(k.records, dir)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() { _ = f.Close() })
	f.SetFaults(set.faults, set.faultSeed+k.at)
	plain, err := s.listen(ctx, f, *set.http[k.name], nil)
	if err != nil {
		return err
	}
	encrypted, err := s.listen(ctx, f, *set.https[k.name], k.secure)
	if err != nil {
		return err
	}
	k.doors.Handle("/"+k.name+"/", http.StripPrefix("/"+k.name, f.Control(set.control)))
	s.all = append(s.all, served{vendor: k.vendor, http: "http://" + plain + k.path, https: "https://" + encrypted + k.path, begins: begins})
	return nil
}

// openDoors serves the control doors on a port of their own, out of reach of
// the faults.
func (s *site) openDoors(ctx context.Context, doors *http.ServeMux) error {
	host, err := s.listen(ctx, doors, 0, nil)
	for i := range s.all {
		s.all[i].control = "http://" + host + "/" + s.all[i].name + "/"
	}
	return err
}

// listen takes a port of this machine for a handler and returns it with the
// host. Port 0 is any free one.
func (s *site) listen(ctx context.Context, handler http.Handler, port int, secure *tls.Config) (host string, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
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
