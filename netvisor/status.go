package netvisor

import (
	"bytes"
	"html"
	"strings"
)

// fault is a reply's word on what failed.
type fault struct {
	code string // INVALID_DATA; "" if the reply gives none
	text string // in the language asked for
}

// faultOf returns what the statuses of a reply say: the first is OK or
// FAILED, the second "CODE :: text", where the text may hold further " :: " or
// be missing.
func faultOf(status []string) (f fault, failed bool) {
	if len(status) == 0 || !strings.EqualFold(status[0], "FAILED") {
		return fault{}, false
	}
	if len(status) < 2 {
		return fault{}, true
	}
	code, text, _ := strings.Cut(status[1]+" ", " :: ") // the text may be empty
	if code = strings.TrimSpace(code); !isCode(code) {
		return fault{text: strings.TrimSpace(status[1])}, true
	}
	return fault{code: code, text: strings.TrimSpace(text)}, true
}

// isCode reports whether s can be one of the vendor's codes.
func isCode(s string) bool {
	if s == "" || len(s) > 60 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// scanStatus finds the texts of Status elements in a body that is not well
// formed. A refusal of the credentials is known to hold a bare ampersand.
func scanStatus(body []byte) []string {
	body = body[:min(len(body), 64<<10)]
	lower := asciiLower(body)
	var out []string
	for from := 0; len(out) < 4; {
		i := bytes.Index(lower[from:], []byte("<status>"))
		if i < 0 {
			break
		}
		from += i + len("<status>")
		end := bytes.Index(lower[from:], []byte("</status>"))
		if end < 0 {
			end = len(lower) - from
		}
		out = append(out, strings.TrimSpace(html.UnescapeString(string(body[from:from+end]))))
		from += end
	}
	return out
}

// asciiLower lowers A to Z and leaves every other byte, so that offsets stay.
func asciiLower(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}
