package questions

import (
	"fmt"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// freshMonths is how long the last check of a question's facts holds.
const freshMonths = 24

// Stale warns of questions of all folders, or of those that extend the first one, whose facts were last checked long before now, or after it.
// Only the civil date of now counts.
func (b *Bank) Stale(now time.Time, ownOnly bool) (warnings []Problem) {
	today := now.Format(time.DateOnly)
	oldest := now.AddDate(0, -freshMonths, 0).Format(time.DateOnly)
	for _, q := range b.questions {
		at := b.origin["question/"+q.ID]
		what := ""
		switch {
		case q.Reviewed == "" || ownOnly && !at.own():
		case q.Reviewed > today:
			what = fmt.Sprintf("reviewed %s is in the future; write the date on which the facts were checked", q.Reviewed)
		case q.Reviewed < oldest:
			what = fmt.Sprintf("reviewed %s is more than %d months ago; check the facts again and write today's date", q.Reviewed, freshMonths)
		}
		if what != "" {
			warnings = append(warnings, Problem{File: at.file, Line: b.lines(at)("reviewed"), What: what, Grade: Warning})
		}
	}
	return warnings
}

// A word is common when the model answers of at least this share of the bank's questions have it; a bank with fewer questions tells nothing.
const (
	commonShare = 0.25
	commonFrom  = 50
)

// common are the stems that are found in many model answers.
func (b *Bank) common() map[string]bool {
	if len(b.questions) < commonFrom {
		return nil
	}
	counts := map[string]int{}
	for _, q := range b.questions {
		for _, s := range rubric.Stems(q.Answer) {
			counts[s]++
		}
	}
	found := map[string]bool{}
	for s, n := range counts {
		if float64(n) >= commonShare*float64(len(b.questions)) {
			found[s] = true
		}
	}
	return found
}

// lintCommon warns of phrasings of which a single common word is left once the words of the prompt are passed over: they are found everywhere.
// With a negation they are not.
func (q *Question) lintCommon(warn report, common map[string]bool) {
	prompt := map[string]bool{}
	for _, s := range rubric.Stems(q.Title + "\n" + q.Prompt) {
		prompt[s] = true
	}
	for i, p := range q.Points {
		keep := map[string]bool{}
		for _, s := range rubric.Stems(strings.Join(p.Keep, " ")) {
			keep[s] = true
		}
		for k, phrasing := range p.Any {
			var left []string
			for _, s := range rubric.Stems(phrasing) {
				if !prompt[s] || keep[s] {
					left = append(left, s)
				}
			}
			if len(left) == 1 && common[left[0]] && !rubric.Negates(phrasing) {
				warn(fmt.Sprintf("points.%d.any.%d", i, k), "the phrasing %q is found by the one word %q, which many answers have; put a second word beside it that the prompt does not have, or list one under keep", phrasing, left[0])
			}
		}
	}
}
