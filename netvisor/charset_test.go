package netvisor

import (
	"strings"
	"testing"
)

func TestToUTF8(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, body, contentType, want string }{
		{"header ISO-8859-1", "<a>\xe4\xa4</a>", `text/xml; charset="ISO-8859-1"`, "<a>ä¤</a>"},
		{"header ISO-8859-15", "<a>\xe4\xa4</a>", "text/xml;charset=iso-8859-15", "<a>ä€</a>"},
		{"header Windows-1252", "<a>\xe4\x80</a>", "text/xml; charset=windows-1252", "<a>ä€</a>"},
		{"header before declaration", "<?xml version='1.0' encoding='ISO-8859-15'?><a>ä</a>", "text/xml; charset=utf-8", "<?xml version='1.0' encoding='ISO-8859-15'?><a>ä</a>"},
		{"declaration", "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a>\xa4</a>", "text/xml", "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a>€</a>"},
		{"mark before header", "\xef\xbb\xbf<a>ä</a>", "text/xml; charset=iso-8859-1", "<a>ä</a>"},
		{"nothing said, UTF-8", "<a>ä😀</a>", "", "<a>ä😀</a>"},
		{"nothing said, not UTF-8", "<a>\xe4\xa4</a>", "nonsense;;", "<a>ä€</a>"},
	} {
		got, err := toUTF8([]byte(tt.body), tt.contentType)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	for _, tt := range []struct{ body, contentType, want string }{
		{"<a/>", "text/xml; charset=utf-16", "utf-16"},
		{"<a>\xe4</a>", "text/xml; charset=utf-8", "byte 3"},
	} {
		if _, err := toUTF8([]byte(tt.body), tt.contentType); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q as %s: %v", tt.body, tt.contentType, err)
		}
	}
}

func TestReplyInLatin(t *testing.T) {
	t.Parallel()
	body := strings.Replace(envelope("<ProductList><Product><NetvisorKey>1</NetvisorKey><Name>K\xe4\xa4</Name></Product></ProductList>"),
		"<Root>", `<?xml version="1.0" encoding="ISO-8859-15"?><Root>`, 1)
	text, err := toUTF8([]byte(body), "text/xml")
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	_, err = decode(text, "productlist", func(_, item *node) error { name = item.kid("name").text; return nil })
	if err != nil || name != "Kä€" {
		t.Errorf("%q, %v", name, err)
	}
}
