package transport

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// Secret is a text that does not show itself: printed, logged or encoded it is
// "[redacted]", or "" if it is empty. Only Reveal gives it away. Package fmt
// cannot ask the unexported fields of a struct how they want to be printed, so
// a struct that holds a Secret in one needs a Format method of its own. Nor can
// a Secret be the key of a map that is encoded as JSON: encoding/json takes keys
// as they are.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for the empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns what String returns, in quotes.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format prints what String returns, whatever the verb and flags.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'q' || f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// MarshalText returns what String returns.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON returns what String returns, as a JSON text.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(s.GoString()), nil }

// LogValue returns what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
