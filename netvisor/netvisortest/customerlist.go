package netvisortest

import (
	"slices"
	"strconv"
)

const maxCodes = 100 // customercodelist; vendor documentation

// customerList answers customerlist.nv, all of it in one reply.
func (s *Server) customerList(c *call, q params) *fault {
	since, f := q.since("changedsince")
	if f != nil {
		return f
	}
	codes, f := q.list("customercodelist", maxCodes)
	if f != nil {
		return f
	}
	keyword := q["keyword"]
	if keyword != "" {
		since = "" // a keyword switches the other filter off
	}
	list := slices.DeleteFunc(s.store.customers.snapshot(), func(p *Customer) bool {
		return !changedSince(p.LastChanged, since) || !p.hasKeyword(keyword) || len(codes) > 0 && !slices.Contains(codes, p.Code)
	})
	list = shortened(c, list)
	dir := s.store.directory()
	d := c.begin()
	if len(list) == 0 {
		d.short("Customerlist", "")
		c.send(d)
		return nil
	}
	d.open("Customerlist")
	for _, p := range list {
		d.customerRow(p, dir)
	}
	d.close("Customerlist")
	c.send(d)
	return nil
}

// hasKeyword looks where the vendor does. A personal id is no business id.
func (c *Customer) hasKeyword(word string) bool {
	return word == "" || contains(c.Name, word) || contains(c.Code, word) || contains(c.NameExtension, word) || contains(c.listedID(), word)
}

// listedID is the business id as lists show it: not that of a private person.
func (c *Customer) listedID() string {
	if c.Private {
		return ""
	}
	return c.BusinessID
}

func (d *document) customerRow(c *Customer, dir *directory) {
	d.open("Customer")
	d.leaf("Netvisorkey", strconv.Itoa(c.Key))
	d.leaf("Name", c.Name)
	d.leaf("Code", c.Code)
	d.short("OrganisationIdentifier", c.listedID())
	key := ""
	if k, ok := dir.buyers[c.Group]; ok {
		key = strconv.Itoa(k)
	}
	d.short("CustomerGroupID", key)
	d.short("CustomerGroupName", c.Group)
	d.leaf("Uri", customerURI(c.Key))
	d.close("Customer")
}

// customerURI takes turns between the forms that were seen: one of another
// host, one without a host, and one where the slash is missing.
func customerURI(key int) string {
	id := "getcustomer.nv?id=" + strconv.Itoa(key)
	return []string{"https://koulutus.netvisor.fi/" + id, "/" + id, "https://isvapi.netvisor.fi" + id}[key%3]
}
