package instep

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// maxDecimalDigits bounds what ParseDecimal accepts: no price or quantity
// needs more, and a hostile reply must not make us build a huge number.
const maxDecimalDigits = 100

// errDecimal is the cause of every failure of ParseDecimal.
var errDecimal = errors.New("not a decimal number")

// Decimal is an exact decimal number of any scale, at most 100 digits long.
// The zero value is 0. Two decimals are the same number exactly if they are
// equal with ==: trailing zeros are not kept, so 25.0000 is 25. How many
// decimals a vendor wants to see is the business of its client.
type Decimal struct {
	text string // canonical: no sign on zero, no leading or trailing zeros; "" is 0
}

// ParseDecimal reads a decimal with a point, such as "-12.50", "+3" or
// "1.5e3". It accepts no spaces, no thousands separators and no comma.
func ParseDecimal(s string) (Decimal, error) {
	body, negative := strings.CutPrefix(s, "-")
	if !negative {
		body = strings.TrimPrefix(body, "+")
	}
	mantissa, exponent, err := splitExponent(body)
	if err != nil {
		return Decimal{}, err
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	if len(whole)+len(frac) == 0 || len(mantissa) > 2*maxDecimalDigits || !digits(whole) || !digits(frac) {
		return Decimal{}, errDecimal
	}
	if exponent != 0 {
		whole, frac = shift(whole, frac, exponent)
	}
	if len(strings.TrimLeft(whole, "0"))+len(strings.TrimRight(frac, "0")) > maxDecimalDigits {
		return Decimal{}, errDecimal
	}
	return canonicalDecimal(negative, whole, frac), nil
}

// MustDecimal is ParseDecimal for constants in programs and tests. It panics
// if s is not a decimal.
func MustDecimal(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic(fmt.Sprintf("instep: %q is %v", s, err))
	}
	return d
}

func splitExponent(s string) (mantissa string, exponent int, err error) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, nil
	}
	exponent, err = strconv.Atoi(s[i+1:])
	if err != nil || exponent > maxDecimalDigits || exponent < -maxDecimalDigits {
		return "", 0, errDecimal
	}
	return s[:i], exponent, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func shift(whole, frac string, exponent int) (newWhole, newFrac string) {
	if exponent > 0 {
		frac += strings.Repeat("0", max(0, exponent-len(frac)))
		return whole + frac[:exponent], frac[exponent:]
	}
	whole = strings.Repeat("0", max(0, -exponent-len(whole))) + whole
	cut := len(whole) + exponent
	return whole[:cut], whole[cut:] + frac
}

func canonicalDecimal(negative bool, whole, frac string) Decimal {
	whole = strings.TrimLeft(whole, "0")
	frac = strings.TrimRight(frac, "0")
	if whole == "" && frac == "" {
		return Decimal{}
	}
	if whole == "" {
		whole = "0"
	}
	text := whole
	if frac != "" {
		text = whole + "." + frac
	}
	if negative {
		text = "-" + text
	}
	return Decimal{text}
}

// String returns the shortest form with a point: "12.5", "-0.01", "0".
func (d Decimal) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Places returns the number of digits after the point.
func (d Decimal) Places() int {
	_, frac, _ := strings.Cut(d.text, ".")
	return len(frac)
}

// Cmp returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	if d == e {
		return 0
	}
	scale := max(d.Places(), e.Places())
	return d.unscaled(scale).Cmp(e.unscaled(scale))
}

// Round returns d rounded to the given number of places after the point,
// half away from zero. Places below 0 count as 0.
func (d Decimal) Round(places int) Decimal {
	places = max(places, 0)
	have := d.Places()
	if have <= places {
		return d
	}
	n := d.unscaled(have)
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(have-places)), nil)
	half := new(big.Int).Quo(unit, big.NewInt(2))
	if n.Sign() < 0 {
		half.Neg(half)
	}
	n.Add(n, half).Quo(n, unit)
	return decimalFromUnscaled(n, places)
}

// Fixed returns d rounded to places and padded with zeros to that many:
// MustDecimal("12.5").Fixed(2) is "12.50".
func (d Decimal) Fixed(places int) string {
	text := d.Round(places).String()
	missing := places - d.Round(places).Places()
	if missing <= 0 {
		return text
	}
	if !strings.Contains(text, ".") {
		text += "."
	}
	return text + strings.Repeat("0", missing)
}

func (d Decimal) unscaled(scale int) *big.Int {
	whole, frac, _ := strings.Cut(d.String(), ".")
	n, _ := new(big.Int).SetString(whole+frac+strings.Repeat("0", scale-len(frac)), 10)
	return n
}

func decimalFromUnscaled(n *big.Int, scale int) Decimal {
	text := new(big.Int).Abs(n).String()
	if len(text) <= scale {
		text = strings.Repeat("0", scale-len(text)+1) + text
	}
	cut := len(text) - scale
	return canonicalDecimal(n.Sign() < 0, text[:cut], text[cut:])
}

// MarshalText returns the form of String.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form that ParseDecimal accepts.
func (d *Decimal) UnmarshalText(text []byte) error {
	parsed, err := ParseDecimal(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
