// Package rackbeattest is a fake of the Rackbeat REST API for products and
// the lists they need. It keeps state, answers in the real wire format and
// misbehaves on request, towards any client in any language.
//
// # Known limits
//
//   - Served are self, products (with drafts and publish), product-groups and
//     units (list, get, create) and items (read only). Any other path is 404.
//     Lots exist only as seeded products of type "lot" and show in items.
//   - Suppliers, locations, variations, departments and discount groups are not
//     kept: their numbers are stored unchecked and their objects read as null.
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
//   - Requests are counted in fixed windows of a minute that open with the
//     first request.
//
// # Use
//
// New builds a Server, an http.Handler whose API lies under /api/. Start serves
// it on a loopback port and Transport without a socket. Edit, Add and Remove
// are what a person does in the web pages of the real service.
package rackbeattest
