package connectortest

import (
	"context"
	"sync"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/store/memory"
)

// lasting is the store in memory with what a disk adds to it: it can be opened
// again, and an older state can be put back, which it notices.
type lasting struct {
	*memory.Store
	key [16]byte

	mu      sync.Mutex
	kept    []instep.Batch  // what was committed, in order
	rewound bool            // an older state was put back
	ended   map[string]bool // pairs for which that is over
}

func newLasting() *lasting {
	s := memory.New()
	return &lasting{Store: s, key: s.HashKey()}
}

func (l *lasting) HashKey() [16]byte { return l.key }

// Commit keeps the batch as the caller gave it: no rule about what is kept
// changes a batch once it was committed.
func (l *lasting) Commit(ctx context.Context, b *instep.Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.Store.Commit(ctx, b); err != nil {
		return err
	}
	l.kept = append(l.kept, *b)
	if b.State != nil && !b.State.Rewound && l.rewound {
		l.ended[b.Pair] = true
	}
	return nil
}

func (l *lasting) Pair(ctx context.Context, pair string) (instep.PairState, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	state, err := l.Store.Pair(ctx, pair)
	state.Rewound = state.Rewound || l.rewound && !l.ended[pair]
	return state, err
}

// known are the pairs that something was committed to.
func (l *lasting) known() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := map[string]bool{}
	for i := range l.kept {
		known[l.kept[i].Pair] = true
	}
	return known
}

// open makes the store anew from the first n batches, each as read gives it.
func (l *lasting) open(ctx context.Context, n int, read func(*instep.Batch)) error {
	l.kept, l.Store = l.kept[:n:n], memory.New()
	for _, b := range l.kept {
		read(&b)
		if err := l.Store.Commit(ctx, &b); err != nil {
			return err
		}
	}
	return nil
}

// putBack opens the store on the first n batches and notices that there were
// more.
func (l *lasting) putBack(ctx context.Context, n int, read func(*instep.Batch)) error {
	l.rewound, l.ended = true, map[string]bool{}
	return l.open(ctx, n, read)
}
