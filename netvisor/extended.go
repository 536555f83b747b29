package netvisor

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

// ExtendedReply asks extendedproductlist.nv for more than the base fields.
// Values combine with |. What they add is not decoded here.
type ExtendedReply uint32

// The reply options of extendedproductlist.nv (vendor documentation).
const (
	ReplyPriceGroups    ExtendedReply = 1
	ReplyCustomerPrices ExtendedReply = 2
	ReplyVendorData     ExtendedReply = 4
	ReplyShelves        ExtendedReply = 8
	ReplyShipment       ExtendedReply = 16
	ReplyGrouping       ExtendedReply = 32
	ReplyAccounts       ExtendedReply = 64
	ReplyDimensions     ExtendedReply = 128
	ReplyInfoFields     ExtendedReply = 256
	ReplyReferences     ExtendedReply = 512
	ReplyProperties     ExtendedReply = 1024
	ReplySubProducts    ExtendedReply = 2048

	// ReplyImages is inferred: the documentation prints 2096, which would be
	// three of the other options at once.
	ReplyImages ExtendedReply = 4096

	ReplyAttachments ExtendedReply = 8192
	ReplyEverything  ExtendedReply = 4294967295
)

// ExtendedFilter narrows extendedproductlist.nv. The zero value asks for all
// published products. Deleted ones never come, unpublished ones only by Keys.
type ExtendedFilter struct {
	Reply           ExtendedReply
	Language        Language // of searches; only Finnish without extended product management; "" not sent
	Keys            []int64
	NameKeyword     string
	CodeKeyword     string
	EANCode         string
	OnlySellable    bool
	OnlyStoraged    bool
	ChangedSince    time.Time // zero for all; sent in the client's zone and cut to minutes
	GroupKeys       []int64
	GroupName       string
	GroupKeyword    string // beginning of the group with those above it
	GroupText       string // part of the group with those above it
	NotGroupText    string // leaves out groups with this part
	GroupingName    string // name of a grouping criterion
	ProductsPerPage int    // 0 means 200
}

// ExtendedProduct is one product of extendedproductlist.nv with the fields
// that come without reply options. Texts in several languages are read in the
// client's, else in Finnish, else in the first there is.
type ExtendedProduct struct {
	Key              int64
	Code             string
	PrimaryEANCode   string
	SecondaryEANCode string
	Name             string
	Description      string

	IsPublished, IsSellable, IsStorage   instep.Opt[bool]
	IsStructure, IsModel, IsSummary      instep.Opt[bool]
	LastChanged                          instep.Opt[time.Time] // read in the client's zone
	GroupKey                             int64                 // 0 if in no group
	GroupName                            string
	UnitKey                              int64 // 0 if it has no unit
	UnitName                             string
	NetPrice, GrossPrice                 instep.Opt[instep.Decimal]
	PriceBase                            string // attribute isPriceBase of the net price, as given
	VATKey                               int64
	VATPercent, Margin, ProvisionPercent instep.Opt[instep.Decimal]
	PurchasePrice                        instep.Opt[instep.Decimal]
}

// defaultPerPage is a choice of this package; the vendor documents no limit.
const defaultPerPage = 200

var errPages = errors.New("the pages of the reply do not go on")

// ExtendedProducts yields the products that the filter lets through, reading
// page after page. Nil asks for all. An error is yielded once and ends the
// sequence. A product may come twice, or be missed, when the register changes
// between two pages: the vendor gives no snapshot.
func (c *Client) ExtendedProducts(ctx context.Context, f *ExtendedFilter) iter.Seq2[ExtendedProduct, error] {
	if f == nil {
		f = &ExtendedFilter{}
	}
	params := f.params(c.zone)
	size := f.ProductsPerPage
	if size <= 0 {
		size = defaultPerPage
	}
	return func(yield func(ExtendedProduct, error) bool) {
		for page := 1; ; page++ {
			p, err := c.extendedPage(ctx, params, page, size)
			if err != nil {
				yield(ExtendedProduct{}, err)
				return
			}
			for _, product := range p.products {
				if !yield(product, nil) {
					return
				}
			}
			if p.last(page, size) {
				return
			}
		}
	}
}

// extendedPage is one page and what its attributes say.
type extendedPage struct {
	products      []ExtendedProduct
	rows          int
	number, pages int64 // 0 if not told
}

// last reports whether no page follows. Where the reply does not count its
// pages, one that is not full is the last.
func (p *extendedPage) last(page, size int) bool {
	if p.rows == 0 {
		return true
	}
	if p.pages > 0 {
		return int64(page) >= p.pages
	}
	return p.rows < size
}

func (c *Client) extendedPage(ctx context.Context, params []param, page, size int) (*extendedPage, error) {
	p := &extendedPage{}
	params = append(params[:len(params):len(params)],
		param{"productsonpage", strconv.Itoa(size)}, param{"page", strconv.Itoa(page)})
	k := &call{
		op: "netvisor: list extended products", resource: "extendedproductlist.nv", params: params, list: "products",
		visit: func(list, item *node) error {
			v := &values{zone: c.zone}
			if list != nil {
				p.number, p.pages = v.attrKey(list, "currentpage"), v.attrKey(list, "pagecount")
			}
			if p.number > 0 && p.number != int64(page) {
				return unreadable(list, errPages)
			}
			if item.name != "product" {
				return v.err
			}
			p.rows++
			if product := v.extended(item, string(c.language)); product.Key > 0 {
				p.products = append(p.products, product)
			}
			return v.err
		},
	}
	if _, err := c.do(ctx, k); err != nil {
		return nil, err
	}
	return p, nil
}

func (v *values) extended(n *node, language string) ExtendedProduct {
	codes, features := n.kid("productcodes"), n.kid("productfeatures")
	price, vat := n.kid("productpriceinformation"), n.kid("productpriceinformation").kid("vat")
	return ExtendedProduct{
		Key:              v.key(n, "netvisorkey"),
		Code:             v.text(codes, "productcode"),
		PrimaryEANCode:   v.text(codes, "productprimaryeancode"),
		SecondaryEANCode: v.text(codes, "productsecondaryeancode"),
		Name:             translation(n.kid("productnametranslations"), language),
		Description:      translation(n.kid("productdescriptiontranslations"), language),
		IsPublished:      v.truth(features, "ispublishedproduct"),
		IsSellable:       v.truth(features, "issellableproduct"),
		IsStorage:        v.truth(features, "isstorageproduct"),
		IsStructure:      v.truth(features, "isproductstructureproduct"),
		IsModel:          v.truth(features, "ismodel"),
		IsSummary:        v.truth(features, "issummaryofproducts"),
		LastChanged:      v.time(features, "lastchangeddate"),
		GroupKey:         v.key(n.kid("productgroup"), "netvisorkey"),
		GroupName:        translation(n.kid("productgroup").kid("productgrouptranslations"), language),
		UnitKey:          v.key(n.kid("productunit"), "netvisorkey"),
		UnitName:         translation(n.kid("productunit").kid("productunittranslations"), language),
		NetPrice:         v.decimal(price, "defaultnetprice"),
		GrossPrice:       v.decimal(price, "defaultgrossprice"),
		PriceBase:        price.kid("defaultnetprice").attr("ispricebase"),
		VATKey:           v.key(vat, "netvisorkey"),
		VATPercent:       v.decimal(vat, "percentage"),
		Margin:           v.decimal(price, "pricemargin"),
		ProvisionPercent: v.decimal(price, "provisionpercentage"),
		PurchasePrice:    v.decimal(n.kid("productpurchaseinformation"), "defaultpurchaseprice"),
	}
}

func (f *ExtendedFilter) params(zone *time.Location) []param {
	var params []param
	add := func(name, value string) {
		if value != "" {
			params = append(params, param{name, value})
		}
	}
	if f.Reply != 0 {
		add("replyoptions", strconv.FormatUint(uint64(f.Reply), 10))
	}
	add("searchlanguage", strings.ToLower(string(f.Language)))
	add("productnetvisorkeys", joinKeys(f.Keys))
	add("productnamekeyword", f.NameKeyword)
	add("productcodekeyword", f.CodeKeyword)
	add("producteancode", f.EANCode)
	add("onlysellableproducts", onlyTrue(f.OnlySellable))
	add("onlystoragedproducts", onlyTrue(f.OnlyStoraged))
	if !f.ChangedSince.IsZero() {
		add("productchangedsince", filterTime(f.ChangedSince, zone, extendedFilter))
	}
	add("productgroupnetvisorkeys", joinKeys(f.GroupKeys))
	add("productgroupname", f.GroupName)
	add("productgroupnamekeyword", f.GroupKeyword)
	add("productgroupnamefreetext", f.GroupText)
	add("excludeproductgroupnamefreetext", f.NotGroupText)
	add("productgroupingcriterianame", f.GroupingName)
	return params
}

func onlyTrue(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// joinKeys returns "1,2,3".
func joinKeys(keys []int64) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = keyText(key)
	}
	return strings.Join(texts, ",")
}
