package netvisortest

import (
	"slices"
	"strconv"
	"strings"
)

// listFilter is what productlist.nv is asked for.
type listFilter struct {
	since       string
	keywords    []string // lower case; any of them
	published   bool
	unpublished bool
	deleted     bool
}

func newListFilter(q params) (lf listFilter, f *fault) {
	if lf.since, f = q.since("changedsince"); f != nil {
		return lf, f
	}
	words, f := q.list("keyword", 0)
	if f != nil {
		return lf, f
	}
	for _, w := range words {
		lf.keywords = append(lf.keywords, strings.ToLower(w))
	}
	pub, pubGiven, f := q.flag("published")
	if f != nil {
		return lf, f
	}
	unpub, unpubGiven, f := q.flag("unpublished")
	if f != nil {
		return lf, f
	}
	del, delGiven, f := q.flag("deleted")
	if f != nil {
		return lf, f
	}
	// One of the two given as wanted leaves the other out unless it is given too.
	lf.published = pub || (!pubGiven && !unpub)
	lf.unpublished = unpub || (!unpubGiven && !pub)
	lf.deleted = del || !delGiven
	return lf, nil
}

func (lf *listFilter) takes(p *Product) bool {
	if p.Deleted && !lf.deleted {
		return false
	}
	if wanted := lf.unpublished; p.Active && !lf.published || !p.Active && !wanted {
		return false
	}
	if !changedSince(p.LastChanged, lf.since) {
		return false
	}
	if len(lf.keywords) == 0 {
		return true
	}
	name, code := strings.ToLower(p.Name), strings.ToLower(p.Code)
	for _, w := range lf.keywords {
		if strings.Contains(name, w) || strings.Contains(code, w) {
			return true
		}
	}
	return false
}

// productList answers productlist.nv, all of it in one reply.
func (s *Server) productList(c *call, q params) *fault {
	lf, f := newListFilter(q)
	if f != nil {
		return f
	}
	list := slices.DeleteFunc(s.store.products.snapshot(), func(p *Product) bool { return !lf.takes(p) })
	list = shortened(c, list)
	groups := s.store.directory()
	d := c.begin()
	if len(list) == 0 {
		d.short("ProductList", "")
		c.send(d)
		return nil
	}
	d.open("ProductList")
	for _, p := range list {
		d.listRow(p, groups)
	}
	d.close("ProductList")
	c.send(d)
	return nil
}

func (d *document) listRow(p *Product, groups *directory) {
	net, gross := p.prices()
	key := strconv.Itoa(p.Key)
	d.open("Product")
	d.leaf("NetvisorKey", key)
	d.leaf("ProductCode", p.Code)
	d.leaf("Name", p.Name)
	d.leaf("UnitPrice", shown(net, maxPlaces))
	d.leaf("UnitGrossPrice", shown(gross, maxPlaces))
	if g, ok := groups.byName[p.Group]; ok {
		d.leaf("ProductGroupID", strconv.Itoa(g.Key))
		d.leaf("ProductGroupDescription", groups.paths[g.Key])
	} else {
		d.short("ProductGroupID", "")
		d.short("ProductGroupDescription", "")
	}
	d.leaf("Uri", "/getproduct.nv?id="+key)
	d.close("Product")
}
