// Package house checks the rules this module keeps about itself and no
// compiler knows: who may import whom, where package comments stand, how long
// files and functions may grow, which words and paths stay out, and that the
// README and CONTRIBUTING tell the truth about the folders.
//
// The rules are data, see [Rules] and the table in imports.go. The test of
// this package runs them over the module itself, and shows each of them
// failing on a small made-up tree.
package house
