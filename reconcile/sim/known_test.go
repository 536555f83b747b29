package sim_test

import (
	"slices"

	"github.com/instep-go/instep/reconcile/sim"
)

// history says which history it is.
type history struct {
	edition sim.Edition
	seed    uint64
}

// mended are histories of the first edition that broke a promise once, until
// engine or oracle was mended.
var mended = []uint64{
	3093, 4624, 7560, 21343, 23700, 27173, 34555, 34679, 35321, 38863, 41524, 41569, 42704, 42798,
	49877, 54704, 59501, 60336, 60863, 60999, 63113, 66320, 69981, 70920, 73345, 75414, 76120, 78217,
	80997, 84913, 85808, 87831, 88633, 90413, 92368, 95947, 98395, 101894, 102317, 105540, 107857, 110145,
	113867, 120414, 122022, 129098, 129806, 131586, 132334, 132547, 137044, 140793, 141304, 143050, 143286, 143380,
	143393, 145717, 145865, 146478, 151995, 161385, 163036, 163175, 163802, 168334, 171039, 172580, 172975, 178402,
	182380, 184304, 184628, 187624, 188086, 189595, 190523, 205668, 206416, 207037, 207208, 212444, 213376, 215435,
	216471, 218137, 223219, 226118, 228781, 228960, 230620, 231936, 232498, 232869, 234301, 234803, 235315, 238241,
	238487, 239948, 247702, 252017, 254055, 255738, 256903, 259926, 262154, 267370, 270850, 271936, 276295, 289240,
	296327, 299580, 300433, 303239, 305410, 306977, 310418, 312226, 317955, 319667, 325221, 327249, 328816, 332619,
	333541, 333825, 334654, 335056, 339276, 343862, 344391, 352460, 363254, 365857, 367989, 376787, 377466, 385535,
	390865, 393161, 395444, 395632, 398157, 406057, 412948, 418453, 418727, 427049, 428010, 430958, 434061, 437253,
	444508, 450715, 471608, 476772, 480668, 483350, 483644, 493271, 495717, 497382, 507926, 510685, 541388, 555204,
	568430, 577930, 582973, 584828, 593515, 607882, 612663, 622097, 676853, 679068, 679780, 699053, 713341, 726623,
	728557, 738997, 742135, 788365, 795078, 815472, 816619, 826859, 843625, 855351, 859772, 874248, 901655, 924704,
	931152, 933821, 983239, 989305,
}

// telling are histories of the newest edition, each of which notices a fault of
// the engine that those before it let pass.
var telling = []uint64{281, 1093, 1545, 2900, 3456, 3572}

// histories returns the first n histories from a seed on. Before all others come
// those that are known to tell much.
func histories(e sim.Edition, first uint64, n int) []history {
	var known []history
	if first == 0 {
		for _, seed := range telling {
			known = append(known, history{sim.Newest, seed})
		}
		for _, seed := range mended {
			known = append(known, history{sim.FirstEdition, seed})
		}
		first = 1
	}
	list := known[:min(n, len(known))]
	for seed := first; len(list) < n; seed++ {
		if h := (history{e, seed}); !slices.Contains(known, h) {
			list = append(list, h)
		}
	}
	return list
}
