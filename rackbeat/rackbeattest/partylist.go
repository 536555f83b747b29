package rackbeattest

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
)

// partyLists are the lists of a register.
func partyLists(withDeleted bool) sortedLists[Party] {
	return sortedLists[Party]{
		withDeleted: withDeleted,
		orders:      partyOrders,
		id:          partyByID,
		shows:       func(_ view, p *Party) bool { return withDeleted || !p.deleted() },
	}
}

// partyOrders are the attributes lists of parties can be ordered by.
var partyOrders = map[string]func(a, b *Party) int{
	"id":           partyByID,
	"number":       func(a, b *Party) int { return cmp.Compare(a.Number, b.Number) },
	"name":         func(a, b *Party) int { return strings.Compare(a.Name, b.Name) },
	"company_name": func(a, b *Party) int { return strings.Compare(a.Name, b.Name) },
	"company_vat":  func(a, b *Party) int { return strings.Compare(a.CompanyVAT, b.CompanyVAT) },
	"created_at":   func(a, b *Party) int { return a.CreatedAt.Compare(b.CreatedAt) },
	"updated_at":   func(a, b *Party) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
}

// sharedAttrs are the attributes customers and suppliers can be filtered by.
var sharedAttrs = attributes[partyRow]{
	"number":           func(p partyRow) string { return strconv.Itoa(p.Number) },
	"name":             func(p partyRow) string { return p.Name },
	"company_name":     func(p partyRow) string { return p.Name },
	"company_vat":      func(p partyRow) string { return p.CompanyVAT },
	"address_street":   func(p partyRow) string { return p.Street },
	"address_zipcode":  func(p partyRow) string { return p.Zipcode },
	"address_city":     func(p partyRow) string { return p.City },
	"address_country":  func(p partyRow) string { return p.Country },
	"contact_email":    func(p partyRow) string { return p.Email },
	"contact_phone":    func(p partyRow) string { return p.Phone },
	"currency":         func(p partyRow) string { return p.Currency },
	"vat_zone":         func(p partyRow) string { return p.VATZone },
	"payment_terms_id": func(p partyRow) string { return strconv.Itoa(p.PaymentTerms) },
	"is_barred":        func(p partyRow) string { return strconv.FormatBool(p.IsBarred) },
	"is_deleted":       func(p partyRow) string { return strconv.FormatBool(p.deleted()) },
}

var customerAttrs = sharedAttrs.with(attributes[partyRow]{
	"customer_group_id": func(p partyRow) string { return strconv.Itoa(p.Group) },
	"layout_id":         func(p partyRow) string { return strconv.Itoa(p.Layout) },
	"delivery_terms_id": func(p partyRow) string { return strconv.Itoa(p.DeliveryTerms) },
	"employee_id":       func(p partyRow) string { return strconv.Itoa(p.Employee) },
	"ean":               func(p partyRow) string { return p.EAN },
	"invoice_email":     func(p partyRow) string { return p.InvoiceEmail },
})

var supplierAttrs = sharedAttrs.with(attributes[partyRow]{
	"supplier_group_id": func(p partyRow) string { return strconv.Itoa(p.Group) },
})

// attrs are the attributes the register's parties can be filtered by.
func (r *register) attrs() attributes[partyRow] {
	if r.kind.resource == customers {
		return customerAttrs
	}
	return supplierAttrs
}

// listParties answers the list of customers or suppliers.
func (s *Server) listParties(reg *register) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f := s.newForm(nil)
		q := parseQuery(f, r, reg.attrs(), reg.sorted.attributes())
		if f.failed() {
			s.invalid(w, f)
			return
		}
		q.orderBy = cmp.Or(q.orderBy, "created_at")
		s.data.mu.Lock()
		rows, total := s.data.partyPage(reg, &q)
		s.data.mu.Unlock()
		writeList(s, w, r, reg.kind.resource, &q, rows, total)
	}
}

// partyPage returns one page of a register and the number of all rows that fit.
// The caller holds the lock.
func (s *state) partyPage(reg *register, q *listQuery) (rows []partyRow, total int) {
	attrs := reg.attrs()
	return pageRows(reg.candidates(q), q, func(p *Party) partyRow { return s.partyRow(reg, p) }, func(p *Party) bool {
		return attrs.matches(partyRow{Party: p}, q.filters) && found(q.search, p.Name, strconv.Itoa(p.Number))
	})
}
