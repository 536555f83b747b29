package netvisortest

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"
)

// latin9 are the places where ISO-8859-15 differs from ISO-8859-1.
var latin9 = map[byte]rune{
	0xA4: '€', 0xA6: 'Š', 0xA8: 'š', 0xB4: 'Ž', 0xB8: 'ž', 0xBC: 'Œ', 0xBD: 'œ', 0xBE: 'Ÿ',
}

var declaration = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']`)

var utf8Mark = []byte("\xef\xbb\xbf")

// toUTF8 decodes a message. A byte order mark decides its character set, else
// the Content-Type, else the XML declaration; without any it is UTF-8.
func toUTF8(body []byte, contentType string) ([]byte, *fault) {
	name := charsetOf(body, contentType)
	body = bytes.TrimPrefix(body, utf8Mark)
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii":
		if !utf8.Valid(body) {
			return nil, invalid(textXML)
		}
		return body, nil
	case "iso-8859-1", "latin1":
		return []byte(fromLatin(body, nil)), nil
	case "iso-8859-15", "latin-9":
		return []byte(fromLatin(body, latin9)), nil
	}
	return nil, invalid(textCharset, name)
}

func charsetOf(body []byte, contentType string) string {
	if bytes.HasPrefix(body, utf8Mark) {
		return "utf-8"
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return params["charset"]
	}
	if m := declaration.FindSubmatch(body[:min(len(body), 256)]); m != nil {
		return string(m[1])
	}
	return ""
}

func fromLatin(b []byte, special map[byte]rune) string {
	var out strings.Builder
	out.Grow(len(b))
	for _, c := range b {
		if r, ok := special[c]; ok {
			out.WriteRune(r)
		} else {
			out.WriteRune(rune(c))
		}
	}
	return out.String()
}

// toLatin9 encodes s in ISO-8859-15; it reports false for what cannot be.
func toLatin9(s string) (string, bool) {
	back := make(map[rune]byte, len(latin9))
	for c, r := range latin9 {
		back[r] = c
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		c, special := back[r]
		switch {
		case special:
			out = append(out, c)
		case r <= 0xFF && latin9[byte(r)] == 0:
			out = append(out, byte(r))
		default:
			return "", false
		}
	}
	return string(out), true
}
