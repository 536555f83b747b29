package netvisor

import (
	"context"
	"strings"
)

// ProductGroup is one group of getproductgroups.nv.
type ProductGroup struct {
	Key         int64  // NetvisorKey
	Name        string // in the client's language where there is one, else Finnish, else any
	Description string
	Path        string // the group with those above it: "Books / Science fiction"; "" if not told
	ParentKey   int64  // 0 if it is at the top or the reply does not tell
}

// ProductGroups returns all product groups in the vendor's order.
//
// The vendor documents names per language in ProductGroupNameTranslations and
// the place in the hierarchy in ProductGroupHierarchy. A plain Name or
// ProductGroupName, and a group within another, are read as well; these forms
// are inferred.
func (c *Client) ProductGroups(ctx context.Context) ([]ProductGroup, error) {
	var groups []ProductGroup
	_, err := c.do(ctx, &call{
		op: "netvisor: list product groups", resource: "getproductgroups.nv",
		params: []param{{"replyoptions", "1"}}, // with the hierarchy
		list:   "productgroups",
		visit: func(_, item *node) error {
			v := &values{zone: c.zone}
			groups = v.groups(groups, item, 0, string(c.language))
			return v.err
		},
	})
	if err != nil {
		return nil, err
	}
	return groups, nil
}

// groups appends the group n and those within it.
func (v *values) groups(dst []ProductGroup, n *node, parent int64, language string) []ProductGroup {
	g := ProductGroup{
		Key:         v.key(n, "netvisorkey"),
		Name:        firstOf(translation(n.kid("productgroupnametranslations"), language), v.text(n, "name"), v.text(n, "productgroupname")),
		Description: translation(n.kid("productgroupdescriptiontranslations"), language),
		ParentKey:   parent,
	}
	if h := n.kid("productgrouphierarchy"); h != nil {
		g.Path = translation(h.kid("productgrouphierarchynametranslations"), language)
		if key := v.key(h, "parentgroupnetvisorkey"); key > 0 {
			g.ParentKey = key
		}
	} else if key := v.key(n, "parentgroupnetvisorkey"); key > 0 {
		g.ParentKey = key
	}
	if g.Key > 0 && g.Name != "" {
		dst = append(dst, g)
		parent = g.Key
	}
	for _, k := range n.kids {
		if k.name == "productgroup" || k.name == "productgroups" {
			dst = v.groups(dst, k, parent, language)
		}
	}
	return dst
}

// translation returns the text in the language, else in Finnish, else the
// first that is not blank.
func translation(n *node, language string) string {
	if n == nil {
		return ""
	}
	var finnish, first string
	for _, k := range n.kids {
		text := strings.TrimSpace(k.text)
		switch of := k.attr("language"); {
		case text == "":
		case strings.EqualFold(of, language):
			return text
		case strings.EqualFold(of, string(Finnish)):
			finnish = text
		case first == "":
			first = text
		}
	}
	return firstOf(finnish, first)
}

// firstOf returns the first text that is not blank.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}
