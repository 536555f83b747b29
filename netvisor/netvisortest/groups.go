package netvisortest

import (
	"slices"
	"strconv"
	"strings"
)

// getProductGroups answers getproductgroups.nv.
func (s *Server) getProductGroups(c *call, q params) *fault {
	hierarchy, _, f := q.flag("replyoptions")
	if f != nil {
		return f
	}
	keys, f := q.keys("productgroupnetvisorkeys", 0)
	if f != nil {
		return f
	}
	dir := s.store.directory()
	d := c.begin()
	d.open("ProductGroups")
	for _, g := range dir.groups {
		path := dir.paths[g.Key]
		begins := strings.HasPrefix(strings.ToLower(path), strings.ToLower(q["productgroupnamekeyword"]))
		if begins && contains(path, q["productgroupnamefreetext"]) && (len(keys) == 0 || slices.Contains(keys, g.Key)) {
			d.productGroup(g, dir, hierarchy)
		}
	}
	d.close("ProductGroups")
	c.send(d)
	return nil
}

func (d *document) productGroup(g Group, dir *directory, hierarchy bool) {
	d.open("ProductGroup")
	d.leaf("NetvisorKey", strconv.Itoa(g.Key))
	d.translated("ProductGroupNameTranslations", g.Name)
	d.translated("ProductGroupDescriptionTranslations", "")
	if hierarchy {
		parent := ""
		if g.Parent != 0 {
			parent = strconv.Itoa(g.Parent)
		}
		d.open("ProductGroupHierarchy")
		d.translated("ProductGroupHierarchyNameTranslations", dir.paths[g.Key])
		d.short("ParentGroupNetvisorKey", parent)
		d.open("ChildGroups")
		for _, child := range dir.groups {
			if child.Parent == g.Key {
				d.leaf("NetvisorKey", strconv.Itoa(child.Key))
			}
		}
		d.close("ChildGroups")
		d.close("ProductGroupHierarchy")
	}
	d.close("ProductGroup")
}

// translated writes a name in the one language there is.
func (d *document) translated(name, text string) {
	d.open(name)
	d.leaf("Translation", text, "Language", "FI")
	d.close(name)
}
