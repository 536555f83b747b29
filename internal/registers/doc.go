// Package registers makes two registers of the same made-up customers, and
// matches them plainly: what every benchmark of matching reads, and the floor
// it is held against.
//
// Of 20 customers in a row, 14 have the same code on both sides, 2 the same
// business id, 2 the same name in another spelling; 1 has a name that two
// customers share on each side, and 1 is not on the other side at all. The left
// side is in the order of its ids, the right one in an order of its own. The
// same number of customers always gives the same bytes.
package registers
