package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/instep-go/instep"
)

// Options are the settings of a [Store]. The zero value works.
type Options struct {
	// Key is the secret of the hashes, for callers who keep secrets
	// elsewhere. It must be the same at every open. Nil: the folder has its
	// own in the file hash.key, which is made at the first open.
	Key *[16]byte
}

// Store is an [instep.Checkpoint], [instep.HashKeyer], [instep.Journal] and
// [instep.Historian] in a folder. It is safe for concurrent use. Use Open.
//
// Its errors are of type [instep.Error]. Besides the kinds that the
// interfaces name: Canceled if ctx ended, and then nothing was written;
// Config after Close; Malformed if the file is damaged; Unavailable if the
// disk is full or fails.
type Store struct {
	dir string
	key [16]byte

	left   bool // an earlier process did not close it
	looked bool // the file was looked through

	turn  chan struct{} // holds one element while db is in use
	db    *db           // nil after Close
	close sync.Once
}

var (
	_ instep.Checkpoint = (*Store)(nil)
	_ instep.HashKeyer  = (*Store)(nil)
	_ instep.Journal    = (*Store)(nil)
	_ instep.Historian  = (*Store)(nil)
)

// HashKey returns the secret of the hashes: what Options gave or the folder
// holds.
func (s *Store) HashKey() [16]byte { return s.key }

// Close waits for the call under way, folds everything into the one file and
// gives up the lock. Every later call fails. Close may be called more than
// once; only the first does something. Its error also says where the bytes of
// something that was erased could not be removed, for want of room on the
// disk; the next Open tries again.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		s.turn <- struct{}{}
		defer func() { <-s.turn }()
		err = s.fail("close", s.db.close())
		s.db = nil
	})
	return err
}

var errClosed = errors.New("the state is closed")

// use calls f while nobody else uses the connection. What f returns becomes
// an instep.Error that says what was being done. For a caller who has gone already
// nothing is done, whether the turn would be his or not.
func (s *Store) use(ctx context.Context, op string, f func(*db) error) error {
	select {
	case <-ctx.Done():
		return s.fail(op, ctx.Err())
	default:
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return s.fail(op, ctx.Err())
	}
	defer func() { <-s.turn }()
	if s.db == nil {
		return &instep.Error{Kind: instep.Config, Op: s.op(op), Err: errClosed}
	}
	return s.fail(op, f(s.db))
}
