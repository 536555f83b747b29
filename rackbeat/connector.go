package rackbeat

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep"
)

// connector is a register of the vendor as the engine sees it: what [Products],
// [Customers] and [Suppliers] have in common.
type connector[T, U any] struct {
	c     *Client
	kind  *kind[T, U]
	lists codeLists
	pages atomic.Int64 // how many pages the register has; 0 or less: not known

	mu   sync.Mutex
	seen *sight // since the newest sweep began; nil: none is under way
}

func newConnector[T, U any](c *Client, k *kind[T, U], lists ...string) *connector[T, U] {
	return &connector[T, U]{c: c, kind: k, lists: codeLists{c: c, known: lists}}
}

// Traits implements [instep.Traiter].
func (p *connector[T, U]) Traits() instep.Traits {
	return instep.Traits{
		Entity: p.kind.entity,
		System: system,

		// There is no filter for changes, but newest first they can be read
		// without the rest.
		Snapshot: false,

		// Nobody says whether lists hold what was deleted.
		SeesDeletes: false,

		// People may edit the number.
		CanRename: true,

		// A record with history can likely not be deleted (inferred).
		CanDelete: true, CanBar: true,

		// Texts are trimmed and blank ones become null, as by the framework
		// that the service is made with (inferred).
		Exact: false,

		// The number is given by the creator and must be unique, unless the
		// vendor may give it.
		ChosenID: p.kind.chosen,

		MaxBatch:    20,   // single requests inside
		MaxGet:      1000, // single requests, or the list where that is fewer
		MaxInFlight: p.c.opts.InFlight,

		ReadLag:     p.c.opts.ReadLag,
		RequestLife: p.c.opts.RequestLife,
		Granularity: time.Second,
	}
}

// Describe implements [instep.Describer].
func (p *connector[T, U]) Describe(context.Context) ([]instep.FieldInfo, error) {
	infos := make([]instep.FieldInfo, len(p.kind.columns))
	for i := range p.kind.columns {
		info := p.kind.columns[i].info
		info.Default = p.kind.defaults.Get(info.Name)
		info.Required = info.Required && info.Default.IsBlank()
		info.Open = info.Open || info.List != "" && slices.Contains(p.c.opts.CreateMissing, info.List)
		infos[i] = info
	}
	return infos, nil
}

// List implements [instep.Lister].
func (p *connector[T, U]) List(ctx context.Context, name string) ([]instep.Item, error) {
	l, err := p.lists.get(ctx, name, true)
	if err != nil {
		return nil, err
	}
	return slices.Clone(l.items), nil
}
