package questions

// cell is one topic at one level.
type cell struct {
	topic string
	level int
}
