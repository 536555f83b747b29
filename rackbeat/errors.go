package rackbeat

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/instep-go/instep"
	"github.com/instep-go/instep/internal/transport"
)

// misconfigured returns the error for an argument of New.
func misconfigured(field, what, remedy string) error {
	return &instep.Error{
		Kind: instep.Config, Op: "rackbeat: new client", Field: field, Err: errors.New(what), Remedy: remedy,
	}
}

// unfit returns the error for a value that is refused before anything is
// sent.
func unfit(field, what, remedy string) error {
	return &instep.Error{Kind: instep.Invalid, Field: field, Err: errors.New(what), Remedy: remedy}
}

// failed gives an error of the HTTP stack, or of the checks before it, the
// call's own name. What it does not know is of kind Unclassified.
func (k *call) failed(err error) error {
	e := &instep.Error{Err: err}
	if inner, ok := errors.AsType[*instep.Error](err); ok {
		known := *inner
		e = &known
	}
	e.Op, e.Ref = k.op, k.ref
	return e
}

// refused turns a reply with an error status into an error.
func (k *call) refused(resp *http.Response, body []byte, secret string) error {
	f := parseFault(body)
	e := &instep.Error{
		Kind: transport.StatusKind(resp.Request, resp.StatusCode), Op: k.op, Ref: k.ref,
		Status: resp.StatusCode, RetryAfter: transport.RetryAfter(resp),
		Answer: transport.Redact(instep.OneLine(f.text(), maxAnswer), []string{secret}),
	}
	if resp.StatusCode == http.StatusUnprocessableEntity && len(f.paths) > 0 {
		e.Field = f.paths[0]
		if k.numbered && f.onlyNumber() {
			e.Kind = instep.Duplicate
		}
	}
	e.Remedy = k.remedy(e, body)
	return e
}

// remedy says what a person can do about a refusal.
func (k *call) remedy(e *instep.Error, body []byte) string {
	switch {
	case e.Kind == instep.Unauthorized:
		return makeKey + " and use that one"
	case e.Kind == instep.Forbidden:
		return "give the API key the right to " + k.resource() + ", or use a key with all permissions"
	case e.Kind == instep.Duplicate:
		return "choose another number, or link the two " + cmp.Or(k.ref.Entity, "product") + "s"
	case e.Status/100 == 3 || e.Kind == instep.NotFound && isHTML(body):
		return checkBase
	default:
		return ""
	}
}

// maxAnswer is how many runes of the vendor's answer an error keeps.
const maxAnswer = 500

// checkBase is the remedy where something other than the service answers.
const checkBase = "check that the base URL is that of the service, such as " + Production

// resource names the register that the call is about, in words.
func (k *call) resource() string {
	name, _, _ := strings.Cut(k.path, "/")
	if name == "self" {
		return "the company's settings"
	}
	return strings.ReplaceAll(name, "-", " ")
}

// malformed returns the error for a reply that could not be understood. After
// a write it is of kind Lost: the write was carried out, but not as one could
// tell.
func (k *call) malformed(body []byte, err error) error {
	e := &instep.Error{Kind: instep.Malformed, Op: k.op, Ref: k.ref, Err: err}
	if isHTML(body) {
		e.Err, e.Remedy = errors.New("a web page where JSON was due"), checkBase
	}
	if k.method != http.MethodGet {
		e.Kind, e.Err = instep.Lost, fmt.Errorf("%w: %w", instep.Malformed, e.Err)
	}
	return e
}

// isHTML reports whether a body looks like a web page, or XML.
func isHTML(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

// fault is what a refusal says: texts in the company's language, and the
// dotted paths of the values that they are about. There are no codes (vendor
// documentation).
type fault struct {
	message string
	paths   []string // sorted
	texts   map[string][]string
}

// parseFault reads the body of a refusal as far as it can be understood.
func parseFault(body []byte) fault {
	var raw struct {
		Message json.RawMessage `json:"message"`
		Errors  json.RawMessage `json:"errors"`
	}
	var f fault
	if tooDeep(body) || json.Unmarshal(body, &raw) != nil {
		return f
	}
	_ = json.Unmarshal(raw.Message, &f.message) // of another type it says nothing
	var byPath map[string]json.RawMessage
	if json.Unmarshal(raw.Errors, &byPath) != nil {
		return f
	}
	f.texts = make(map[string][]string, len(byPath))
	for path, value := range byPath {
		f.texts[path] = texts(value)
	}
	f.paths = slices.Sorted(maps.Keys(f.texts))
	return f
}

// texts reads a list of texts, or a single one.
func texts(value json.RawMessage) []string {
	var many []string
	if json.Unmarshal(value, &many) == nil {
		return many
	}
	var one string
	if json.Unmarshal(value, &one) == nil {
		return []string{one}
	}
	return nil
}

// text returns all that the refusal says, as one line.
func (f *fault) text() string {
	if len(f.paths) == 0 {
		return f.message
	}
	parts := make([]string, len(f.paths))
	for i, path := range f.paths {
		parts[i] = path + ": " + strings.Join(f.texts[path], " ")
	}
	return strings.Join(parts, "; ")
}

// onlyNumber reports whether the number is all that is wrong.
func (f *fault) onlyNumber() bool { return len(f.paths) == 1 && f.paths[0] == "number" }
