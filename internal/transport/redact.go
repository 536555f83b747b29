package transport

import (
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// maxUnescape is how many times over a secret may be percent-encoded and still
// be found.
const maxUnescape = 3

// Redact replaces every secret in the text by "[redacted]": as it is, with any
// of its bytes percent-encoded up to three times over, and with "+" for a
// space. Secrets that overlap in the text become one mark. Empty secrets are
// ignored.
func Redact(text string, secrets []string) string {
	var found []span
	v := plainView(text)
	for level := 0; ; level++ {
		for _, s := range secrets {
			found = v.find(found, s)
		}
		next, changed := v.unescape()
		if !changed || level == maxUnescape {
			return cut(text, found)
		}
		v = next
	}
}

// span is a part of a text, from one byte to before another.
type span struct{ from, to int }

// cut returns the text with a mark in place of the spans.
func cut(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	done := 0
	for i := 0; i < len(spans); {
		from, to := spans[i].from, spans[i].to
		for i++; i < len(spans) && spans[i].from < to; i++ {
			to = max(to, spans[i].to)
		}
		b.WriteString(text[done:from])
		b.WriteString(redacted)
		done = to
	}
	b.WriteString(text[done:])
	return b.String()
}

// view is a text after percent-decoding, and where in the original each of its
// bytes begins. A nil at stands for the original itself.
type view struct {
	text string
	at   []int // one more than bytes: the end comes last
}

func plainView(text string) view { return view{text: text} }

func (v view) origin(i int) int {
	if v.at == nil {
		return i
	}
	return v.at[i]
}

// find adds where in the original the secret is.
func (v view) find(found []span, secret string) []span {
	if secret == "" {
		return found
	}
	for i := 0; i+len(secret) <= len(v.text); i++ {
		if spells(v.text[i:i+len(secret)], secret) {
			found = append(found, span{v.origin(i), v.origin(i + len(secret))})
		}
	}
	return found
}

// spells reports whether text is the secret, where a "+" may stand for a space.
func spells(text, secret string) bool {
	for i := range len(secret) {
		if text[i] != secret[i] && (text[i] != '+' || secret[i] != ' ') {
			return false
		}
	}
	return true
}

// unescape decodes what is percent-encoded and leaves the rest as it is. It
// reports whether there was anything to decode.
func (v view) unescape() (view, bool) {
	if !strings.Contains(v.text, "%") {
		return v, false
	}
	out := make([]byte, 0, len(v.text))
	at := make([]int, 0, len(v.text)+1)
	for i := 0; i < len(v.text); {
		at = append(at, v.origin(i))
		c, n := escaped(v.text[i:])
		out = append(out, c)
		i += n
	}
	at = append(at, v.origin(len(v.text)))
	return view{string(out), at}, len(out) < len(v.text)
}

// escaped returns the byte that the beginning of text spells, and how long the
// spelling is.
func escaped(text string) (c byte, n int) {
	if len(text) >= 3 && text[0] == '%' {
		if b, err := hex.DecodeString(text[1:3]); err == nil {
			return b[0], 3
		}
	}
	return text[0], 1
}

// RedactURL returns the URL as logs may show it: without user and password,
// without the values of query parameters whose names look as if they held a
// secret, and without the given secrets in any spelling that [Redact] knows. A
// nil URL is "".
func RedactURL(u *url.URL, secrets []string) string {
	if u == nil {
		return ""
	}
	c := *u
	c.User = nil
	c.RawQuery = redactQuery(c.RawQuery)
	return Redact(c.String(), secrets)
}

func redactQuery(query string) string {
	if query == "" {
		return ""
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		if !ok || value == "" {
			continue
		}
		plain, err := url.QueryUnescape(name)
		if err != nil || looksSecret(plain) {
			parts[i] = name + "=" + redacted
		}
	}
	return strings.Join(parts, "&")
}

// secretsIn returns the given secrets and those that the URL itself holds: its
// password, and the values that RedactURL leaves out. Values of a few characters
// are no secrets, and would make holes in any text.
func secretsIn(u *url.URL, secrets []string) []string {
	if u.User == nil && u.RawQuery == "" {
		return secrets
	}
	all := slices.Clip(secrets)
	if p, ok := u.User.Password(); ok {
		all = append(all, p)
	}
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if len(value) > 3 && (err != nil || looksSecret(plain)) {
			all = append(all, value)
			if v, err := url.QueryUnescape(value); err == nil {
				all = append(all, v)
			}
		}
	}
	return all
}

// looksSecret reports whether a query parameter of this name holds a secret. The
// words "key" and "mac" count only on their own or in well-known compounds:
// "productkey" names a record, and a log without it is of little use.
func looksSecret(name string) bool {
	low := strings.ToLower(name)
	for _, word := range [...]string{"token", "secret", "password", "passwd", "signature", "apikey", "credential"} {
		if strings.Contains(low, word) {
			return true
		}
	}
	for _, word := range words(name) {
		switch word {
		case "key", "mac", "hmac", "sig", "auth", "pwd", "authkey", "accesskey", "privatekey", "customerkey",
			"partnerkey", "sharedkey", "authorization":
			return true
		}
	}
	return false
}

// words splits a name at punctuation and where a lower-case letter or digit
// meets an upper-case one, and returns the words in lower case.
func words(name string) []string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(r)
	}
	return strings.FieldsFunc(strings.ToLower(b.String()), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// hidden is an error whose text had a secret in it. The error itself stays out
// of reach, but errors.Is still knows what it is.
type hidden struct {
	text string
	err  error
}

// Error returns the text without the secret.
func (h *hidden) Error() string { return h.text }

// Is reports whether the hidden error is the target.
func (h *hidden) Is(target error) bool { return errors.Is(h.err, target) }

// redactError returns err, or an error that says the same without secrets. A
// *url.Error within it shows its URL as RedactURL does.
func redactError(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := text
	if e, ok := errors.AsType[*url.Error](err); ok && e.URL != "" {
		shown := redacted
		if u, err := url.Parse(e.URL); err == nil {
			shown = RedactURL(u, secrets)
		}
		clean = strings.ReplaceAll(clean, e.URL, shown)
	}
	if clean = Redact(clean, secrets); clean != text {
		return &hidden{clean, err}
	}
	return err
}
