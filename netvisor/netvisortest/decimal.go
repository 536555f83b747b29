package netvisortest

import (
	"math/big"
	"strings"
)

const (
	maxWhole  = 18 // digits before the separator
	maxPlaces = 12 // decimals kept, as many as productlist.nv shows
)

// parseDecimal reads a number with a comma or a point and gives it in the
// plain form: a point, no needless zeros, no "-0". Decimals beyond the twelfth
// are rounded.
func parseDecimal(s string) (string, bool) {
	s = strings.TrimSpace(s)
	digits, negative := strings.CutPrefix(s, "-")
	whole, frac, separated := strings.Cut(strings.Replace(digits, ",", ".", 1), ".")
	if !isDigits(whole) || len(whole) > maxWhole || len(frac) > 4*maxPlaces || (separated && !isDigits(frac)) {
		return "", false
	}
	if negative {
		whole = "-" + whole
	}
	if len(frac) > maxPlaces {
		return roundDecimal(whole+"."+frac, maxPlaces), true
	}
	return plain(whole, frac), true
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func plain(whole, frac string) string {
	digits, negative := strings.CutPrefix(whole, "-")
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		digits = "0"
	}
	if frac = strings.TrimRight(frac, "0"); frac != "" {
		digits += "." + frac
	}
	if negative && digits != "0" {
		return "-" + digits
	}
	return digits
}

// roundDecimal rounds a plain number half away from zero.
func roundDecimal(s string, places int) string {
	_, frac, _ := strings.Cut(s, ".")
	if len(frac) <= places {
		return s
	}
	return ratio(rat(s), places)
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return new(big.Rat) // blank counts as zero
	}
	return r
}

func ratio(r *big.Rat, places int) string {
	whole, frac, _ := strings.Cut(r.FloatString(places), ".")
	return plain(whole, frac)
}

// shown writes a plain number the vendor's way: a comma and at least places
// decimals.
func shown(s string, places int) string {
	if s == "" {
		return ""
	}
	whole, frac, _ := strings.Cut(s, ".")
	if n := places - len(frac); n > 0 {
		frac += strings.Repeat("0", n)
	}
	if frac == "" {
		return whole
	}
	return whole + "," + frac
}

// prices returns the price of one unit without and with VAT.
func (p *Product) prices() (net, gross string) {
	if p.VATPercent == "0" || p.VATPercent == "" {
		return p.UnitPrice, p.UnitPrice
	}
	factor := new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Quo(rat(p.VATPercent), big.NewRat(100, 1)))
	if !p.GrossPrice {
		return p.UnitPrice, ratio(factor.Mul(factor, rat(p.UnitPrice)), maxPlaces)
	}
	if factor.Sign() == 0 {
		return p.UnitPrice, p.UnitPrice
	}
	return ratio(new(big.Rat).Quo(rat(p.UnitPrice), factor), maxPlaces), p.UnitPrice
}
