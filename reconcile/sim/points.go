package sim

// Points plays a quiet history of a seed, in which nothing fails, and says at how
// many points of it the process could die: before and after each commit and each
// write. With a number above 0 it dies at that point, and goes on with the next
// run; then both systems must come into step as if it had not.
func Points(seed uint64, dieAt int) (points int, violation string) {
	w := quietWorld(seed)
	w.dieAt = dieAt
	for n := range 4 {
		w.part(phase{1 + n, 0}, func() { w.quietRound(n < 3) })
	}
	points = w.points
	leave := w.rnd.enter(phase{1000, 0})
	defer leave()
	if w.res.Violation == "" {
		w.finish()
	}
	return points, w.res.Violation
}

// diesHere counts a point at which the process can die, and reports whether it
// does.
func (w *world) diesHere() bool {
	if w.points++; w.points != w.dieAt {
		return false
	}
	w.dead = true
	w.log("! killed at point %d", w.points)
	return true
}
