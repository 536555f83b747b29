package catalogue

import (
	"fmt"
	"strconv"
	"strings"
)

// A numbering makes a business id out of a number: the national form, where one
// is in use on cards, and the VAT number with its country's letters. It reports
// false for numbers that get no id, because their check digit would have two
// digits.
type numbering struct {
	from, many int // numbers from and below from+many are for the firms without a special case
	id         func(n int) (national, vat string, ok bool)
}

// The ids of cases lie above these ranges, and what the registers of the
// countries have given out below them.
var (
	finnishIDs   = numbering{5_000_000, 4_000_000, finnishID}
	danishIDs    = numbering{9_000_000, 900_000, danishID}
	swedishIDs   = numbering{9_500_000, 400_000, swedishID}
	norwegianIDs = numbering{70_000_000, 9_000_000, norwegianID}
	germanIDs    = numbering{90_000_000, 9_000_000, germanID}
	estonianIDs  = numbering{90_000_000, 9_000_000, estonianID}
)

// scatter has neighbours in a register get ids that are far apart. It has no
// divisor in common with any of the ranges, so that no id comes twice.
const scatter = 48_271

// at returns the id of a place in the range, false if that place has none.
func (n numbering) at(place int) (national, vat string, ok bool) {
	return n.id(n.from + int(int64(place%n.many)*scatter%int64(n.many)))
}

// weighted sums up digits, each times its weight.
func weighted(digits string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return sum
}

// finnishID completes seven digits.
func finnishID(n int) (national, vat string, ok bool) {
	digits := fmt.Sprintf("%07d", n)
	check := weighted(digits, 7, 9, 10, 5, 8, 4, 2) % 11
	if check == 1 {
		return "", "", false
	}
	if check > 0 {
		check = 11 - check
	}
	return fmt.Sprintf("%s-%d", digits, check), fmt.Sprintf("FI%s%d", digits, check), true
}

// danishID completes seven digits to a CVR number.
func danishID(n int) (national, vat string, ok bool) {
	digits := fmt.Sprintf("%07d", n)
	check := (11 - weighted(digits, 2, 7, 6, 5, 4, 3, 2)%11) % 11
	if check == 10 {
		return "", "", false
	}
	national = digits + strconv.Itoa(check)
	return national, "DK" + national, true
}

// swedishID completes seven digits; firms have 55 before them and, in the VAT
// number, 01 after.
func swedishID(n int) (national, vat string, ok bool) {
	digits := fmt.Sprintf("55%07d", n)
	sum := 0
	for i := range digits {
		d := int(digits[i]-'0') * (2 - i%2)
		sum += d/10 + d%10
	}
	return "", fmt.Sprintf("SE%s%d01", digits, (10-sum%10)%10), true
}

// norwegianID completes eight digits.
func norwegianID(n int) (national, vat string, ok bool) {
	digits := strconv.Itoa(n)
	check := (11 - weighted(digits, 3, 2, 7, 6, 5, 4, 3, 2)%11) % 11
	return "", fmt.Sprintf("NO%s%dMVA", digits, check), check < 10
}

// germanID completes eight digits, by ISO 7064, MOD 11,10.
func germanID(n int) (national, vat string, ok bool) {
	digits := strconv.Itoa(n)
	product := 10
	for i := range digits {
		sum := (int(digits[i]-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return "", fmt.Sprintf("DE%s%d", digits, (11-product)%10), true
}

// estonianID completes eight digits.
func estonianID(n int) (national, vat string, ok bool) {
	digits := strconv.Itoa(n)
	check := (10 - weighted(digits, 3, 7, 1, 3, 7, 1, 3, 7)%10) % 10
	return "", fmt.Sprintf("EE%s%d", digits, check), true
}

// ascii spells a name with the letters of an address in the net.
var ascii = strings.NewReplacer(
	"ä", "a", "ö", "o", "å", "a", "æ", "ae", "ø", "o", "ü", "u", "õ", "o", "ß", "ss", "é", "e",
	" ", "-", ".", "", ",", "", "&", "og", "/", "", "'", "",
)

// slug is a name as a part of an address in the net.
func slug(name string) string { return ascii.Replace(strings.ToLower(name)) }
