package rackbeat

import (
	"net/http"
	"strings"
	"unicode"
)

// makeKey says where an API key comes from.
const makeKey = "create an API key in Rackbeat under Company settings > API"

// sign gives an attempt the API key, and counts it.
func (c *Client) sign(req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+c.key.Reveal())
	if req.Method == http.MethodGet {
		c.reads.Add(1)
	} else {
		c.writes.Add(1)
	}
	return nil
}

// describe sets the headers that go with every request (vendor documentation,
// and the vendor's own client for the last four).
func (c *Client) describe(h http.Header) {
	h.Set("Accept", "application/json; charset=utf8")
	h.Set("Content-Type", "application/json; charset=utf8")
	h.Set("API-Version", "latest")
	h.Set("Consumer-Name", c.consumer.Name)
	h.Set("Consumer-Contact", c.consumer.Email)
	h.Set("User-Agent", c.consumer.Name+" ("+c.consumer.Email+")")
}

// checkKey finds what makes a key unusable. Its text is never shown.
func checkKey(key string) error {
	switch {
	case key == "":
		return misconfigured("key", "is empty", makeKey)
	case strings.HasPrefix(strings.ToLower(key), "bearer "):
		return misconfigured("key", "begins with the word Bearer", "give the key alone")
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return misconfigured("key", "holds a space or a character that no key has", "copy the key again, as one line")
	}
	return nil
}

// check finds a part that is missing or cannot stand in a header.
func (c Consumer) check() error {
	for _, part := range []struct{ field, value string }{
		{"Consumer.Name", c.Name}, {"Consumer.Email", c.Email},
	} {
		if clip(part.value) == "" {
			return misconfigured(part.field, "is empty", "say who calls: Rackbeat may block callers that do not")
		}
		if strings.ContainsFunc(part.value, unicode.IsControl) {
			return misconfigured(part.field, "holds a control character", "write it on one line")
		}
	}
	if !strings.Contains(c.Email, "@") {
		return misconfigured("Consumer.Email", "is not an e-mail address", "name somebody whom Rackbeat can write to")
	}
	return nil
}
