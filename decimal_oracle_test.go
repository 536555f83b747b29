package instep_test

import "math/big"

// rational is what math/big makes of a decimal.
func rational(s string) (*big.Rat, bool) { return new(big.Rat).SetString(s) }
