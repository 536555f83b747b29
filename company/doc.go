// Package company knows how companies are told apart in Europe: by the
// business ids of their countries, and by their names.
//
// Business ids come in many spellings: 1967543-8, FI19675438 and 19675438 are
// one Finnish id. [Parse] reads them and checks their check digits, [Canonical]
// writes them in one form, and [Transforms] has a mapping do so. [Fold] makes
// names comparable without taking two firms for one: spelling and spaces do
// not count, the legal form does.
//
// [Cascade] joins both to the order in which customers and suppliers of two
// systems are commonly matched: by number, by business id, by name. On request
// it also asks about records that are merely alike.
package company
