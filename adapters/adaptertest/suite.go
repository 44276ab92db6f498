package adaptertest

import "testing"

// Run plays every scenario, each in a world of its own.
func Run(t *testing.T, start Start) {
	t.Helper()
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if !s.alone {
				t.Parallel()
			}
			s.play(t, newStage(t, start))
		})
	}
}
