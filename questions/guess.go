package questions

import (
	"math"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// guesser finds the topic whose questions share most words with a text: multinomial naive Bayes with Laplace smoothing, each topic as likely
// as the others (Manning, Raghavan, Schütze, Introduction to Information Retrieval, 13.2).
type guesser struct {
	counts map[string]map[string]int // topic to stem to the number of questions that have it
	totals map[string]int
	all    map[string]bool
}

func newGuesser(b *Bank) *guesser {
	g := &guesser{counts: map[string]map[string]int{}, totals: map[string]int{}, all: map[string]bool{}}
	for _, q := range b.questions {
		if g.counts[q.Topic] == nil {
			g.counts[q.Topic] = map[string]int{}
		}
		for _, s := range topicStems(q) {
			g.counts[q.Topic][s]++
			g.totals[q.Topic]++
			g.all[s] = true
		}
	}
	return g
}

func topicStems(q *Question) []string {
	return rubric.Stems(q.Title + "\n" + q.Prompt + "\n" + q.Answer)
}

// topic returns the likeliest topic; "" when the bank is empty.
func (g *guesser) topic(q *Question) (best string) {
	most := math.Inf(-1)
	stems := topicStems(q)
	for _, t := range topics() {
		if g.totals[t.ID] == 0 {
			continue
		}
		score := 0.0
		for _, s := range stems {
			if g.all[s] {
				score += math.Log(float64(g.counts[t.ID][s]+1) / float64(g.totals[t.ID]+len(g.all)))
			}
		}
		if score > most {
			best, most = t.ID, score
		}
	}
	return best
}
