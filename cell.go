package instep

import "strings"

// GuardCell keeps a spreadsheet from taking a text in a CSV file for a formula: if
// it begins with one of = + - @, a tab or a carriage return, after apostrophes or
// none, it gets an apostrophe in front. UnguardCell takes that off again.
func GuardCell(text string) string {
	if likeFormula(text) {
		return "'" + text
	}
	return text
}

// UnguardCell returns the text of a cell that GuardCell has made, and any other as
// it is.
func UnguardCell(cell string) string {
	if likeFormula(cell) && cell[0] == '\'' {
		return cell[1:]
	}
	return cell
}

func likeFormula(text string) bool {
	rest := strings.TrimLeft(text, "'")
	return rest != "" && strings.ContainsRune("=+-@\t\r", rune(rest[0]))
}
