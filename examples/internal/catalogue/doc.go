// Package catalogue makes up the registers of a small Nordic trading company,
// products, customers and suppliers, as they stand in its two systems before
// these were ever brought into step: most records are on both sides and equal,
// some differ in a field or two, some are only on one side, and a few are of
// the kind that makes a person look twice. The same seed and sizes always give
// the same records, and each register is the same whatever the sizes of the
// others.
//
// The records that make a person look twice stand first. Those of customers and
// suppliers are listed with what ought to become of them: see [CustomerCases]
// and [SupplierCases].
//
// # Nobody is meant
//
// All names, places, codes and prices are invented. Barcodes are valid EAN-13
// numbers of the range that is kept free for use inside a company. Business ids
// and VAT numbers have valid check digits and lie beyond what the registers of
// the countries have given out; the personal identity code is of the range
// reserved for tests. E-mail addresses end in .example. Telephone numbers are of
// the ranges that Sweden, Germany, Britain and the United States keep free for
// fiction; those of other countries begin with two zeros, as none does.
package catalogue
