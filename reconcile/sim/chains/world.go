package chains

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/instep-go/instep"
)

const (
	stamp   = "02T15:04:05.000"
	latency = 5 * time.Millisecond // of a call
)

// The rules of every pair, by their numbers.
const (
	keyRule = iota
	nameRule
	priceRule
	noteRule
)

var errKilled = errors.New("the process was killed")

// world is some systems, their users, and the engines between them.
type world struct {
	rnd     *rand.Rand
	clk     *clock
	out     io.Writer // nil: no trace
	sys     []*system
	edges   []*edge
	procs   []*process
	hops    int    // how many pairs there are on the longest way
	edits   []edit // by number; 0 is none
	byValue map[instep.Value]int
	numbers int
	res     Result

	calm     bool // no faults any more
	entities int
	owners   [4][]int // by rule, the systems that own the field; nil: all
	writes   [4]int   // carried out, by system
	excused  map[int]string
	remade   map[remaking]bool
	ordered  map[remaking]bool // what a person wants made, whichever way the pair's records flow
}

// remaking is a thing that a person, or a policy, wants made anew by a pair.
type remaking struct {
	e      *edge
	entity int
}

// newWorld makes the world of a seed, before its first run.
func newWorld(seed uint64, out io.Writer) *world {
	w := &world{
		rnd: rand.New(rand.NewPCG(seed, 0x3a)), clk: newClock(), out: out, edits: make([]edit, 1), byValue: map[instep.Value]int{},
		excused: map[int]string{}, remade: map[remaking]bool{}, ordered: map[remaking]bool{},
	}
	w.res.Seed, w.res.Shape, w.res.Apart = seed, drawShape(w.rnd), w.rnd.IntN(2) == 0
	w.join(w.res.Shape)
	for range 3 + w.rnd.IntN(3) {
		w.arrive()
	}
	return w
}

func drawShape(rnd *rand.Rand) Shape {
	return [...]Shape{Chain3, Chain3, Chain3, Chain4, Chain4, Star4, Star4, Ring3, Ring3, Ring4}[rnd.IntN(10)]
}

// log writes a line into the trace.
func (w *world) log(format string, args ...any) {
	if w.out == nil {
		return
	}
	_, _ = fmt.Fprintf(w.out, w.clk.now.Format(stamp)+" "+format+"\n", args...) // a trace that cannot be written is seen to be short
}

// hit counts a fault that has come about.
func (w *world) hit(f Fault, format string, args ...any) {
	w.res.Faults[f]++
	w.res.Events++
	w.log("! %s: "+format, append([]any{f}, args...)...)
}

// violate notes the first promise that was broken. In a ring values have two
// ways to come by, so that nobody promises where they end.
func (w *world) violate(invariant, format string, args ...any) {
	text := invariant + ": " + fmt.Sprintf(format, args...)
	if w.res.Shape.Ring() && slices.Contains([]string{"B3", "I1", "I2", "I3", "I5", "I7"}, invariant) {
		w.log("goes round: %s", text)
		w.res.Round = true
		w.res.Restless = w.res.Restless || invariant == "I2"
		return
	}
	w.log("VIOLATION %s", text)
	if w.res.Violation == "" {
		w.res.Violation = text
	}
}

// entityOf returns the thing that a key belongs to, -1 if none.
func entityOf(key string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(key, "K"))
	if err != nil {
		return -1
	}
	return n
}

// others returns the rows that stand for the same thing in all other systems.
func (w *world) others(y *system, entity int) (rows []*row, at []*system) {
	for _, o := range w.sys {
		if r := o.rowOf(entity); o != y && r != nil {
			rows, at = append(rows, r), append(at, o)
		}
	}
	return rows, at
}

// madeAnew reports whether some system has had more than one record of a thing:
// the later ones are made from what other systems had made of the first one's
// values.
func (w *world) madeAnew(entity int) bool {
	for _, y := range w.sys {
		n := 0
		for _, r := range y.rows {
			if r.entity == entity {
				n++
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

// excuse leaves a thing out of what must be in step in the end, and says why.
func (w *world) excuse(entity int, why string) {
	if w.excused[entity] == "" {
		w.log("excused: %s, %s", keyOf(entity), why)
		w.excused[entity] = why
	}
}

// wantsOwner returns who owns the field of a rule in a pair: whichever of its
// two systems is nearer to those that own the field in the whole.
func (w *world) wantsOwner(rule int, l, r *system) instep.Owner {
	switch dl, dr := w.distance(rule, l), w.distance(rule, r); {
	case dl < dr:
		return instep.LeftOwns
	case dr < dl:
		return instep.RightOwns
	default:
		return instep.BothOwn
	}
}

// distance is how many pairs lie between a system and the owners of a field.
func (w *world) distance(rule int, y *system) int {
	if w.owners[rule] == nil {
		return 0
	}
	far := w.distances(w.owners[rule])
	return far[y.n]
}

// distances returns how far each system is from the nearest of some.
func (w *world) distances(from []int) []int {
	far := make([]int, len(w.sys))
	for i := range far {
		far[i] = len(w.sys)
	}
	for _, n := range from {
		far[n] = 0
	}
	for range w.sys {
		for _, j := range joins[w.res.Shape] {
			far[j[0]] = min(far[j[0]], far[j[1]]+1)
			far[j[1]] = min(far[j[1]], far[j[0]]+1)
		}
	}
	return far
}
