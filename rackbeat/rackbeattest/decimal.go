package rackbeattest

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number as text with a period, such as "12.50".
// Empty means not set. Replies show the digits as they were given.
type Decimal string

const (
	priceDecimals    = 6  // vendor documentation
	physicalDecimals = 2  // vendor documentation
	maxIntDigits     = 14 // inferred: no column is wider
	maxExponent      = 30
)

var (
	errNotDecimal  = errors.New("not a decimal number")
	errTooBig      = errors.New("too big a number")
	errTooManyDecs = errors.New("too many decimals")
)

// parseDecimal reads an optionally signed number with at most places decimals,
// zeros at the end aside. It takes exponents, as JSON does, and writes them
// out; other than that the digits stay as they are.
func parseDecimal(s string, places int) (Decimal, error) {
	mantissa, exp, err := cutExponent(s)
	if err != nil {
		return "", err
	}
	rest, negative := strings.CutPrefix(mantissa, "-")
	whole, frac, point := strings.Cut(rest, ".")
	if !digits(whole) || (point && !digits(frac)) {
		return "", errNotDecimal
	}
	whole, frac = shift(whole, frac, exp)
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > maxIntDigits {
		return "", errTooBig
	}
	if len(strings.TrimRight(frac, "0")) > places {
		return "", errTooManyDecs
	}
	frac = frac[:min(len(frac), places)]
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		whole += "." + frac
	}
	if negative && strings.Trim(whole, "0.") != "" {
		whole = "-" + whole
	}
	return Decimal(whole), nil
}

func cutExponent(s string) (mantissa string, exp int, err error) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, nil
	}
	exp, err = strconv.Atoi(s[i+1:])
	if err != nil || exp < -maxExponent || exp > maxExponent {
		return "", 0, errNotDecimal
	}
	return s[:i], exp, nil
}

// shift moves the point between whole and frac by exp places to the right.
func shift(whole, frac string, exp int) (string, string) {
	if exp > 0 {
		frac += strings.Repeat("0", max(0, exp-len(frac)))
		return whole + frac[:exp], frac[exp:]
	}
	whole = strings.Repeat("0", max(0, -exp-len(whole))) + whole
	cut := len(whole) + exp
	return whole[:cut], whole[cut:] + frac
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// scaled returns d as a whole number of units of 10^-places. d must have been
// parsed with at most as many places; empty counts as 0.
func (d Decimal) scaled(places int) *big.Int {
	whole, frac, _ := strings.Cut(string(d), ".")
	n, ok := new(big.Int).SetString(whole+frac+strings.Repeat("0", places-len(frac)), 10)
	if !ok {
		return new(big.Int)
	}
	return n
}

// compare orders by value; not set comes first.
func (d Decimal) compare(e Decimal) int {
	switch {
	case d == e:
		return 0
	case d == "":
		return -1
	case e == "":
		return 1
	}
	return d.scaled(priceDecimals).Cmp(e.scaled(priceDecimals))
}

// minus returns d - e, without zeros at the end. What is not set counts as 0.
func (d Decimal) minus(e Decimal) Decimal {
	n := new(big.Int).Sub(d.scaled(priceDecimals), e.scaled(priceDecimals))
	s := new(big.Int).Abs(n).String()
	s = strings.Repeat("0", max(0, priceDecimals+1-len(s))) + s
	cut := len(s) - priceDecimals
	out := s[:cut]
	if frac := strings.TrimRight(s[cut:], "0"); frac != "" {
		out += "." + frac
	}
	if n.Sign() < 0 {
		out = "-" + out
	}
	return Decimal(out)
}

// or returns d, or zero where d is not set.
func (d Decimal) or(zero Decimal) Decimal {
	if d == "" {
		return zero
	}
	return d
}
