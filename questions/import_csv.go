package questions

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// readCSV reads a table whose first line names the columns. The separator is the one of comma, semicolon and tab that the first line has most.
func readCSV(content []byte) ([]Entry, error) {
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord = separator(content), -1
	header, err := r.Read()
	if err != nil {
		return nil, csvError(err)
	}
	cols, err := headed(header)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return entries, nil
		} else if err != nil {
			return nil, csvError(err)
		}
		line, _ := r.FieldPos(0)
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if len(entries) == EntryLimit {
			return nil, tooMany(line)
		}
		e := Entry{Line: line, Question: &Question{}}
		if len(cells) > len(cols) {
			e.Faults = append(e.Faults, Fault{What: fmt.Sprintf("has %d cells, but there are %d columns; put texts with %q in them between quotes", len(cells), len(cols), r.Comma)})
		}
		for i, cell := range cells[:min(len(cells), len(cols))] {
			if err := cols[i].read(e.Question, disarmed(cell)); err != nil {
				e.Faults = append(e.Faults, Fault{Field: cols[i].name, What: err.Error()})
			}
		}
		entries = append(entries, e)
	}
}

// separator guesses what stands between the cells by the first line.
func separator(content []byte) rune {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(first, []byte(string(c))) > bytes.Count(first, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// headed finds the columns that a header names.
func headed(header []string) ([]column, error) {
	cols := make([]column, len(header))
	var names []string
	for i, name := range header {
		c, ok := columnNamed(disarmed(name))
		switch {
		case !ok && strings.TrimSpace(name) == "":
			return nil, fmt.Errorf("line 1: column %d has no name; the first line names the columns: %s", i+1, columnNames())
		case !ok:
			return nil, fmt.Errorf("line 1: there is no column %q; the first line names the columns: %s", short(name), columnNames())
		case slices.Contains(names, c.name):
			return nil, fmt.Errorf("line 1: the column %s is there twice; keep one", c.name)
		}
		cols[i], names = c, append(names, c.name)
	}
	for _, need := range []string{"prompt", "answer"} {
		if !slices.Contains(names, need) {
			return nil, fmt.Errorf("line 1: there is no column %s; the first line names the columns, at least prompt (or question) and answer", need)
		}
	}
	return cols, nil
}

// csvError names the line of what the parser could not read.
func csvError(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("is empty; the first line names the columns")
	}
	if pe, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Errorf("line %d: the quotes do not match, from line %d on; put a cell with quotes, line breaks or separators between quotes, and double the quotes in it", pe.Line, pe.StartLine)
	}
	return err
}

// Spreadsheets take cells that begin so for formulas; an apostrophe before them says that they are text (OWASP, CSV Injection).
const formulas = "=+-@\t\r\n＝＋－＠"

// armed puts an apostrophe before a cell that a spreadsheet would run; disarmed takes it away.
func armed(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.IndexAny(rest, formulas) == 0 {
		return "'" + cell
	}
	return cell
}

func disarmed(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); len(rest) < len(cell) && rest != "" && strings.IndexAny(rest, formulas) == 0 {
		return cell[1:]
	}
	return cell
}
