package connectortest

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"time"
)

// leakLabel marks the goroutines that a call starts, and those that they
// start.
const leakLabel = "connectortest"

var leakCalls atomic.Int64

// leavesNone expects that no goroutine is left of a call after a while.
// Connections that net/http keeps for later do not count.
func (b *bench) leavesNone(call func(ctx context.Context)) {
	mark := fmt.Sprintf("call %d", leakCalls.Add(1))
	pprof.Do(b.ctx(), pprof.Labels(leakLabel, mark), call)
	var left string
	for wait := time.Millisecond; wait < 2*time.Second; wait *= 2 {
		if left = leftOf(mark); left == "" {
			return
		}
		time.Sleep(wait)
	}
	b.Errorf("goroutines are left:\n%s", left)
}

// leftOf returns the stacks of goroutines with a mark.
func leftOf(mark string) string {
	var buf bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&buf, 1); err != nil {
		return err.Error()
	}
	var left []string
	for stack := range strings.SplitSeq(buf.String(), "\n\n") {
		if strings.Contains(stack, `"`+leakLabel+`":"`+mark+`"`) && !strings.Contains(stack, "net/http.(*persistConn)") {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}
