package netvisor

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Charset is the encoding of request bodies. The vendor's documentation asks
// for ISO-8859-15; clients in use send UTF-8.
type Charset string

// The charsets of requests. Whatever ISO-8859-15 cannot hold is sent as a
// numeric character reference.
const (
	UTF8   Charset = "UTF-8"
	Latin9 Charset = "ISO-8859-15" // Latin-9: Latin-1 with the euro sign
)

// replyCharsets are the one-byte encodings a reply may be in.
var replyCharsets = map[string]*charmap.Charmap{
	"iso-8859-1":   charmap.ISO8859_1,
	"latin1":       charmap.ISO8859_1,
	"iso-8859-15":  charmap.ISO8859_15,
	"latin-9":      charmap.ISO8859_15,
	"windows-1252": charmap.Windows1252,
	"cp1252":       charmap.Windows1252,
}

var (
	bom         = []byte("\xef\xbb\xbf")
	declaration = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)
)

// toUTF8 returns a reply's body as UTF-8. A byte order mark decides, else the
// charset of the Content-Type, else the XML declaration. A body without any
// of these is UTF-8 if it is valid as such, else ISO-8859-15.
func toUTF8(body []byte, contentType string) ([]byte, error) {
	if rest, ok := bytes.CutPrefix(body, bom); ok {
		return validUTF8(rest)
	}
	name := charsetOf(contentType)
	if name == "" {
		if m := declaration.FindSubmatch(body[:min(len(body), 300)]); m != nil {
			name = strings.ToLower(string(m[1]))
		}
	}
	switch name {
	case "utf-8", "utf8", "us-ascii":
		return validUTF8(body)
	case "":
		if utf8.Valid(body) {
			return body, nil
		}
		name = "iso-8859-15"
	}
	table, ok := replyCharsets[name]
	if !ok {
		return nil, fmt.Errorf("the reply is in the charset %.40q, which is not one of the known", name)
	}
	return table.NewDecoder().Bytes(body)
}

func charsetOf(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(params["charset"]))
}

func validUTF8(body []byte) ([]byte, error) {
	if utf8.Valid(body) {
		return body, nil
	}
	at := 0
	for at < len(body) {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return nil, fmt.Errorf("the reply says that it is UTF-8, but byte %d is not", at)
}

// encode returns s in the charset. What stands for a character that the
// charset lacks is asked of reference.
func (c Charset) encode(s string, reference func(rune) string) []byte {
	if c != Latin9 {
		return []byte(s)
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if b, ok := charmap.ISO8859_15.EncodeRune(r); ok {
			out = append(out, b)
		} else {
			out = append(out, reference(r)...)
		}
	}
	return out
}
