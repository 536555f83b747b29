// Package netvisor speaks the XML interface of Visma Netvisor: a typed client
// for products and their groups, and a connector that makes the products of
// one company a source and a sink.
//
// # Two faces
//
// [New] returns a [Client] whose methods are the vendor's resources:
// [Client.ListProducts], [Client.GetProducts], [Client.AddProduct],
// [Client.EditProduct], [Client.ExtendedProducts], [Client.ProductGroups].
// [Client.Products] returns the connector: one value that reads, writes,
// finds, lists, describes and probes.
//
// # One company, one request at a time
//
// Netvisor answers one request at a time per company; overlapping requests
// fail. A Client therefore sends its requests one after the other, however
// many goroutines use it. Two Clients for one company do not know of each
// other: make one and share it.
//
// # What is sent again, and what is not
//
// Every attempt is signed afresh, with a transaction id and timestamps of its
// own. Reads and edits are repeated when no reply came, because an edit sets
// absolute values. An add is sent once: when its reply is missing, or cannot
// be understood, the error is of kind Lost, and the product must be looked
// for before it is added again. The transaction id gives no protection, since
// it only refuses the identical request. Redirects are not followed.
//
// # How changes are read
//
// productlist.nv tells which products changed, getproduct.nv what they hold.
// The change filter takes Finnish local time and the mark for the next read is
// the TimeStamp of the list's own reply less a margin ([Options.Lookback]),
// never the time of this machine. In the hour that Finland's clocks repeat in
// October the mark is set an hour further back, because a local time does not
// say which of the two passes is meant. The list says nothing of products that
// were deleted; only a walk over everything shows that they are gone.
//
// # Text, numbers, prices
//
// Element names are read in any case. A reply may be in UTF-8, ISO-8859-1,
// ISO-8859-15 or Windows-1252. Numbers are exact; they are read with a comma
// or a point and sent with a comma. In an edit, a field that is left out
// stays as it is and a cleared one is sent as an empty element; the elements
// go out in the order that the vendor documents.
//
// A product has a net price and a gross price. The connector's unit_price is
// the net one, read from UnitPrice with type net, and written with type net.
// Where a reply gives UnitPrice with type gross or brutto, as old data may,
// that is the gross price; the net price is then not known, and it is not
// calculated, because rounding would make it a different number.
//
// # What is inferred
//
// Some of what this package does is not documented by the vendor: that the
// change filter takes Finnish time; that an element missing from a section
// that is there means an empty field; the answer of an edit of an unknown
// product; what is accepted twice as a product code; that ReplyImages is 4096
// where the documentation prints 2096. The doc comments say so at each place.
//
// # What is not covered
//
// Customers, suppliers, invoices, orders, stock and payroll; the images and
// attachments of products; the parts of extendedproductlist.nv that reply
// options add, which are asked for but not decoded. Netvisor has no list of
// units: a unit is text, and one that is new is added by the product that
// uses it. It has no resource that deletes a product either.
package netvisor
