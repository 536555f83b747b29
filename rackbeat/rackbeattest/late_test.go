package rackbeattest

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLate has a creation wait, and the minute's requests used up when it is
// carried out: it was accepted in another one.
func TestLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, &Options{RateLimit: 1})
		p := inProcess(t, s)
		const body = `{"number":"A","name":"a","sales_price":1,"group":1}`
		s.Script(Step{Late: 2 * time.Minute})
		if a, err := p.try("POST", "products", body); err == nil {
			t.Errorf("answered %+v", a)
		}
		time.Sleep(2*time.Minute - time.Second)
		p.want(404, "GET", "products/A", "")
		p.want(429, "GET", "products/A", "")
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.Products(); len(got) != 1 || got[0].Number != "A" || !got[0].CreatedAt.Equal(time.Now().Truncate(time.Second)) {
			t.Errorf("%+v", got)
		}
		p.want(429, "GET", "products/A", "")
		time.Sleep(time.Minute)
		if a := p.want(422, "POST", "products", body); paths(t, a) != "number" {
			t.Errorf("the number is taken: %s", a.body)
		}
	})
}
