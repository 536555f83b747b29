package rackbeattest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep/internal/fakeserver"
)

// Names shared by all fakes.
type (
	// Cleaner registers work for the end of a test, as *testing.T does.
	Cleaner = fakeserver.Cleaner
	// Faults says what share of the requests goes wrong at random.
	Faults = fakeserver.Faults
	// Step is one scripted answer.
	Step = fakeserver.Step
	// Request is one line of the request log.
	Request = fakeserver.Request
)

// ParseFaults reads faults such as "lost=5%,429=5%,500=2%,slow=200ms"; further
// names are lostbefore, 500after, late and 504late. The last two go with lateby,
// as in "late=2%,lateby=90s". Errors name the faulty element.
func ParseFaults(s string) (Faults, error) { return fakeserver.ParseFaults(s) }

// basePath is where the API lies.
const basePath = "/api/"

// Server is the fake: an http.Handler with state. All methods are safe for
// concurrent use.
type Server struct {
	opts  Options
	key   [sha256.Size]byte
	data  *state
	limit limiter
	front *fakeserver.Server

	spoils   spoils
	clockOff atomic.Int64             // nanoseconds
	denied   atomic.Pointer[[]string] // never altered
}

// New returns a fake set up by o, which may be nil. It fails on contradicting
// options, on a folder that cannot be used or that belongs to another account,
// and on records that the real service would not hold.
func New(o *Options) (*Server, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	data, err := openState(&opts)
	s := &Server{opts: opts, key: sha256.Sum256([]byte(opts.Key)), data: data}
	s.limit = limiter{perMinute: opts.RateLimit, now: opts.Now}
	s.clockOff.Store(int64(opts.ClockOff))
	s.denied.Store(&opts.Denied)
	s.front = fakeserver.New("rackbeat", http.HandlerFunc(s.serve))
	if err == nil {
		err = s.open()
	}
	if err != nil {
		return nil, fmt.Errorf("rackbeattest: %w", errors.Join(err, data.files.close()))
	}
	return s, nil
}

// open takes up the folder's records, or fills it.
func (s *Server) open() error {
	owner := s.data.files.account()
	switch {
	case owner == 0:
		setDefault(&s.opts.AccountID, DefaultAccountID)
		return s.fill()
	case s.opts.AccountID != 0 && s.opts.AccountID != owner:
		return fmt.Errorf("folder %s holds the records of account %d, not of %d",
			s.opts.Dir, owner, s.opts.AccountID)
	}
	s.opts.AccountID = owner
	s.data.load()
	return nil
}

// fill stores the records given as options.
func (s *Server) fill() error {
	if err := s.data.wipe(); err != nil {
		return err
	}
	for i, g := range s.opts.Groups {
		if err := s.AddGroup(g); err != nil {
			return fmt.Errorf("Options.Groups[%d]: %w", i, err)
		}
	}
	for i, u := range s.opts.Units {
		if err := s.AddUnit(u); err != nil {
			return fmt.Errorf("Options.Units[%d]: %w", i, err)
		}
	}
	for i, p := range s.opts.Products {
		if err := s.Add(p); err != nil {
			return fmt.Errorf("Options.Products[%d]: %w", i, err)
		}
	}
	if err := s.fillLists(); err != nil {
		return err
	}
	if err := s.fillParties(); err != nil {
		return err
	}
	// They live in the registers now.
	s.opts.Products, s.opts.Customers, s.opts.Suppliers = nil, nil, nil
	return s.data.files.meta.Put(metaKey, meta{AccountID: s.opts.AccountID})
}

// ServeHTTP answers r through the script, the faults or the fake itself.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.front.ServeHTTP(w, r) }

// Start serves on a free loopback port until c's cleanup and returns the base
// URL of the API, which ends in /api/.
func (s *Server) Start(c Cleaner) (url string) {
	return strings.TrimSuffix(s.front.Start(c), "/") + basePath
}

// Transport returns a round tripper that answers in process, whatever the host.
// Paths are the real ones, so a base URL of https://app.rackbeat.com/api/ fits.
func (s *Server) Transport() http.RoundTripper { return s.front.Transport() }

// Requests returns the request log, oldest first, secrets replaced.
func (s *Server) Requests() []Request { return s.front.Requests() }

// Counts returns how many reads and writes the fake has handled since the last
// ResetLog. GET and HEAD are reads. A late one counts once it was carried out.
func (s *Server) Counts() (reads, writes int) { return s.front.Counts() }

// ResetLog empties the request log and the counts.
func (s *Server) ResetLog() { s.front.ResetLog() }

// Script appends scripted answers, used up in order by the requests they match.
func (s *Server) Script(steps ...Step) { s.front.Script(steps...) }

// SetFaults sets the random faults, drawn from seed.
func (s *Server) SetFaults(f Faults, seed uint64) { s.front.SetFaults(f, seed) }

// SetClock sets the fake's clock off by so much from now on: the times of
// changes and the Date of replies. With 0 it is right again. Replies tell their
// Date themselves only while the clock is off.
func (s *Server) SetClock(off time.Duration) { s.clockOff.Store(int64(off)) }

// now is the present time by the fake's clock.
func (s *Server) now() time.Time { return s.opts.Now().Add(time.Duration(s.clockOff.Load())) }

// Deny replaces the resources that the key's scopes leave out, as
// Options.Denied names them; without names the key covers everything.
func (s *Server) Deny(resources ...string) error {
	if err := checkDenied(resources); err != nil {
		return err
	}
	resources = slices.Clone(resources)
	s.denied.Store(&resources)
	return nil
}

// Control returns a door for other programs, guarded by token as a bearer
// token: GET /records (as Dump writes them), GET /log, POST /faults.
func (s *Server) Control(token string) http.Handler {
	return s.front.Control(token, func(w io.Writer) error { return s.Dump(w) })
}

// Close closes the folder. Later writes fail, reads go on.
func (s *Server) Close() error {
	s.data.mu.Lock()
	defer s.data.mu.Unlock()
	return s.data.files.close()
}

// AccountID is the account's id in the reply of self.
func (s *Server) AccountID() int { return s.opts.AccountID }
