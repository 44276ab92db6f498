package questions

import (
	"bytes"
	"fmt"
	"io"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// Show prints a question with everything that belongs to it, and how the rubric marks its samples, as plain text for a terminal.
func Show(w io.Writer, q *Question) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s · %s · level %d · %s · %d min\n\n%s\n", q.Title, q.ID, q.Topic, q.Level, q.Kind, q.Minutes, q.Prompt)
	for i, o := range q.Options {
		mark := " "
		if o.Right {
			mark = "x"
		}
		fmt.Fprintf(&b, "  [%s] %d. %s: %s\n", mark, i+1, o.Text, o.Why)
	}
	showList(&b, "Hints", q.Hints)
	fmt.Fprintf(&b, "\nAnswer\n%s\n", q.Answer)
	showList(&b, "Common mistakes", q.Mistakes)
	showList(&b, "Follow-ups", q.Followups)
	b.WriteString("\nSources\n")
	for _, s := range q.Sources {
		fmt.Fprintf(&b, "  %s %s\n", s.Title, s.URL)
	}
	fmt.Fprintf(&b, "Reviewed %s %s\n", q.Reviewed, q.Version)
	rub := q.Rubric()
	showMarks(&b, "model answer", rub.Mark(q.Answer))
	for _, s := range q.Samples.named() {
		showMarks(&b, s[0]+" sample", rub.Mark(s[1]))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func showList(b *bytes.Buffer, title string, list []string) {
	fmt.Fprintf(b, "\n%s\n", title)
	for i, s := range list {
		fmt.Fprintf(b, "  %d. %s\n", i+1, s)
	}
}

func showMarks(b *bytes.Buffer, title string, result rubric.Result) {
	fmt.Fprintf(b, "\nMarks of the %s: %d of %d\n", title, result.Found(), len(result.Findings))
	for _, f := range result.Findings {
		state := "missing"
		switch f.State {
		case rubric.Found:
			state = "found"
		case rubric.Check:
			state = "check"
		}
		fmt.Fprintf(b, "  %-7s %s: %s", state, f.Point, f.Say)
		if f.Quote != "" {
			fmt.Fprintf(b, " (%q)", f.Quote)
		}
		b.WriteByte('\n')
	}
}
