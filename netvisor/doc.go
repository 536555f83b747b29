// Package netvisor speaks the XML interface of Visma Netvisor: a typed client
// for products, customers and suppliers, and connectors that make each of them
// a source and a sink.
//
// # Two faces
//
// [New] returns a [Client] whose methods are the vendor's resources:
// [Client.ListProducts], [Client.GetProducts], [Client.AddProduct],
// [Client.EditProduct], [Client.ExtendedProducts], [Client.ProductGroups];
// [Client.ListCustomers], [Client.GetCustomers], [Client.AddCustomer],
// [Client.EditCustomer], [Client.DeleteCustomer], [Client.AddContactPerson],
// [Client.AddOffice], [Client.PaymentTerms]; [Client.ListVendors],
// [Client.GetVendors], [Client.AddVendor], [Client.EditVendor] and those that
// go with them. [Client.Products], [Client.Customers] and [Client.Vendors]
// return the connectors: each is one value that reads, writes, finds, lists,
// describes and probes. Suppliers are vendors in Netvisor; the connector's
// entity is "supplier".
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
// be understood, the error is of kind Lost, and the record must be looked
// for before it is added again. The transaction id gives no protection, since
// it only refuses the identical request. Redirects are not followed.
//
// # How changes are read
//
// A list, productlist.nv or customerlist.nv, tells which records changed, and
// a second resource, getproduct.nv or getcustomer.nv, what they hold.
// Suppliers have no list: getvendor.nv gives those that changed in pages.
// The change filter takes Finnish local time and the mark for the next read is
// the TimeStamp of the list's own reply less a margin ([Options.Lookback]),
// never the time of this machine. In the hour that Finland's clocks repeat in
// October the mark is set an hour further back, because a local time does not
// say which of the two passes is meant. No list says anything of records that
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
// # Private customers
//
// The external identifier of a company is its business id, that of a private
// customer a personal identity code. The typed client gives both. The
// connector gives only business ids: external_identifier is absent in the
// record of a private customer, and finds none.
//
// # Names that differ between reading and writing
//
// Netvisor reads and writes some values under different names:
// DefaultVatPercent of a product is written as defaultvatpercentage,
// AdditionalStreetAddress and ReferenceNumber of a customer as
// additionaladdressline and customerreferencenumber,
// IsPartialVatReducedPrivileged of a supplier as ispartialvatreduceprivileged.
// An edit of a product or a customer names it by id, one of a supplier by
// netvisorkey. Types and fields have one name for both.
//
// # What is inferred
//
// Some of what this package does is not documented by the vendor: that the
// change filter takes Finnish time; that an element missing from a section
// that is there means an empty field; the answer of an edit of an unknown
// record; what is accepted twice as a product or customer code; that
// ReplyImages is 4096 where the documentation prints 2096; that a list of keys
// which is refused with INVALID_DATA holds an unknown one; that 1900-01-01 as
// a change filter gives every supplier, and 500 of them may be asked for by
// key; that the name of a new group of customers or suppliers makes the group;
// that a payment term's description is its name; what an edit of a contact
// person may leave out, and whether adding one tells its key. The doc comments
// say so at each place.
//
// # What is not covered
//
// Invoices, orders, stock and payroll; the images and attachments of products;
// the parts of extendedproductlist.nv that reply options add, which are asked
// for but not decoded; the reply options of getcustomer.nv; sales personnel.
// Netvisor has no list of units: a unit is text, and one that is new is added
// by the product that uses it. It has none of customer groups or vendor groups
// either; the connectors list those in use. It has no resource that deletes a
// product or a supplier, and no flag that sets a supplier out of use.
package netvisor
