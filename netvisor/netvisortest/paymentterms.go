package netvisortest

import "strconv"

// paymentTermList answers paymenttermlist.nv.
func (s *Server) paymentTermList(c *call, _ params) *fault {
	list := shortened(c, s.store.directory().terms)
	d := c.begin()
	if len(list) == 0 {
		d.short("PaymentTermList", "")
		c.send(d)
		return nil
	}
	d.open("PaymentTermList")
	for _, t := range list {
		d.open("PaymentTerm")
		d.leaf("NetvisorKey", strconv.Itoa(t.Key))
		d.leaf("Description", t.Description)
		d.leaf("NetDays", strconv.Itoa(t.NetDays))
		d.leaf("DiscountDays", strconv.Itoa(t.DiscountDays))
		d.leaf("DiscountPercent", stock(t.DiscountPercent, 0))
		d.leaf("IsDefault", flag(t.Default))
		d.close("PaymentTerm")
	}
	d.close("PaymentTermList")
	c.send(d)
	return nil
}
