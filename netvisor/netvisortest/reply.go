package netvisortest

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the vendor's clock is Finnish on every machine
)

const xmlHead = `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + "\n"

// helsinki is the zone of every time the vendor shows or reads without one.
var helsinki = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err) // the zone comes with the program
	}
	return loc
}()

// document writes XML. Names are used as given: their case is the vendor's.
type document struct{ buf bytes.Buffer }

// open starts an element; attrs are names and values in turn.
func (d *document) open(name string, attrs ...string) {
	d.buf.WriteByte('<')
	d.buf.WriteString(name)
	for i := 0; i+1 < len(attrs); i += 2 {
		d.buf.WriteByte(' ')
		d.buf.WriteString(attrs[i])
		d.buf.WriteString(`="`)
		d.escape(attrs[i+1])
		d.buf.WriteByte('"')
	}
	d.buf.WriteByte('>')
}

func (d *document) close(name string) {
	d.buf.WriteString("</")
	d.buf.WriteString(name)
	d.buf.WriteByte('>')
}

// leaf writes an element with text, with a start and an end even when empty.
func (d *document) leaf(name, text string, attrs ...string) {
	d.open(name, attrs...)
	d.escape(text)
	d.close(name)
}

// short writes an element with text, in the short form when empty.
func (d *document) short(name, text string) {
	if text == "" {
		d.buf.WriteString("<" + name + " />")
		return
	}
	d.leaf(name, text)
}

func (d *document) escape(s string) {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`&<>"'`, r) }) {
		d.buf.WriteString(s)
		return
	}
	_ = xml.EscapeText(&d.buf, []byte(s)) // a bytes.Buffer does not fail
}

// flag is the usual form of a boolean.
func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// call is one request being answered.
type call struct {
	s     *Server
	w     http.ResponseWriter
	r     *http.Request
	lang  language
	codes bool // answer with telling HTTP status codes
	now   time.Time
}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request) *call {
	return &call{
		s:     s,
		w:     w,
		r:     r,
		lang:  languageOf(r.Header.Get(headLanguage)),
		codes: r.Header.Get(headStatusCodes) == "1",
		now:   s.now(),
	}
}

// stamp writes t as replies show it, such as "9.10.2013 13:42:50".
func stamp(t time.Time) string { return t.In(helsinki).Format(stampLayouts[0]) }

// stampLayouts are the forms that were seen: the usual one, the one of newer
// samples and one seen once.
var stampLayouts = []string{"2.1.2006 15:04:05", "02.01.2006 15:04:05", time.RFC3339}

// stamp writes the time of c's reply.
func (c *call) stamp() string {
	form := 0
	if c.s.o.OddTimeStamps {
		form = int(c.s.stamps.Add(1) % uint64(len(stampLayouts)))
	}
	return c.now.In(helsinki).Format(stampLayouts[form])
}

// begin starts a successful reply; send ends it.
func (c *call) begin() *document {
	d := &document{}
	d.buf.WriteString(xmlHead)
	d.open("Root")
	d.open("ResponseStatus")
	d.leaf("Status", "OK")
	d.leaf("TimeStamp", c.stamp())
	d.close("ResponseStatus")
	return d
}

func (c *call) send(d *document) {
	d.close("Root")
	switch {
	case c.odd(HTMLAfter):
		c.html()
	case c.odd(CutShort):
		c.write(http.StatusOK, d.buf.Bytes()[:d.buf.Len()*2/3])
	default:
		c.write(http.StatusOK, d.buf.Bytes())
	}
}

func (c *call) fail(f *fault) {
	c.write(c.status(f.code), failure(f.code, f.in(c.lang), c.stamp()))
}

func failure(code, text, stamp string) []byte {
	d := &document{}
	d.buf.WriteString(xmlHead)
	d.open("Root")
	d.open("ResponseStatus")
	d.leaf("Status", "FAILED")
	d.leaf("Status", code+" :: "+text)
	d.leaf("TimeStamp", stamp)
	d.close("ResponseStatus")
	d.close("Root")
	return d.buf.Bytes()
}

// FailureBody is the body of a failed reply with one of the vendor's codes, for
// the Body of a Step, such as FailureBody("SYSTEM_MAINTENANCE", "back at 6").
func FailureBody(code, text string) string {
	return string(failure(code, text, stamp(time.Now())))
}

// failMalformed answers failed authentication with the string to hash in it,
// unescaped, and the keys masked.
func (c *call) failMalformed(f *fault, toHash string) {
	body := xmlHead + "<Root><ResponseStatus><Status>FAILED</Status><Status>" + f.code + " :: " + f.in(c.lang) +
		". " + toHash + "&***&***</Status><TimeStamp>" + c.stamp() + "</TimeStamp></ResponseStatus></Root>"
	c.write(c.status(f.code), []byte(body))
}

func (c *call) write(status int, body []byte) {
	c.w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	c.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if c.s.off.Load() != 0 {
		c.w.Header().Set("Date", c.now.UTC().Format(http.TimeFormat))
	}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // the client may be gone
}

// status is the HTTP status of a failure; 200 unless the client asked for
// telling ones.
func (c *call) status(code string) int {
	if !c.codes {
		return http.StatusOK
	}
	switch code {
	case codeAuthentication:
		return http.StatusUnauthorized
	case codeAccess:
		return http.StatusForbidden
	case codeTechnical:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}
