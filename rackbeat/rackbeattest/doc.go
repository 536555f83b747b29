// Package rackbeattest is a fake of the Rackbeat REST API for products,
// customers and suppliers and the lists they need. It keeps state, answers in the real wire format and
// misbehaves on request, towards any client in any language.
//
// # Known limits
//
//   - Served are self, products (with drafts and publish), items (read only),
//     customers with their contacts and addresses, suppliers with their
//     contacts, and the lists product-groups, units, customer-groups,
//     supplier-groups, payment-terms and delivery-terms (list, get, create),
//     layouts, currencies and employees (list, get). Any other path is 404.
//     Lots exist only as seeded products of type "lot" and show in items.
//   - Locations, variations, departments and discount groups are not kept: their
//     numbers are stored unchecked and their objects read as null. So is the
//     default supplier of a product, whether there is such a supplier or not.
//   - Customers and suppliers have no drafts, products, prices or discounts of
//     their own. A delivery address is known in its sub-resource alone.
//   - A product numbered "drafts" cannot be read at its path, which is that of
//     the list of drafts.
//   - The query parameter expand is ignored, metadata is always empty, custom
//     fields and translations do not exist.
//   - No webhook is sent. suppress_webhooks is accepted in query and body and
//     shows in the request log alone.
//   - Rows that are equal under order_by come in the order of their internal
//     ids. The real service promises nothing there.
//   - The cost price and all stock figures stay what they were seeded or edited
//     to; nothing is booked. A stock_quantity counts at creation alone.
//   - Any number of processes may be clients, but one process at a time may
//     have a folder open.
//
// # Choices
//
// Where the vendor's documentation is silent the fake picks one behaviour:
//
//   - Lists come newest first (created_at, descending) and hold drafts, which
//     carry is_draft; filter with is_draft=false. Deleted products are gone
//     from lists and from GET, unless Options.ListDeleted is set. The number of
//     a deleted product is free again.
//   - An unknown query parameter is ignored. A page or limit out of range and
//     an unknown attribute in order_by or simple_filter are answered with 422.
//   - An unknown or read-only name in a body is ignored, and so are the read
//     names min_order, min_sales and min_stock: their write names are
//     min_purchase_quantity, min_sales_quantity and min_inventory_quantity.
//   - Spaces around texts in a body are cut off (unless Options.KeepSpaces is
//     set) and an empty text counts as null. Null clears a field that is not
//     required; a cleared minimum quantity is 0.
//   - A draft may lack what a product requires; publishing it may not. A draft
//     without a number gets one.
//   - Numbers are unique among products and lots that are not deleted, and case
//     counts. A product with history cannot be deleted (422).
//   - updated_at has whole seconds and moves on a real change alone: a price
//     sent as 12.50 where 12.5 stands changes nothing.
//   - A body that is no JSON object is 400, one of another content type 415,
//     one over 1 MiB 413, an Accept header that rules JSON out 406.
//   - Of a customer or supplier only name and payment terms are required (the
//     vendor's description); Options.RequireAll asks for what public clients
//     always send (inferred). VAT zones are domestic, eu, abroad and
//     domestic_exempt, a currency is one of the list.
//   - Numbers of customers and suppliers are integers that may come as texts,
//     then without sign and leading zeros (inferred). One created without a
//     number gets the next of a series, which jumps over what is taken or was a
//     deleted one's and does not follow numbers that clients choose (inferred).
//   - company_name and name are one field; sent both, company_name counts. So
//     are address_... and billing_address or address, an object: flat names
//     count, null clears the address, and what the object lacks stays
//     (inferred). The country is any text, as are VAT numbers.
//   - Contacts have id, name, email and phone, addresses those of the vendor's
//     address objects and an id, and both want a name (inferred). They do not
//     move the updated_at of their customer or supplier (inferred).
//   - Filters compare whole values, case included (inferred). search looks in
//     name and number, in products in the barcode as well.
//   - A currency is found by its code; what a payment term's type holds is not
//     known and any text (inferred). Creating delivery terms and payment terms
//     is inferred from the vendor's events for them.
//   - Requests are counted in fixed windows of a minute that open with the
//     first request.
//
// # Use
//
// New builds a Server, an http.Handler whose API lies under /api/. Start serves
// it on a loopback port and Transport without a socket. Edit, Add and Remove,
// EditCustomer and the like are what a person does in the web pages of the real
// service.
//
// # Faults
//
// SetFaults and Script are those of every fake. SpoilLists truncates, empties or
// cuts a page, or has a row appear on two; HTMLPage is a step that answers HTML
// in place of JSON; Deny takes resources out of the key's scopes, which answers
// 403; SetClock sets the clock off by which the fake dates replies and changes.
package rackbeattest
