package questions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// column is one field as the cell of a table. Lists have one entry a line; entries with parts are in the line form (lines.go).
type column struct {
	name, alias string
	write       func(q *Question) string
	read        func(q *Question, cell string) error
}

// columns are the fields of a question in the order of the schema.
func columns() []column {
	return []column{
		textColumn("id", "", func(q *Question) *string { return &q.ID }),
		textColumn("title", "", func(q *Question) *string { return &q.Title }),
		numberColumn("level", func(q *Question) *int { return &q.Level }),
		textColumn("topic", "", func(q *Question) *string { return &q.Topic }),
		listColumn("tags", func(q *Question) *[]string { return &q.Tags }),
		textColumn("kind", "", func(q *Question) *string { return (*string)(&q.Kind) }),
		numberColumn("minutes", func(q *Question) *int { return &q.Minutes }),
		textColumn("prompt", "question front", func(q *Question) *string { return &q.Prompt }),
		partsColumn("options", func(q *Question) *[]Option { return &q.Options }, readOption, writeOption),
		partsColumn("points", func(q *Question) *[]Point { return &q.Points }, readPoint, writePoint),
		listColumn("hints", func(q *Question) *[]string { return &q.Hints }),
		textColumn("answer", "back", func(q *Question) *string { return &q.Answer }),
		listColumn("mistakes", func(q *Question) *[]string { return &q.Mistakes }),
		listColumn("followups", func(q *Question) *[]string { return &q.Followups }),
		partsColumn("sources", func(q *Question) *[]Source { return &q.Sources }, readSource, writeSource),
		textColumn("reviewed", "", func(q *Question) *string { return &q.Reviewed }),
		textColumn("version", "", func(q *Question) *string { return &q.Version }),
		textColumn("strong", "", func(q *Question) *string { return &q.Samples.Strong }),
		textColumn("partial", "", func(q *Question) *string { return &q.Samples.Partial }),
		textColumn("wrong", "", func(q *Question) *string { return &q.Samples.Wrong }),
		textColumn("author", "", func(q *Question) *string { return &q.Author }),
	}
}

// columnNamed finds a column by its name or alias, whatever the capitals.
func columnNamed(name string) (column, bool) {
	name = strings.ToLower(oneLine(name))
	for _, c := range columns() {
		if name == c.name {
			return c, true
		}
		for _, a := range strings.Fields(c.alias) {
			if name == a {
				return c, true
			}
		}
	}
	return column{}, false
}

func columnNames() string {
	var names []string
	for _, c := range columns() {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func textColumn(name, alias string, at func(*Question) *string) column {
	return column{name, alias, func(q *Question) string { return *at(q) }, func(q *Question, cell string) error {
		*at(q) = cell
		return nil
	}}
}

func numberColumn(name string, at func(*Question) *int) column {
	return column{name, "", func(q *Question) string { return strconv.Itoa(*at(q)) }, func(q *Question, cell string) error {
		cell = strings.TrimSpace(cell)
		n, err := strconv.Atoi(cell)
		if err != nil && cell != "" {
			return fmt.Errorf("%s is a whole number, not %q", name, short(cell))
		}
		*at(q) = n
		return nil
	}}
}

// listColumn holds one entry a line; line breaks inside an entry, which mean no more than a blank, become one.
func listColumn(name string, at func(*Question) *[]string) column {
	breaks := regexp.MustCompile(` *\n *`)
	return partsColumn(name, at, strings.TrimSpace, func(s string) string { return breaks.ReplaceAllString(s, " ") })
}

func partsColumn[T any](name string, at func(*Question) *[]T, read func(string) T, write func(T) string) column {
	return column{name, "", func(q *Question) string {
		var lines []string
		for _, e := range *at(q) {
			lines = append(lines, write(e))
		}
		return strings.Join(lines, "\n")
	}, func(q *Question, cell string) error {
		for line := range strings.Lines(cell) {
			if line = strings.TrimSpace(line); line != "" {
				*at(q) = append(*at(q), read(line))
			}
		}
		return nil
	}}
}
