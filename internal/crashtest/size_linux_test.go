package crashtest

import "testing"

// TestLargestFile lets a process run where no file may be larger than some
// size: with sizes at which the log ends in the middle of a page. Either the
// commit fails and the run ends, or the process is killed when that happens.
func TestLargestFile(t *testing.T) {
	t.Parallel()
	for _, dies := range []bool{false, true} {
		name := map[bool]string{false: "fails", true: "killed"}[dies]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := ordinaryDay(t)
			want := undisturbed(t, base)
			log := readLog(t, torn(t, base).dir)
			step := 5 * log.frame
			if longer() {
				step = log.frame
			}
			file := len(readFile(t, base.dir, "state.db"))
			n := 0
			for size := logHeader + log.frame/2; size < len(log.body); size += step {
				w := base.clone(t)
				e := w.live(t, orders{Bytes: int64(size), Torn: dies}, 0)
				n++
				if dies && !e.killed {
					t.Errorf("the process was not killed: %+v", e)
				}
				if !dies {
					w.ended(t, &e, "look after the disk")
				}
				w.editMore()
				w.goOn(t, want)
				if t.Failed() {
					t.Fatalf("no file beyond %d bytes; state.db has %d", size, file)
				}
			}
			t.Logf("the log ended in the middle of %d of its %d pages", n, (len(log.body)-logHeader)/log.frame)
		})
	}
}

// TestNoRoomAtAll opens a state where nothing can be written.
func TestNoRoomAtAll(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{1, 30, 100, sectorSize, pageSize, 3 * pageSize, 10 * pageSize} {
		w := firstLoad(t)
		want := undisturbed(t, w)
		e := w.live(t, orders{Bytes: size, Early: true}, 0)
		w.ended(t, &e, "look after the disk")
		w.editMore()
		w.goOn(t, want)
	}
}
