package registers

import (
	"bufio"
	"fmt"
	"io"

	"github.com/instep-go/instep"
)

// Header is the first line of a register, as a CSV file.
const Header = "id,code,business_id,name,street,zip,city,country\n"

// What the 20 customers in a row are: 0 to 13 match by code.
const (
	byID   = 14 // to 15
	byName = 16 // to 17
	shared = 18
	absent = 19
)

// Write writes one side of two registers of n customers each as CSV.
func Write(w io.Writer, s instep.Side, n int) error {
	b := bufio.NewWriterSize(w, 1<<16)
	line := []byte(Header)
	for at := range n {
		if _, err := b.Write(line); err != nil {
			return err
		}
		line = appendRow(line[:0], s, at, n)
	}
	if _, err := b.Write(line); err != nil {
		return err
	}
	return b.Flush()
}

// appendRow appends the row at a place of a side.
func appendRow(dst []byte, s instep.Side, at, n int) []byte {
	i := at
	if s == instep.Right {
		i = permuted(at, n)
	}
	class := i % 20
	code, id, name := 10_000_000+i, 1_000_000+i, i
	if class == shared {
		name = i/40*40 + shared // the one 20 further on has it as well
	}
	if s == instep.Right { // what does not match is somebody else's
		if class >= byID {
			code += n
		}
		if class >= byName {
			id += n
		}
		if class == absent {
			name += n
		}
	}
	dst = fmt.Appendf(dst, "%c%07d,%08d,", "LR"[s], i, code)
	dst = fmt.Appendf(dst, "%07d-%d,", id, id%10)
	dst = appendName(dst, s, name)
	return fmt.Appendf(dst, ",%s %d,%05d,%s,FI\n", streets[i%len(streets)], i%97+1, i*7%99999, cities[i%len(cities)])
}

// permuted gives the customer at a place of the right side.
func permuted(at, n int) int {
	step := 2654435761 % n
	for gcd(step, n) != 1 {
		step++
	}
	return at * step % n
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

var (
	streets = [...]string{"Mannerheimintie", "Hämeenkatu", "Storgatan", "Rantatie", "Vestergade"}
	cities  = [...]string{"Helsinki", "Tampere", "Århus", "Jyväskylä", "Turku", "Odense"}
	words   = [...]string{"Kahvila", "Leipomo", "Äänekosken Auto", "Bageri", "Sähkö", "Rakennus", "Møbler"}
	forms   = [...]string{"Oy", "Ab", "Tmi", "ApS", "Oyj"}
)

// appendName spells a name as the side does.
func appendName(dst []byte, s instep.Side, i int) []byte {
	word, form := words[i%len(words)], forms[i%len(forms)]
	if s == instep.Left {
		return fmt.Appendf(dst, "%s %d %s", word, i, form)
	}
	return fmt.Appendf(dst, "%s  %d. %s", upper[i%len(words)], i, form)
}

var upper = [...]string{"KAHVILA", "LEIPOMO", "ÄÄNEKOSKEN  AUTO", "BAGERI", "SÄHKÖ", "RAKENNUS", "MØBLER"}
