package netvisor

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/instep-go/instep"
)

// register is a small Netvisor whose lists and products a test sets one by
// one.
type register struct {
	listed [][]int64 // what each list shows; the last one stays
	gone   []int64   // listed, but not given
	stamp  string
	body   string // instead of any reply
	asked  []string

	failAfter int // fails the request of this number and those after it; 0: none
}

func (g *register) RoundTrip(r *http.Request) (*http.Response, error) {
	g.asked = append(g.asked, strings.TrimPrefix(r.URL.RequestURI(), "/"))
	if g.failAfter > 0 && len(g.asked) >= g.failAfter {
		return answerWith(r, 200, failure("TECHNICAL_ERROR :: x")), nil
	}
	if g.body != "" {
		return answerWith(r, 200, g.body), nil
	}
	var b strings.Builder
	if strings.HasSuffix(r.URL.Path, "productlist.nv") {
		for _, key := range g.listed[0] {
			fmt.Fprintf(&b, "<Product><NetvisorKey>%d</NetvisorKey></Product>", key)
		}
		if len(g.listed) > 1 {
			g.listed = g.listed[1:]
		}
		return answerWith(r, 200, g.envelope("<ProductList>"+b.String()+"</ProductList>")), nil
	}
	for text := range strings.SplitSeq(r.URL.Query().Get("idlist"), ",") {
		if key, _ := strconv.ParseInt(text, 10, 64); !slices.Contains(g.gone, key) {
			fmt.Fprintf(&b, "<Product><ProductBaseInformation><NetvisorKey>%d</NetvisorKey></ProductBaseInformation></Product>", key)
		}
	}
	return answerWith(r, 200, g.envelope("<Products>"+b.String()+"</Products>")), nil
}

func (g *register) envelope(content string) string {
	return strings.Replace(envelope(content), "15.1.2026 14:00:00", g.stamp, 1)
}

const day = "15.1.2026 14:00:00"

// ids returns the ids of records in order.
func ids(records []instep.Record) string {
	var out []string
	for _, r := range records {
		out = append(out, r.Ref.ID)
	}
	return strings.Join(out, " ")
}

func TestWalk(t *testing.T) {
	t.Parallel()
	g := &register{stamp: day, listed: [][]int64{{30, 2, 100, 2, 9, 30}}}
	p := stubbed(t, g, &Options{PageSize: 2}).Products()
	records, last := readAll(t, p, "")
	if got := ids(records); got != "2 9 30 100" {
		t.Errorf("records %s", got)
	}
	if last.Sweep != (instep.Sweep{Complete: true, Total: 4}) || !last.AsOf.Equal(testStamp) {
		t.Errorf("last page %+v", last)
	}
	g.listed = [][]int64{{}}
	empty, err := p.Read(t.Context(), last.Next)
	if err != nil || len(empty.Records) != 0 || empty.More || empty.Sweep.Complete || empty.Next != last.Next {
		t.Errorf("empty delta %+v, %v", empty, err)
	}
	g.stamp = "15.1.2026 15:00:00"
	later, err := p.Read(t.Context(), empty.Next)
	if err != nil || later.Next == empty.Next {
		t.Errorf("an empty page does not move the mark: %+v, %v", later, err)
	}
	want := []string{
		"productlist.nv?published=1&unpublished=1&deleted=0",
		"getproduct.nv?idlist=2,9&replyoption=1",
		"getproduct.nv?idlist=30,100&replyoption=1",
		"productlist.nv?changedsince=2026-01-15T13%3A50%3A00&published=1&unpublished=1&deleted=0",
		"productlist.nv?changedsince=2026-01-15T13%3A50%3A00&published=1&unpublished=1&deleted=0",
	}
	if diff := cmp.Diff(want, g.asked); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(later.Next), "2026-01-15T14:50:00") {
		t.Errorf("next %s", later.Next)
	}
}

// TestWalkInAnotherProcess: each page is read by a new connector. The records
// are the same, the list is read again each time, and the mark is the one of
// the first list.
func TestWalkInAnotherProcess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		listed [][]int64
		want   string
		sweep  instep.Sweep
	}{
		{"same", [][]int64{{1, 2, 3, 4, 5}}, "1 2 3 4 5", instep.Sweep{Complete: true, Total: 5}},
		{"added behind", [][]int64{{1, 2, 3, 4, 5}, {1, 2, 3, 4, 5, 6}}, "1 2 3 4 5 6", instep.Sweep{Complete: true, Total: 6}},
		{"deleted behind", [][]int64{{1, 2, 3, 4, 5}, {1, 2, 3, 4}}, "1 2 3 4", instep.Sweep{Complete: true, Total: 4}},
		{"appeared before", [][]int64{{2, 3, 4, 5}, {1, 2, 3, 4, 5}}, "2 3 4 5", instep.Sweep{Total: 5}},
		{"exchanged before", [][]int64{{2, 3, 4, 5}, {1, 3, 4, 5}}, "2 3 4 5", instep.Sweep{Total: 4}},
	} {
		g := &register{stamp: day, listed: tt.listed}
		var records []instep.Record
		var page instep.Page
		for from := instep.Cursor(""); ; from = page.Next {
			var err error
			if page, err = stubbed(t, g, &Options{PageSize: 2}).Products().Read(t.Context(), from); err != nil {
				t.Fatal(err)
			}
			records = append(records, page.Records...)
			g.stamp = "15.1.2026 18:00:00" // the later lists are younger
			if !page.More {
				break
			}
		}
		if got := ids(records); got != tt.want || page.Sweep != tt.sweep {
			t.Errorf("%s: records %s, sweep %+v", tt.name, got, page.Sweep)
		}
		if page.Next != (cursor{Format: cursorFormat("products"), Since: "2026-01-15T13:50:00"}).encode() {
			t.Errorf("%s: next %s", tt.name, page.Next)
		}
	}
}

// TestListedAndNotGiven: such a product is left out. The sweep is complete only
// if the list, read once more, shows that it was deleted.
func TestListedAndNotGiven(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		listed [][]int64
		sweep  instep.Sweep
	}{
		{"deleted", [][]int64{{1, 2, 3}, {1, 3}}, instep.Sweep{Complete: true, Total: 2}},
		{"still listed", [][]int64{{1, 2, 3}}, instep.Sweep{Total: 2}},
	} {
		g := &register{stamp: day, listed: tt.listed, gone: []int64{2}}
		records, last := readAll(t, stubbed(t, g, &Options{PageSize: 2}).Products(), "")
		if got := ids(records); got != "1 3" || last.Sweep != tt.sweep {
			t.Errorf("%s: records %s, sweep %+v", tt.name, got, last.Sweep)
		}
	}
}

// TestSamePageAgain: a page can be read again, as after an error of the state.
func TestSamePageAgain(t *testing.T) {
	t.Parallel()
	g := &register{stamp: day, listed: [][]int64{{1, 2, 3, 4, 5}}}
	p := stubbed(t, g, &Options{PageSize: 2}).Products()
	first, err := p.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		page, err := p.Read(t.Context(), first.Next)
		if err != nil || ids(page.Records) != "3 4" {
			t.Fatalf("%s, %v", ids(page.Records), err)
		}
	}
	if n := len(g.asked); n != 4 {
		t.Errorf("%d requests", n)
	}
}

func TestWalkErrors(t *testing.T) {
	t.Parallel()
	g := &register{body: failure("AUTHENTICATION_FAILED :: x")}
	p := stubbed(t, g, nil).Products()
	if page, err := p.Read(t.Context(), ""); instep.KindOf(err) != instep.Unauthorized || page.Next != "" {
		t.Errorf("%+v, %v", page, err)
	}
	if _, err := p.Read(t.Context(), "another source's"); instep.KindOf(err) != instep.Config {
		t.Errorf("%v", err)
	}
	noTime := stub(func(r *http.Request) (*http.Response, error) {
		resp := answerWith(r, 200, "<Root><ResponseStatus><Status>OK</Status></ResponseStatus><ProductList/></Root>")
		resp.Header.Del("Date")
		return resp, nil
	})
	if _, err := stubbed(t, noTime, nil).Products().Read(t.Context(), ""); instep.KindOf(err) != instep.Malformed {
		t.Errorf("a list without a time: %v", err)
	}
}

// TestMarkWithoutTimeStamp takes the Date header, never the local clock.
func TestMarkWithoutTimeStamp(t *testing.T) {
	t.Parallel()
	c := stubbed(t, always(200, "<Root><ResponseStatus><Status>OK</Status><TimeStamp>now</TimeStamp></ResponseStatus><ProductList/></Root>"), &Options{Lookback: -1})
	page, err := c.Products().Read(t.Context(), "")
	if err != nil || page.Next != (cursor{Format: cursorFormat("products"), Since: "2026-01-15T14:00:00"}).encode() {
		t.Errorf("%s, %v", page.Next, err)
	}
}

// TestMarkInTheRepeatedHour: when the clocks are put back, the mark lies
// before both passes of the hour.
func TestMarkInTheRepeatedHour(t *testing.T) {
	t.Parallel()
	g := &register{stamp: "25.10.2026 03:40:00", listed: [][]int64{{}}}
	page, err := stubbed(t, g, nil).Products().Read(t.Context(), "")
	if err != nil || page.Next != (cursor{Format: cursorFormat("products"), Since: "2026-10-25T02:30:00"}).encode() {
		t.Errorf("%s, %v", page.Next, err)
	}
}

// TestFailedPage: after a page that failed the same cursor gives it.
func TestFailedPage(t *testing.T) {
	t.Parallel()
	g := &register{stamp: day, listed: [][]int64{{1, 2, 3}}, gone: []int64{3}}
	p := stubbed(t, g, &Options{PageSize: 2, Retries: -1}).Products()
	first, err := p.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{0, 1} { // the products fail, then the list that confirms what is gone
		g.failAfter = len(g.asked) + after + 1
		if page, err := p.Read(t.Context(), first.Next); err == nil || len(page.Records) != 0 || page.Next != "" {
			t.Errorf("%+v, %v", page, err)
		}
	}
	g.failAfter, g.listed = 0, [][]int64{{1, 2}}
	last, err := p.Read(t.Context(), first.Next)
	if err != nil || last.Sweep != (instep.Sweep{Complete: true, Total: 2}) {
		t.Errorf("%+v, %v", last, err)
	}
}
