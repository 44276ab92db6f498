package questions

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"
)

// Export writes questions in a format that Import reads. JSON and CSV hold all of a question; Anki notes hold the prompt on the front, points
// and answer on the back. In CSV every cell is quoted, and what a spreadsheet would run has an apostrophe before it.
func Export(w io.Writer, f Format, list []*Question) error {
	write := map[Format]func(*bufio.Writer, []*Question) error{JSON: writeJSON, CSV: writeCSV, Anki: writeAnki}[f]
	if write == nil {
		return fmt.Errorf("the format is json, csv or anki, not %q", f)
	}
	b := bufio.NewWriter(w)
	if err := write(b, list); err != nil {
		return err
	}
	return b.Flush()
}

func writeJSON(w *bufio.Writer, list []*Question) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if list == nil {
		list = []*Question{}
	}
	return enc.Encode(list)
}

// writeCSV keeps to RFC 4180: lines end in CR LF, all cells are quoted.
func writeCSV(w *bufio.Writer, list []*Question) error {
	cols := columns()
	line := func(cell func(column) string) {
		for i, c := range cols {
			if i > 0 {
				w.WriteByte(',')
			}
			w.WriteString(`"` + strings.ReplaceAll(armed(cell(c)), `"`, `""`) + `"`)
		}
		w.WriteString("\r\n")
	}
	line(func(c column) string { return c.name })
	for _, q := range list {
		line(func(c column) string { return c.write(q) })
	}
	return nil // what could not be written is said by Flush
}

func writeAnki(w *bufio.Writer, list []*Question) error {
	titles := map[string]string{}
	for _, t := range topics() {
		titles[t.ID] = t.Title
	}
	w.WriteString("#separator:tab\n#html:true\n#columns:Front\tBack\tTags\tDeck\n#tags column:3\n#deck column:4\n")
	for _, q := range list {
		tags := strings.Join(append([]string{q.Topic, fmt.Sprintf("level-%d", q.Level)}, q.Tags...), " ")
		for i, cell := range []string{ankiFront(q), ankiBack(q), tags, "Interviewbot::" + titles[q.Topic]} {
			if i > 0 {
				w.WriteByte('\t')
			}
			w.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		w.WriteByte('\n')
	}
	return nil
}

func ankiFront(q *Question) string {
	front := htmlOf(q.Prompt)
	if len(q.Options) > 0 {
		front += "<ol>"
		for _, o := range q.Options {
			front += "<li>" + html.EscapeString(o.Text) + "</li>"
		}
		front += "</ol>"
	}
	return front
}

func ankiBack(q *Question) string {
	var b strings.Builder
	items := func(n int, item func(int) string) {
		if n == 0 {
			return
		}
		b.WriteString("<ul>")
		for i := range n {
			b.WriteString("<li>" + item(i) + "</li>")
		}
		b.WriteString("</ul>")
	}
	var right []string
	for _, o := range q.Options {
		if o.Right {
			right = append(right, html.EscapeString(o.Text)+": "+htmlInline(strings.ReplaceAll(o.Why, "\n", " ")))
		}
	}
	items(len(right), func(i int) string { return right[i] })
	items(len(q.Points), func(i int) string { return html.EscapeString(q.Points[i].Say) })
	b.WriteString(htmlOf(q.Answer))
	return b.String()
}
