package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/instep-go/instep"
)

// addActivity numbers rows and puts them into the log.
func (s *Store) addActivity(pair string, rows []instep.Activity) {
	for _, a := range rows {
		s.lastN++
		a.N, a.Pair = s.lastN, pair
		s.log = append(s.log, cloneActivity(a))
	}
}

// eraseActivity takes the rows that tell of the links out of the log.
func (s *Store) eraseActivity(pair string, links map[instep.LinkID]bool) {
	if len(links) == 0 {
		return
	}
	s.log = slices.DeleteFunc(s.log, func(a instep.Activity) bool { return a.Pair == pair && links[a.Link] })
}

// Activity returns rows of the log; see [instep.Journal].
func (s *Store) Activity(ctx context.Context, name string, after uint64, limit int) ([]instep.Activity, error) {
	_, unlock, err := s.read(ctx, name)
	defer unlock()
	if err != nil {
		return nil, err
	}
	from, found := slices.BinarySearchFunc(s.log, after, func(a instep.Activity, n uint64) int { return cmp.Compare(a.N, n) })
	if found {
		from++
	}
	var rows []instep.Activity
	for _, a := range s.log[from:] {
		if len(rows) >= limit {
			break
		}
		if name == "" || a.Pair == name {
			rows = append(rows, cloneActivity(a))
		}
	}
	return rows, nil
}

// History returns what happened to a link; see [instep.Historian].
func (s *Store) History(ctx context.Context, name string, link instep.LinkID, limit int) ([]instep.Activity, error) {
	_, unlock, err := s.read(ctx, name)
	defer unlock()
	if err != nil || link == 0 {
		return nil, err
	}
	var rows []instep.Activity
	for _, a := range slices.Backward(s.log) {
		if len(rows) >= limit {
			break
		}
		if a.Pair == name && a.Link == link {
			rows = append(rows, cloneActivity(a))
		}
	}
	return rows, nil
}
