// Package netvisortest is a stateful fake of the Netvisor XML API, for the
// products of a company and the lists they need. It runs inside a test, behind
// an http.RoundTripper or on a loopback port, keeps what is written to it, in
// a folder if it is given one, and can be made to misbehave.
//
// # Known limits
//
//   - Resources: productlist.nv, getproduct.nv, product.nv,
//     extendedproductlist.nv, getproductgroups.nv and customerlist.nv. The last
//     is always empty and serves as a cheap request to test access with. Every
//     other resource is answered with 404.
//   - The error texts are this package's own words in Finnish, Swedish and
//     English. Codes are the documented ones; which code a rule answers with is
//     partly inferred.
//   - Inferred, since the vendor does not document it: the window for
//     TimestampUnix, DUPLICATE_DATA for a product code in use, product codes
//     compared with case, list results in the order of their keys with unknown
//     ids left out, any edit moving the time of change, published meaning
//     isactive=1, the default page size of extendedproductlist.nv and the
//     meaning of its four page attributes, unknown elements being refused,
//     the filters' times being Finnish wall-clock time to the second.
//   - A group is found by its name or by its whole path "A / B"; a missing one
//     is created at the top. Group, unit and product names exist in one
//     language, FI.
//   - Dimensions and custom tags are kept, and given back only by Products and
//     Dump. Sub-products, price groups, customer prices, images and attachments
//     do not exist. Stock figures are what Edit or Add put there.
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
// an OK with an empty element when read and INVALID_DATA when edited, numbers
// have a comma and zeros at their end, element order matters on the way in and
// case does not.
package netvisortest
