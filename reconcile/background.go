package reconcile

import "github.com/instep-go/instep"

// background commits a batch while the next one is put together. Batches are
// committed in the order given, and none after one that failed.
type background struct {
	write  func(*instep.Batch) error
	result chan error    // of the commit under way; nil: there is none
	under  *instep.Batch // what it commits
}

// commit waits for the commit before and begins that of b, which the caller
// must not touch any more. It returns room for further links, and the error of
// the commit before.
func (bg *background) commit(b *instep.Batch) ([]instep.Link, error) {
	room, err := bg.wait()
	if err != nil {
		return nil, err
	}
	result := make(chan error, 1)
	bg.result, bg.under = result, b
	go func() { result <- bg.write(b) }()
	return room, nil
}

// wait waits for the commit under way and returns its room and its error.
func (bg *background) wait() ([]instep.Link, error) {
	if bg.result == nil {
		return nil, nil
	}
	err, room := <-bg.result, bg.under.Links
	bg.result, bg.under = nil, nil
	clear(room)
	return room[:0], err
}
