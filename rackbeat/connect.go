package rackbeat

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/instep-go/instep"
)

// Names of the code lists.
const (
	listGroups = "product_groups"
	listUnits  = "units"
)

// Products is the register of products as the engine sees it: an
// [instep.Source] and [instep.Sink] with all capabilities. It is safe for
// concurrent use. It remembers the code lists and what the walk under way has
// seen, so keep one for as long as you read.
type Products struct {
	c     *Client
	pages atomic.Int64 // how many pages the register has; 0 or less: not known

	mu    sync.Mutex
	seen  *sight // since the newest sweep began; nil: none is under way
	lists map[string]*codeList
}

var (
	_ instep.Source    = (*Products)(nil)
	_ instep.Sink      = (*Products)(nil)
	_ instep.Getter    = (*Products)(nil)
	_ instep.Finder    = (*Products)(nil)
	_ instep.Lister    = (*Products)(nil)
	_ instep.Describer = (*Products)(nil)
	_ instep.Traiter   = (*Products)(nil)
	_ instep.Prober    = (*Products)(nil)
)

// Products returns the connector for products.
func (c *Client) Products() *Products {
	return &Products{c: c, lists: make(map[string]*codeList)}
}

// Traits implements [instep.Traiter].
func (p *Products) Traits() instep.Traits {
	return instep.Traits{
		Entity: entity,
		System: system,

		// There is no filter for changes, but newest first they can be read
		// without the rest.
		Snapshot: false,

		// Nobody says whether lists hold what was deleted.
		SeesDeletes: false,

		// People may edit the number.
		CanRename: true,

		// A product with history can likely not be deleted (inferred).
		CanDelete: true, CanBar: true,

		// Texts are trimmed and blank ones become null, as by the framework
		// that the service is made with (inferred).
		Exact: false,

		// The number is given by the creator and must be unique.
		ChosenID: true,

		MaxBatch:    20,   // single requests inside
		MaxGet:      1000, // single requests, or the list where that is fewer
		MaxInFlight: p.c.opts.InFlight,

		ReadLag:     p.c.opts.ReadLag,
		RequestLife: p.c.opts.RequestLife,
		Granularity: time.Second,
	}
}

// Describe implements [instep.Describer].
func (*Products) Describe(context.Context) ([]instep.FieldInfo, error) {
	infos := make([]instep.FieldInfo, len(columns))
	for i := range columns {
		infos[i] = columns[i].info
	}
	return infos, nil
}

// List implements [instep.Lister] for "product_groups" and "units".
func (p *Products) List(ctx context.Context, name string) ([]instep.Item, error) {
	l, err := p.list(ctx, name, true)
	if err != nil {
		return nil, err
	}
	return slices.Clone(l.items), nil
}

// codeList is a code list as last read.
type codeList struct {
	items  []instep.Item
	byName map[string][]string // name → codes
	byCode map[string]string   // code → name
}

// add puts an entry into the list.
func (l *codeList) add(code, name string) {
	l.items = append(l.items, instep.Item{Code: code, Name: name})
	l.byName[name] = append(l.byName[name], code)
	l.byCode[code] = name
}

// list returns a code list: as last read, unless it was never read or a fresh
// one is asked for.
func (p *Products) list(ctx context.Context, name string, fresh bool) (*codeList, error) {
	p.mu.Lock()
	l := p.lists[name]
	p.mu.Unlock()
	if l != nil && !fresh {
		return l, nil
	}
	l, err := p.readList(ctx, name)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.lists[name] = l
	p.mu.Unlock()
	return l, nil
}

func (p *Products) readList(ctx context.Context, name string) (*codeList, error) {
	l := &codeList{byName: map[string][]string{}, byCode: map[string]string{}}
	switch name {
	case listGroups:
		for g, err := range p.c.ListProductGroups(ctx, nil) {
			if err != nil {
				return nil, err
			}
			if !g.IsDraft.Or(false) {
				l.add(g.Number, g.Name)
			}
		}
	case listUnits:
		for u, err := range p.c.ListUnits(ctx, nil) {
			if err != nil {
				return nil, err
			}
			l.add(u.Number, u.Name)
		}
	default:
		return nil, &instep.Error{
			Kind: instep.Unsupported, Op: "rackbeat: list", Field: name,
			Remedy: fmt.Sprintf("use one of %s, %s", listGroups, listUnits),
		}
	}
	return l, nil
}

// codeOf returns the code of the entry with a name. A name that is not there is
// looked for once more in a fresh list, unless *fresh says that this was done.
func (p *Products) codeOf(ctx context.Context, list, field, name string, fresh *bool) (string, error) {
	l, err := p.list(ctx, list, false)
	if err == nil && len(l.byName[name]) == 0 && !*fresh {
		*fresh = true
		l, err = p.list(ctx, list, true)
	}
	if err != nil {
		return "", err
	}
	what := strings.TrimSuffix(strings.ReplaceAll(list, "_", " "), "s")
	switch codes := l.byName[name]; len(codes) {
	case 1:
		return codes[0], nil
	case 0:
		return "", unfit(field, "there is no such "+what,
			fmt.Sprintf("create the %s %q in Rackbeat, or map it to one that is there", what, name))
	default:
		return "", unfit(field, fmt.Sprintf("%d entries have this name", len(codes)),
			fmt.Sprintf("give each %s in Rackbeat a name of its own", what))
	}
}
