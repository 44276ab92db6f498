package questions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// lintRubric measures the rubric by the texts whose worth is known: the model answer, the prompt, the hints and the samples.
func (q *Question) lintRubric(g grades) {
	rub := q.Rubric()
	for _, d := range rub.Dead() {
		why := "small words"
		if d.Prompt {
			why = "words of the title and the prompt (list those that count under keep)"
		}
		g.gap(fmt.Sprintf("points.%d.any.%d", d.Point, d.Phrasing), "the phrasing %q can never match, it has only %s", q.Points[d.Point].Any[d.Phrasing], why)
	}
	for i, p := range q.Points {
		switch rub.Mark(p.Say).Findings[i].State {
		case rubric.Missing:
			g.gap(fmt.Sprintf("points.%d", i), "point %s is not found in its own say; add a phrasing with those words", p.ID)
		case rubric.Check:
			g.gap(fmt.Sprintf("points.%d", i), "the say of point %s negates its phrasings, or turns them round; put it the way they do", p.ID)
		}
	}
	q.lintApart(g.mend, rub)
	total := len(q.Points)
	if missing := missed(rub.Mark(q.Answer)); len(missing) > 0 {
		g.gap("answer", "the model answer does not cover %s; say it there, or add the phrasing it uses", strings.Join(missing, ", "))
	}
	if result := rub.Mark(q.Title + "\n" + q.Prompt); result.Found() > 0 {
		g.mend("prompt", "the prompt alone covers %s; take a word out of keep, or out of the prompt", strings.Join(covered(result), ", "))
	}
	for i, hint := range q.Hints {
		if result := rub.Mark(hint); result.Found() > 0 {
			g.mend(fmt.Sprintf("hints.%d", i), "the hint gives away %s: it would be found in an answer that copies the hint", strings.Join(covered(result), ", "))
		}
	}
	if result := rub.Mark(q.Samples.Strong); q.Samples.Strong != "" && result.Found()*10 < total*8 {
		g.gap("samples.strong", "the strong sample covers %d of %d points, it should be at least 80 %%; not found: %s", result.Found(), total, strings.Join(missed(result), ", "))
	}
	if result := rub.Mark(q.Samples.Partial); q.Samples.Partial != "" && (result.Found()*10 < total*3 || result.Found()*10 > total*7) {
		g.gap("samples.partial", "the partial sample covers %d of %d points, it should be 30 to 70 %%; found: %s", result.Found(), total, list(covered(result)))
	}
	if result := rub.Mark(q.Samples.Wrong); result.Found() > 1 {
		g.gap("samples.wrong", "the wrong sample covers %d points, it should be 1 at most; found: %s", result.Found(), strings.Join(covered(result), ", "))
	}
}

// lintApart sees that whoever says one point is not given another for it.
func (q *Question) lintApart(r report, rub *rubric.Rubric) {
	for i, p := range q.Points {
		for k, phrasing := range p.Any {
			for j, f := range rub.Mark(phrasing).Findings {
				if j != i && f.State == rubric.Found {
					r(fmt.Sprintf("points.%d.any.%d", i, k), "whoever says %q for %s is given %s too; make a phrasing of one of them narrower, or list a word of the prompt under keep", phrasing, p.ID, f.Point)
				}
			}
		}
	}
}

// missed lists the points that were not found, with a mark for those to check.
func missed(result rubric.Result) (ids []string) {
	for _, f := range result.Findings {
		switch f.State {
		case rubric.Missing:
			ids = append(ids, f.Point)
		case rubric.Check:
			ids = append(ids, fmt.Sprintf("%s (to check: %q)", f.Point, f.Quote))
		}
	}
	return ids
}

func covered(result rubric.Result) (ids []string) {
	for _, f := range result.Findings {
		if f.State == rubric.Found {
			ids = append(ids, fmt.Sprintf("%s (%q)", f.Point, f.Quote))
		}
	}
	return ids
}

func list(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	return strings.Join(ids, ", ")
}

// alike is the share of common stems from which two texts are near-duplicates (Jaccard index).
const alike = 0.8

// twins maps each entry that says nearly the same as an earlier one to that one.
func (b *Bank) twins() map[string]string {
	groups := map[string][]text{}
	add := func(kind, id, s string) {
		stems := rubric.Stems(s)
		slices.Sort(stems)
		groups[kind] = append(groups[kind], text{id, stems})
	}
	for _, q := range b.questions {
		add("question", q.ID, q.Title+"\n"+q.Prompt)
	}
	for _, t := range b.tips {
		add("tips", t.ID, t.Text)
	}
	for _, p := range b.projects {
		add("projects", p.ID, p.Brief)
	}
	for _, r := range b.reverse {
		add("reverse", r.ID, r.Text)
	}
	for _, c := range b.company {
		add("company", c.ID, c.Ask)
	}
	found := map[string]string{}
	for kind, texts := range groups {
		slices.SortFunc(texts, func(a, c text) int { return len(a.stems) - len(c.stems) })
		for i, a := range texts {
			for _, c := range texts[i+1:] {
				if float64(len(a.stems)) < alike*float64(len(c.stems)) {
					break // all that follow are longer still
				}
				if jaccard(a.stems, c.stems) >= alike {
					first, second := min(a.id, c.id), max(a.id, c.id)
					found[kind+"/"+second] = first
				}
			}
		}
	}
	return found
}

type text struct {
	id    string
	stems []string // sorted
}

// jaccard is the size of the intersection over that of the union, of two sorted sets.
func jaccard(a, c []string) float64 {
	common := 0
	for i, k := 0, 0; i < len(a) && k < len(c); {
		switch strings.Compare(a[i], c[k]) {
		case 0:
			common, i, k = common+1, i+1, k+1
		case -1:
			i++
		default:
			k++
		}
	}
	if union := len(a) + len(c) - common; union > 0 {
		return float64(common) / float64(union)
	}
	return 0
}

// textField is the field that near-duplicates share.
func textField(kind string) string {
	switch kind {
	case "question":
		return "prompt"
	case "projects":
		return "brief"
	case "company":
		return "ask"
	}
	return "text"
}
