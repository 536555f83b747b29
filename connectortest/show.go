package connectortest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/instep-go/instep"
)

// equal compares two values by what show makes of them.
func (s *storeTest) equal(what string, got, want any) {
	s.Helper()
	if g, w := show(got), show(want); g != w {
		s.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// show writes a value so that what counts as the same has the same text: nil
// and empty slices, and an instant in any zone. Pointers must not be in it.
func show(v any) string {
	switch v := v.(type) {
	case instep.PairState:
		for i := range v.Streams {
			v.Streams[i].SweptAt = v.Streams[i].SweptAt.UTC()
		}
		return fmt.Sprintf("%+v", v)
	case instep.Mark:
		v.Due = v.Due.UTC()
		return fmt.Sprintf("mark %+v", v)
	case instep.Unit:
		v.Sent = v.Sent.UTC()
		return fmt.Sprintf("unit %+v", v)
	case instep.Fence:
		v.Fields = slices.Clone(v.Fields)
		for i := range v.Fields {
			v.Fields[i].At = v.Fields[i].At.UTC()
		}
		return fmt.Sprintf("fence %+v", v)
	case instep.Decision:
		v.At = v.At.UTC()
		return fmt.Sprintf("decision %+v", v)
	case instep.Activity:
		v.At = v.At.UTC()
		return fmt.Sprintf("%+v", v)
	case []instep.Activity:
		return showAll(v)
	case []instep.Link:
		return showAll(v)
	default:
		return fmt.Sprintf("%+v", v)
	}
}

func showAll[T any](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = show(v)
	}
	return strings.Join(texts, "\n     ")
}

// showWork writes an element of Open, of which one pointer is set.
func showWork(w instep.OpenWork) string {
	var texts []string
	if w.Unit != nil {
		texts = append(texts, show(*w.Unit))
	}
	if w.Mark != nil {
		texts = append(texts, show(*w.Mark))
	}
	if w.Fence != nil {
		texts = append(texts, show(*w.Fence))
	}
	if w.Decision != nil {
		texts = append(texts, show(*w.Decision))
	}
	if len(texts) != 1 {
		return fmt.Sprintf("%d kinds of work in one", len(texts))
	}
	return texts[0]
}

func compareDecisions(a, b instep.DecisionID) int {
	return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right), cmp.Compare(a.Verdict, b.Verdict))
}
