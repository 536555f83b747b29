package fakeserver

import (
	"strings"
	"testing"
	"time"
)

func TestParseFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want Faults
		out  string
		err  string // part of the error
	}{
		{in: "", want: Faults{}},
		{in: "lost=5%,429=5%,500=2%,slow=200ms", want: Faults{Lost: .05, TooMany: .05, ServerError: .02, Slow: 200 * time.Millisecond}, out: "lost=5%,429=5%,500=2%,slow=200ms"},
		{in: " LostBefore = 0.5 ,, 500after=12.5 % ", want: Faults{LostBefore: .5, ServerErrorAfter: .125}, out: "lostbefore=50%,500after=12.5%"},
		{in: "lost=100%", want: Faults{Lost: 1}, out: "lost=100%"},
		{in: "lost=0.1,slow=0s", want: Faults{Lost: .1}, out: "lost=10%"},
		{in: "lost", err: `fault "lost": want name=value`},
		{in: "lost=", err: `fault "lost="`},
		{in: "429=1%,lsot=1%", err: `fault "lsot=1%": unknown name`},
		{in: "lost=1%,lost=2%", err: `fault "lost=2%": lost is given twice`},
		{in: "lost=101%", err: `fault "lost=101%": want a share`},
		{in: "lost=5", err: `fault "lost=5": want a share`},
		{in: "lost=-1%", err: `fault "lost=-1%"`},
		{in: "lost=NaN", err: `fault "lost=NaN"`},
		{in: "slow=fast", err: `fault "slow=fast": want a duration`},
		{in: "slow=-1s", err: `fault "slow=-1s"`},
		{in: "lost=60%,429=60%", err: "more than 100%"},
		{in: "late=2%,504late=1%,lateby=90s", want: Faults{Late: .02, TimeoutLate: .01, LateBy: 90 * time.Second}, out: "late=2%,504late=1%,lateby=1m30s"},
		{in: "lateby=0s,late=2%", want: Faults{Late: .02}, out: "late=2%,lateby=0s"},
		{in: "lateby=1s", want: Faults{LateBy: time.Second}, out: "lateby=1s"},
		{in: "late=2%", err: "say how late with lateby"},
		{in: "504late=2%,slow=1s", err: "say how late with lateby"},
		{in: "lateby=-1s,late=2%", err: `fault "lateby=-1s": want a duration`},
		{in: "late=60%,504late=60%,lateby=1s", err: "more than 100%"},
		{in: "slowreply=5%,slowby=3s,slow=2ms", want: Faults{SlowReply: .05, SlowBy: 3 * time.Second, Slow: 2 * time.Millisecond}, out: "slowreply=5%,slowby=3s,slow=2ms"},
		{in: "slowby=0s,slowreply=1", want: Faults{SlowReply: 1}, out: "slowreply=100%,slowby=0s"},
		{in: "slowreply=5%", err: "say how slow with slowby"},
		{in: "slowby=-1s,slowreply=5%", err: `fault "slowby=-1s": want a duration`},
		{in: "slowreply=60%,lost=60%,slowby=1s", err: "more than 100%"},
		{in: "429=5%,retryafter=0", want: Faults{TooMany: .05, RetryAfter: "0"}, out: "429=5%,retryafter=0"},
		{in: "429=5%,retryafter=date+300ms", want: Faults{TooMany: .05, RetryAfter: "date+300ms"}, out: "429=5%,retryafter=date+300ms"},
		{in: "retryafter=none", want: Faults{RetryAfter: "none"}, out: "retryafter=none"},
		{in: "retryafter=1s", err: `fault "retryafter=1s": want seconds such as 0`},
		{in: "retryafter=-1", err: "want seconds"},
		{in: "retryafter=1234567890", err: "want seconds"},
		{in: "retryafter=date+", err: "want seconds"},
		{in: "retryafter=date+-1s", err: "want seconds"},
		{in: "retryafter=datefoo", err: "want seconds"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got, err := ParseFaults(tt.in)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("got %+v, %v, want %+v", got, err, tt.want)
			}
			if s := got.String(); s != tt.out {
				t.Errorf("String() = %q, want %q", s, tt.out)
			}
		})
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add("lost=5%,429=5%,500=2%,slow=200ms")
	f.Add("lostbefore=0.333,500after=1e-3")
	f.Add("late=1%,504late=0.5,lateby=2m")
	f.Add("slowreply=1%,slowby=2m,429=1%,retryafter=date+1ms")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseFaults(s)
		if err != nil {
			return
		}
		total := 0.0
		for _, p := range got.shares() {
			if !(*p >= 0 && *p <= 1) {
				t.Fatalf("share %v out of range", *p)
			}
			total += *p
		}
		if total > 1.000001 || min(got.Slow, got.LateBy, got.SlowBy) < 0 {
			t.Fatalf("accepted %+v", got)
		}
		if back, err := ParseFaults(got.String()); err != nil || back != got {
			t.Fatalf("%q reads back as %+v, %v, want %+v", got.String(), back, err, got)
		}
	})
}
