// Package netvisortest is a stateful fake of the Netvisor XML API, for the
// products, customers and vendors (suppliers) of a company and the lists they
// need. It runs inside a test, behind an http.RoundTripper or on a loopback
// port, keeps what is written to it, in a folder if it is given one, and can be
// made to misbehave.
//
// # Known limits
//
//   - Resources: productlist.nv, getproduct.nv, product.nv,
//     extendedproductlist.nv and getproductgroups.nv; customerlist.nv,
//     getcustomer.nv, customer.nv, deletecustomer.nv, contactperson.nv,
//     office.nv and paymenttermlist.nv; getvendor.nv and vendor.nv. Every other
//     resource is answered with 404.
//   - The error texts are this package's own words in Finnish, Swedish and
//     English, but for customers and vendors that are not there. Codes are the
//     documented ones; which code a rule answers with is partly inferred.
//   - Inferred, since the vendor does not document it: the window for
//     TimestampUnix, DUPLICATE_DATA for a code in use, codes compared with
//     case, list results in the order of their keys, any edit moving the time
//     of change, published meaning isactive=1, the default page size of
//     extendedproductlist.nv and the meaning of its four page attributes,
//     unknown elements being refused, the filters' times being Finnish
//     wall-clock time to the second.
//   - Inferred for customers: an unknown id of idlist being left out (see
//     Options.StrictIDLists), a name being mandatory, isactive being 1 unless a
//     new customer says otherwise, a missing customer group being created and an
//     unknown payment term refused, the next free code being the highest one of
//     digits only and one more, INVALID_DATA for a customer with invoices that
//     is to be deleted, inactive customers being listed, the reply of office.nv
//     giving the new key, and an edit of a person or an office being one of the
//     customer.
//   - Inferred for vendors: at most 500 keys in netvisorkeylist and 50
//     characters in a code, all vendors in one reply if no page is asked for,
//     no header for a page that is not there, a page beyond the last being
//     empty, an edit answered without the key, PaymentTerm being the net days,
//     INVALID_DATA for an unknown key, the order of vendor.nv within a bank
//     account.
//   - A product group is found by its name or by its whole path "A / B"; a
//     missing one is created at the top. Group, unit and product names exist in
//     one language, FI. Customer groups have keys but no list; vendor groups are
//     a text.
//   - Dimensions and custom tags of products, and what Customer and Vendor call
//     never read back, are given back only by their accessors and Dump.
//     Sub-products, price groups, customer prices, images and attachments do
//     not exist. Stock figures are what Edit or Add put there. Sales persons,
//     factoring accounts, automation rules, positions and dimensions are texts
//     that name nothing; operators of e-invoices are not checked. Of
//     replyoption only 1 shows, with zeros. Invoices do not exist:
//     SetInvoicingHistory says who has some.
//   - The newest 100,000 transaction ids are remembered, in memory only: a
//     restarted fake accepts an old one again, if its timestamp is still good.
//   - The malformed authentication failure shows the string that was to be
//     hashed, never the hash: a fake that gave it would sign for anyone.
//   - One process at a time may use a folder.
//
// # Fidelity
//
// The wire format follows the vendor's documentation where it could be read and
// public samples elsewhere, among them the irregular ones: an unknown product is
// an OK with an empty element when read and INVALID_DATA when edited, an unknown
// customer or vendor is a failure either way, one unknown vendor fails a whole
// list, and a list with one vendor in it is answered without the element around
// it. Elements have one name when written and another when read. Numbers have a
// comma and zeros at their end, booleans are digits here and words there, the
// addresses in lists are of no use, element order matters on the way in and case
// does not.
//
// # Misbehaving
//
// Step and Faults break connections and answer with statuses, whatever the
// vendor. Misbehave has replies go wrong that only this fake can put together:
// HTML for XML, a list without its second half, a row twice at the border of two
// pages. SetDenied takes rights away, SetClockOff puts the clock wrong.
package netvisortest
