// Package rackbeat speaks the REST interface of Rackbeat, an inventory and
// order system: a typed client for products, customers and suppliers and the
// lists they need, and connectors that make each of these registers of one
// company a source and a sink.
//
// # Two faces
//
// [New] returns a [Client] whose methods are the vendor's resources:
// [Client.Self], [Client.ListProducts], [Client.GetProduct],
// [Client.CreateProduct], [Client.UpdateProduct], [Client.DeleteProduct],
// [Client.CreateProductDraft], [Client.PublishProduct], [Client.ListItems],
// product groups and units; the same for customers and suppliers, with their
// contacts and delivery addresses, groups, payment terms, delivery terms,
// layouts, employees and currencies. [Client.Products], [Client.Customers] and
// [Client.Suppliers] return the connectors: each is one value that reads,
// writes, finds, lists, describes and probes.
//
// # Numbers are names
//
// A product is addressed by its number, which people choose and may change.
// It is a text: case, leading zeros, slashes and spaces count and are carried
// as they are. In a path it stands in the form that the vendor gave for it
// (urlfriendly_number) where the product was read before, else percent-encoded
// once, or twice with [Twice]. Public clients disagree on which it is, so a
// number with a slash that is not found is looked for in the other form too.
// A reply about a product with another number, which a comparison without
// regard to case would give, counts as not found.
//
// # Customers and suppliers
//
// Their numbers are whole numbers of the vendor's, and texts of digits here.
// What has letters, is empty or begins with 0 cannot become one: a write of it
// fails with kind Invalid. A create must have a number, which then guards
// against a second one; with [Options.AutoNumber] the vendor may give it.
//
// A number that is written renames the record, as that of a product does. One
// that people change is followed by the vendor's own id. Where a view has none,
// the records have no identity but an origin, which is when they were created,
// with their name: nothing else that a reply holds is both unchanging and one
// record's alone.
//
// The business id stands in company_vat, or in ean where
// [Options.BusinessIDField] says so; the field business_id is one of these two
// under another name. It is text as people wrote it, not brought into a form.
//
// The vendor holds countries by their English names. The field country is the
// code of ISO 3166-1; a name that is not known is carried over as it is, with a
// line in the log that names the record, and stays as it is unless a country is
// written. A code that is not known is refused. Groups, payment terms, layouts,
// delivery terms and employees are given by name, and with
// [Options.CreateMissing] some are created where they are not there.
//
// Contacts and delivery addresses are not fields of the records: they have
// methods of their own.
//
// # What is sent again, and what is not
//
// GET, PUT and DELETE are repeated when no reply came: an update sets absolute
// values. A POST is sent once. When its reply is missing or cannot be
// understood, the error is of kind Lost and the product must be looked for
// before it is created again; a second create with the same number would be
// refused. An update that renames is absolute too, but finds nothing the
// second time: the connector then looks for the record under its new number. A
// delete that was carried out at an attempt without reply ends as NotFound.
// Redirects are not followed.
//
// # What a reading costs
//
// The vendor has no filter for changes. The connector therefore knows two
// walks:
//
//   - From the empty cursor it reads everything, in the order of creation:
//     one request for the mark, which is the newest updated_at, and one for
//     each 1000 products.
//   - From a later cursor it reads newest first and stops at the first product
//     that changed before the mark less a margin ([Options.Overlap]): one
//     request when little changed, one more for each 1000 changes.
//
// The second is only right where the vendor orders by updated_at, which is
// inferred. A page out of order, or a newest product that is older than one
// seen before, shows that it does not; from then on to the next full walk
// every walk goes to the end of the list, which costs as much as a full one.
//
// Lists have pages but no snapshot. A product that vanishes during a walk moves
// the rest up, past the border of a page; the walk then goes back as many
// pages as the total shrank by. Newest first, that loses nothing: whatever
// comes anew comes at the top and moves the rest down. A page that has fewer
// rows than its figures say keeps the mark where it was. A full walk calls itself
// complete only if all its pages agree on the total, as many different
// products were seen, and none of them was created after it began.
//
// # Time
//
// Times come with or without a zone. Without one they are taken for Danish
// time ([Options.ZonelessTimes]); only [Time.At] and the Modified of records
// depend on that, because marks compare what the vendor wrote. In the hour that
// clocks repeat in autumn the margin grows by that hour.
//
// # Blank, null, absent
//
// An [Attr] keeps apart what a reply does not speak of, what is null, and what
// is a blank text. In an update, [instep.Opt] keeps apart what stays, what is
// cleared and what is set. The connector gives blank texts as null.
//
// # What is inferred
//
// The vendor's documentation is thin. Taken from public clients or concluded,
// and marked so where it matters: the attributes of a product and their
// write names; order_by=updated_at; at most 1000 rows a page and 480 requests a
// minute; Danish time; that an error on number alone, for a number that is not
// blank, means that it is taken; creating product groups and units; that the
// parts of physical which an update leaves out stay as they are; that an empty
// object may come as an empty array.
//
// Of customers and suppliers: that a create needs group, VAT zone and layout
// too, where the vendor's description of 2018 names only name and payment term;
// that names are written as company_name, also where replies have name; that
// suppliers can be barred and have an EAN; that numbers have at most 18 digits,
// and that one of 10 or more may be refused for its size; that a PUT with another
// number renames, as the vendor's webhooks with an old and a new key imply;
// the filter by company_vat; what contacts, delivery terms, layouts and
// currencies hold; writing contacts and addresses; creating groups and payment
// terms.
//
// # What is not covered
//
// Lots (bills of materials) beyond their rows in [Client.ListItems], stock
// movements, prices per customer, custom fields, notes, orders and other
// documents, webhooks, and the sign-in of marketplace apps.
package rackbeat
