// Package catalogue makes up the products of a small Nordic trading company,
// as they stand in its two systems before these were ever brought into step:
// most are on both sides and equal, some differ in a field or two, some are
// only on one side, and a few are of the kind that makes a person look twice.
// The same seed and number always give the same products.
//
// All names, codes and prices are invented. Barcodes are valid EAN-13 numbers
// of the range that is kept free for use inside a company.
package catalogue
