package registers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row is what matching needs of a customer.
type Row struct{ ID, Code, BusinessID, Name string }

// ReadCSV calls row for each customer of a register, read with encoding/csv.
func ReadCSV(r io.Reader, row func(Row)) error {
	c := csv.NewReader(r)
	c.ReuseRecord = true
	for n := 0; ; n++ {
		rec, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n > 0:
			row(Row{rec[0], rec[1], rec[2], rec[3]})
		}
	}
}

// Bytes is Row as parts of the text that was read.
type Bytes struct{ ID, Code, BusinessID, Name []byte }

// Split calls row for each customer of a register, which it only splits at
// commas and line ends: there are no quotes in it. The bytes are good until row
// returns.
func Split(r io.Reader, row func(Bytes)) error {
	buf := make([]byte, 0, 1<<16)
	header := true
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		whole := bytes.LastIndexByte(buf, '\n') + 1
		text := buf[:whole]
		if header && whole > 0 {
			text = text[bytes.IndexByte(text, '\n')+1:]
			header = false
		}
		splitLines(text, row)
		buf = buf[:copy(buf, buf[whole:])]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case len(buf) == cap(buf):
			return bytes.ErrTooLarge
		}
	}
}

func splitLines(text []byte, row func(Bytes)) {
	for len(text) > 0 {
		var field [4][]byte
		for i := range field {
			at := bytes.IndexByte(text, ',')
			field[i], text = text[:at], text[at+1:]
		}
		text = text[bytes.IndexByte(text, '\n')+1:]
		row(Bytes{field[0], field[1], field[2], field[3]})
	}
}

// SplitText is Split for a register that is held as a whole: the fields are
// parts of the text.
func SplitText(text string, row func(Row)) {
	_, text, _ = strings.Cut(text, "\n")
	for len(text) > 0 {
		var field [4]string
		for i := range field {
			at := strings.IndexByte(text, ',')
			field[i], text = text[:at], text[at+1:]
		}
		text = text[strings.IndexByte(text, '\n')+1:]
		row(Row{field[0], field[1], field[2], field[3]})
	}
}

// AppendKey appends the key that a text comes to: its letters, in lower case,
// and its digits.
func AppendKey[T string | []byte](dst []byte, text T) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			var n int
			dst, n = appendLetter(dst, string(text[i:min(i+utf8.UTFMax, len(text))]))
			i += n
			continue
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			dst = append(dst, c)
		}
		i++
	}
	return dst
}

// appendLetter appends what a text begins with, if that is a letter or digit,
// and returns how long it was.
func appendLetter(dst []byte, text string) ([]byte, int) {
	c, n := utf8.DecodeRuneInString(text)
	if unicode.IsLetter(c) || unicode.IsDigit(c) {
		dst = utf8.AppendRune(dst, unicode.ToLower(c))
	}
	return dst, n
}

// Key is AppendKey as a text of its own, or the very text if it is a key.
func Key(text string) string {
	if strings.IndexFunc(text, func(c rune) bool { return c >= utf8.RuneSelf || c < '0' || c > '9' && c < 'a' || c > 'z' }) < 0 {
		return text
	}
	return string(AppendKey(nil, text))
}
