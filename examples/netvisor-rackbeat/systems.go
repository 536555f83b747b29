package main

import (
	"cmp"
	"log/slog"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/netvisor"
	"github.com/instep-go/instep/rackbeat"
)

// systems are the two sides.
type systems struct {
	rackbeat *rackbeat.Client
	netvisor *netvisor.Client
	fakes    *fakes // nil with real endpoints
}

// openSystems returns clients for the endpoints, or for fakes if there are
// none. The logger may be nil.
func openSystems(set *settings, getenv func(string) string, log *slog.Logger) (*systems, error) {
	s := &systems{}
	r := &rackbeat.Options{BaseURL: set.endpoints.rackbeat, PerMinute: set.endpoints.perMinute, Logger: log}
	n := &netvisor.Options{BaseURL: set.endpoints.netvisor, Logger: log}
	env := &environment{getenv: getenv}
	life := set.endpoints.requestLife
	if !set.endpoints.given() {
		var err error
		if s.fakes, err = openFakes(set); err != nil {
			return nil, err
		}
		env.getenv = s.fakes.getenv
		s.fakes.options(r, n)
		life = 0 // a request does not outlive the process it is answered in
	}
	if life >= 0 {
		life = cmp.Or(life, -1) // to the clients, 0 is their own default
		r.RequestLife, r.ReadLag, n.RequestLife, n.ReadLag = life, life, life, life
	}
	set.newRecords(r, n)
	r.PaymentTerm = s.paymentTerm
	return s, s.connect(env, r, n)
}

func (s *systems) connect(env *environment, r *rackbeat.Options, n *netvisor.Options) (err error) {
	key, who := env.rackbeat()
	creds := env.netvisor()
	if err = env.check(); err != nil {
		return err
	}
	if s.rackbeat, err = rackbeat.New(key, who, r); err != nil {
		return err
	}
	s.netvisor, err = netvisor.New(creds, n)
	return err
}

func (s *systems) close() {
	if s.fakes != nil {
		s.fakes.close()
	}
}

// requests counts what went over the wire to both systems.
type requests struct {
	Read  int64 `json:"read"`
	Write int64 `json:"write"`
}

func (s *systems) requests() requests {
	r, n := s.rackbeat.Stats(), s.netvisor.Stats()
	return requests{Read: r.Reads + n.Reads, Write: r.Writes + n.Writes}
}

// systemNames are the systems as people call them, by side.
var systemNames = [2]string{instep.Left: "Rackbeat", instep.Right: "Netvisor"}
