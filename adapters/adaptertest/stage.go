package adaptertest

import "testing"

type scenario struct {
	name  string
	alone bool // may not run beside others
	play  func(t *testing.T, s *stage)
}

type stage struct{ Harness }

func scenarios() []scenario { return nil }

func newStage(t *testing.T, start Start) *stage {
	return &stage{Harness: start(t, nil, Table())}
}
