package transport

import (
	"math"
	"time"
)

const (
	// highestRate is where a rate stops to mean anything.
	highestRate = 1e9

	// leastTaken is how many requests an estimate needs at least, and leastHeld
	// how many must get through before a rate counts as right.
	leastTaken = 4
	leastHeld  = 8

	// The rate is raised in steps of firstStep of itself, halved each time that
	// the peer refuses the next one, to leastStep.
	firstStep = 0.1
	leastStep = 0.01

	// price is how many requests must get through for each that is refused,
	// before a higher rate is tried again.
	price = 2000

	// patience is how long the rate stays as it is after a raise that was
	// refused, and twice as long each time, up to eight times.
	patience = 4 * time.Minute

	// mostMisses is how many times the peer may refuse a rate that it surely
	// allows, until refusals are taken for something else than a rate. deafFor
	// is for how many pauses nothing is learned then, and twice as many each
	// time, up to eight times.
	mostMisses = 2
	deafFor    = 8

	// mostMistold is how many refusals it takes until the peer's headers are no
	// longer believed.
	mostMistold = 3

	// longestWindow is the longest pause from which a rate is learned. Longer
	// ones belong to quotas of hours and days, of which a run that needs less
	// should get its share at once.
	longestWindow = 2 * time.Minute

	// quietTime without a request ends a run: what was taken before says
	// nothing about the rate.
	quietTime = time.Second
)

// learner finds the rate at which a peer takes requests, from what it took
// between two pauses. It assumes what is common: a number of requests in each
// window of time, and a Retry-After in whole seconds to the end of the window.
//
// Its first rate is a guess: the number of requests that the peer took in a
// cycle, divided by the time from the end of one pause to the end of the next.
// If the peer refuses that and a second guess, it falls back on a sure estimate:
// the same number divided by the length of the cycle and the doubt.
//
// The doubt is how far into a window of the peer a pause can end, a second at
// most where the Retry-After is rounded up. Of a cycle that touches m windows no
// more than the doubt is missing of them, and no more than m times the limit was
// taken: the estimate is not above the limit. That of the first cycle is not
// sure, for it begins anywhere in a window.
//
// A rate that holds is raised step by step, and a raise that is refused is
// undone. What refusals cost is earned first: see price and patience.
type learner struct {
	top  float64 // the rate is never higher; 0: no such bound
	rate float64 // requests a second; 0: not known

	cycle int           // number of the current cycle
	began time.Time     // when the first request of the cycle left
	doubt time.Duration // how far into a window that may have been
	sure  bool          // it was no further
	taken int           // requests of the cycle that the peer took

	turned    bool          // the peer refused a request in this cycle
	indebted  bool          // it did so when owed was not yet 0
	lastPause time.Duration // how long the current pause is
	lastDoubt time.Duration // doubt of the next cycle

	floor    float64       // the rate is never lower: the best estimate that is sure
	span     time.Duration // the longest that a window of the peer may be
	held     int           // requests taken since the rate changed, or one was refused
	guessed  bool          // a second guess was made
	proven   bool          // a rate has held
	climbing bool          // the rate was raised, and has not held yet
	quoted   bool          // the peer's headers speak of a quota, and are believed
	hinted   bool          // the rate is what the peer's headers say
	mistold  int           // refusals at rates of which the headers spoke
	step     float64       // of the next raise
	falls    int           // raises that were refused
	owed     int           // requests that must get through before the next raise
	misses   int           // refusals of a rate that is surely allowed
	gaveUp   int           // how often
	deaf     int           // pauses of which nothing is learned
}

// newLearner returns a learner with a bound for the rate, which is the rate at
// first. What is not above 0 is no bound.
func newLearner(top float64) learner {
	if !(top > 0) {
		top = 0
	}
	top = min(top, highestRate)
	return learner{top: top, rate: top, step: firstStep}
}

// start takes note that a request leaves.
func (l *learner) start(now time.Time) {
	if l.began.IsZero() {
		l.began = now
	}
}

// restart begins a cycle at no particular time.
func (l *learner) restart() {
	l.cycle++
	l.began, l.doubt, l.sure, l.taken, l.turned = time.Time{}, time.Second, false, 0, false
}

// took takes note that the peer took a request.
func (l *learner) took(p pass) {
	if p.cycle == l.cycle {
		l.taken++
	}
	if l.rate <= 0 {
		return
	}
	l.owed = max(l.owed-1, 0)
	if !p.paced {
		return
	}
	if l.held++; l.held < l.enough() {
		return
	}
	l.proven, l.climbing = true, false
	if l.owed > 0 {
		return
	}
	l.misses = 0
	if l.mayRaise() {
		l.set(l.rate * (1 + l.step))
		l.climbing = true
	}
}

// mayRaise reports whether a rate that has held may be raised. While the peer's
// headers may still say how far, there is no haste.
func (l *learner) mayRaise() bool {
	if l.hinted || l.top > 0 && l.rate >= l.top {
		return false
	}
	return !l.quoted || l.held >= 4*l.enough()
}

// enough is how many requests must get through for a rate to count as right: a
// whole window's worth, wherever in a window the first one was. The first rate
// has to hold for longer, as the window may be.
func (l *learner) enough() int {
	windows := 2.0
	if !l.proven {
		windows = 4
	}
	return max(leastHeld, int(math.Ceil(windows*l.span.Seconds()*l.rate)))
}

// refused takes note that the peer refused a request. One that left in an
// earlier cycle says nothing about this one.
func (l *learner) refused(p pass) {
	if p.cycle == l.cycle && !l.turned {
		l.turned, l.indebted = true, l.owed > 0
	}
	if l.proven {
		l.owed += price
	}
}

// paused takes note of a pause.
func (l *learner) paused(d, doubt time.Duration) { l.lastPause, l.lastDoubt = d, doubt }

// resumed takes note that the peer took the first request after a pause that
// lasted until the given time, and begins the next cycle.
func (l *learner) resumed(p *pass, until time.Time) {
	if !l.turned && l.rate > 0 {
		return
	}
	if l.taken >= leastTaken {
		l.conclude(until.Sub(l.began) + l.doubt)
	} else if p.at.Sub(until) < quietTime {
		return // the cycle goes on until there is enough to see
	}
	l.restart()
	l.began, l.doubt, l.sure = p.at, l.lastDoubt+p.at.Sub(until), true
	p.cycle = l.cycle
}

// conclude mends the rate after a cycle that had at most so many seconds of
// the peer's windows.
func (l *learner) conclude(span time.Duration) {
	if l.deaf > 0 {
		l.deaf--
		return
	}
	if l.hinted {
		l.mistold++
		l.quoted = l.mistold <= mostMistold
	}
	estimate, surely := float64(l.taken)/span.Seconds()*paceShare, l.floor
	if l.sure {
		l.floor = max(l.floor, estimate)
	}
	guess := float64(l.taken) / (span - l.doubt).Seconds() * paceShare
	switch {
	case l.rate <= 0:
		if l.lastPause <= longestWindow {
			l.span = span
			l.set(guess)
			if l.quoted { // which will soon say more
				l.set(estimate)
			}
		}
	case l.rate <= surely:
		l.contradicted()
	case l.held >= l.enough() && !l.indebted:
		// A rate that has held may be refused now and then.
	case l.climbing:
		l.fallBack()
	case l.proven:
		l.set(min(max(guess, l.rate*0.9), l.rate*(1-leastStep)))
	case !l.guessed:
		l.span, l.guessed = span, true
		l.set(min(l.rate*0.9, guess))
	default:
		l.span = span
		l.set(min(l.rate*0.9, estimate))
	}
	l.held, l.climbing, l.hinted = 0, false, false
}

// fallBack undoes a raise that was refused.
func (l *learner) fallBack() {
	l.set(l.rate / (1 + l.step) / (1 + l.step/4))
	l.step = max(l.step/2, leastStep)
	wait := patience << min(l.falls, 3)
	l.owed = max(l.owed, int(l.rate*wait.Seconds()))
	l.falls++
}

// contradicted takes note that the peer refused a rate that it surely allows. It
// may have come to allow less, or it refuses for another reason; soon all is
// forgotten that was learned.
func (l *learner) contradicted() {
	l.misses++
	l.owed = max(l.owed, price)
	if l.misses < mostMisses {
		return
	}
	l.floor = 0
	l.set(l.top)
	l.deaf = deafFor << min(l.gaveUp, 3)
	l.gaveUp++
	l.span, l.step, l.owed, l.misses = 0, firstStep, 0, 0
	l.guessed, l.proven = false, false
}

// told takes over a rate of which the peer's headers speak, unless their word
// proved wrong. 0 is a quota whose rate is not clear yet.
func (l *learner) told(r float64) {
	if l.mistold > mostMistold {
		return
	}
	l.quoted = true
	if r <= 0 || l.hinted && math.Abs(r-l.rate) < r/1000 {
		return
	}
	l.floor = min(l.floor, r)
	l.set(r)
	l.hinted, l.climbing = true, false
}

// set changes the rate.
func (l *learner) set(r float64) {
	r = max(r, l.floor)
	if l.top > 0 {
		r = min(r, l.top)
	}
	l.rate, l.held = r, 0
}
