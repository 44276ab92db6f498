package questions

// Plus returns a bank that has further questions too, which are in order (Validate); one whose id is taken is left out. The bank itself
// stays as it is.
func (b *Bank) Plus(more ...*Question) *Bank {
	c := b.copy()
	for _, q := range more {
		key := "question/" + q.ID
		if _, taken := c.origin[key]; taken {
			continue
		}
		c.origin[key] = place{dir: -1}
		c.questions = append(c.questions, q)
	}
	c.index()
	return c
}

// Like returns the question that says nearly the same as q, nil when there is none: the one with the most words in common. It reads the whole bank.
func (b *Bank) Like(q *Question) *Question {
	mine := sortedStems(q)
	best, share := (*Question)(nil), alike
	for _, other := range b.questions {
		if s := jaccard(mine, sortedStems(other)); s >= share {
			best, share = other, s
		}
	}
	return best
}
