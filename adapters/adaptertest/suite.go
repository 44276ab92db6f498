package adaptertest

import "testing"

// scenario is one thing that every platform must do. One that is alone does not run beside others: it counts goroutines.
type scenario struct {
	name  string
	alone bool
	play  func(*stage)
}

// Run plays every scenario, each in a world of its own.
func Run(t *testing.T, start Start) {
	t.Helper()
	if testing.Short() {
		t.Skip("the suite takes its time: it is left out of a short run")
	}
	for _, list := range [][]scenario{commands(), messages(), presses(), forms(), hostile(), delivery(), faults(), limits(), life()} {
		for _, sc := range list {
			t.Run(sc.name, func(t *testing.T) {
				if !sc.alone {
					t.Parallel()
				}
				s := newStage(t, start)
				sc.play(s)
				s.close()
			})
		}
	}
}
