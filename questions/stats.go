package questions

import (
	"bytes"
	"fmt"
	"io"
)

// Stats counts the content. Its JSON is what questions stats --json prints.
type Stats struct {
	Questions int                    `json:"questions"`
	Tips      int                    `json:"tips"`
	Projects  int                    `json:"projects"`
	Reverse   int                    `json:"reverse"`
	Company   int                    `json:"company"`
	Topics    map[string]map[int]int `json:"topics"` // topic to level to count
}

// Stats counts what is in the bank.
func (b *Bank) Stats() Stats {
	s := Stats{
		Questions: len(b.questions), Tips: len(b.tips), Projects: len(b.projects), Reverse: len(b.reverse), Company: len(b.company),
		Topics: map[string]map[int]int{},
	}
	for _, t := range topics() {
		s.Topics[t.ID] = map[int]int{1: 0, 2: 0, 3: 0}
	}
	for c, list := range b.cells {
		s.Topics[c.topic][c.level] = len(list)
	}
	return s
}

// WriteStats prints the counts and the grid of topics and levels as aligned text.
func WriteStats(w io.Writer, s Stats) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d questions, %d tips, %d projects, %d questions to ask, %d research prompts\n\n", s.Questions, s.Tips, s.Projects, s.Reverse, s.Company)
	fmt.Fprintf(&b, "%-38s %7s %7s %7s %7s\n", "topic", "level 1", "level 2", "level 3", "all")
	for _, t := range topics() {
		n := s.Topics[t.ID]
		fmt.Fprintf(&b, "%-38s %7d %7d %7d %7d\n", t.Title, n[1], n[2], n[3], n[1]+n[2]+n[3])
	}
	_, err := w.Write(b.Bytes())
	return err
}

// The lines between which the generator writes into the README of the content.
const (
	gridBegins = "<!-- grid: written by `interviewbot questions stats --readme` -->\n"
	gridEnds   = "<!-- end of the grid -->\n"
)

// Readme returns the README of the content with its grid brought up to date, and whether it has a place for the grid.
func Readme(readme []byte, s Stats) (updated []byte, ok bool) {
	before, rest, ok := bytes.Cut(readme, []byte(gridBegins))
	if !ok {
		return readme, false
	}
	_, after, ok := bytes.Cut(rest, []byte(gridEnds))
	if !ok {
		return readme, false
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(gridBegins)
	fmt.Fprintf(&b, "%d questions, %d tips, %d projects, %d questions to ask, %d research prompts.\n\n", s.Questions, s.Tips, s.Projects, s.Reverse, s.Company)
	b.WriteString("| topic | id | level 1 | level 2 | level 3 | all |\n|---|---|---:|---:|---:|---:|\n")
	for _, t := range topics() {
		n := s.Topics[t.ID]
		fmt.Fprintf(&b, "| %s | `%s` | %d | %d | %d | %d |\n", t.Title, t.ID, n[1], n[2], n[3], n[1]+n[2]+n[3])
	}
	b.WriteString(gridEnds)
	b.Write(after)
	return b.Bytes(), true
}
