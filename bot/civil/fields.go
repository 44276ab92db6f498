package civil

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

const (
	mostText = 256 // bytes of a schedule: more than every field needs
	anyValue = "*"
)

// field is what there is to know about one of the five.
type field struct {
	name, wants string
	part        cron.ParseOption
	span        int // the greatest step that leaves more than one value
}

func fieldTable() [5]field {
	return [5]field{
		{"minute", "numbers from 0 to 59, such as 0 or 0,30 or 10-20 or */15", cron.Minute, 59},
		{"hour", "numbers from 0 to 23, such as 9 or 9,17 or 8-18", cron.Hour, 23},
		{"day of month", "numbers from 1 to 31, such as 1 or 1,15, or * for every day", cron.Dom, 30},
		{"month", "numbers from 1 to 12 or jan to dec, such as 1-6 or jan,jul, or * for every month", cron.Month, 11},
		{"day of week", "numbers from 0 to 7 (0 and 7 are Sunday) or sun to sat, such as 1-5 or mon,thu, or * for every day", cron.Dow, 6},
	}
}

// read checks five cron fields and hands them to cron's parser, which by itself panics on some texts and misses slots
// with others (robfig/cron issues 470 and 554).
func read(text string) (string, *cron.SpecSchedule, error) {
	parts, err := split(text)
	if err != nil {
		return "", nil, err
	}
	written := strings.Join(parts, " ")
	var mistakes []error
	for i, f := range fieldTable() {
		parts[i], err = f.check(parts[i])
		mistakes = append(mistakes, err)
	}
	if err := errors.Join(mistakes...); err != nil {
		return "", nil, err
	}
	if parts[2] != anyValue && parts[4] != anyValue {
		return "", nil, say("This schedule names days of the month and days of the week, and programs disagree about what that means. " +
			"Keep one of the two and write * for the other, such as 0 9 * * 1-5 or 0 9 1,15 * *.")
	}
	parsed, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(strings.Join(parts, " "))
	if err != nil {
		return "", nil, fmt.Errorf("read the schedule %s: %w", quote(written), err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	// The five years that cron looks ahead from here have two leap days.
	if !ok || spec.Next(time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return "", nil, say("The schedule %s never comes: no such month has that day. Choose a day that the month has, or * for the month.", quote(written))
	}
	return written, spec, nil
}

// split cuts a text into its five fields.
func split(text string) ([]string, error) {
	const example = "A schedule has five fields: minute, hour, day of month, month, day of week. 0 9 * * 1-5 is Monday to Friday at 09:00."
	parts := strings.Fields(text)
	switch {
	case len(text) > mostText:
		return nil, say("This schedule is longer than %d characters. %s", mostText, example)
	case len(parts) == 0:
		return nil, Refusal(example)
	case strings.Contains(text, "="):
		return nil, say("The schedule %s sets something with =. The time zone has a place of its own; leave it out here. %s", quote(text), example)
	case strings.Contains(text, "@"):
		return nil, say("Short forms such as %s are not read here. %s", quote(text), example)
	case len(parts) > 5:
		return nil, say("The schedule %s has %d fields; seconds and years are not among them. %s", quote(text), len(parts), example)
	case len(parts) < 5:
		return nil, say("The schedule %s has fewer than five fields. %s", quote(text), example)
	}
	return parts, nil
}

// check returns the field as cron's parser is to read it.
func (f field) check(text string) (string, error) {
	var days [7]bool
	for one := range strings.SplitSeq(text, ",") {
		it, ok := cut(one)
		if !ok {
			return "", f.refuse(text)
		}
		if it.step > f.span {
			return "", say("The %s %s steps over everything. Use a step of at most %d, or the number itself.", f.name, quote(text), f.span)
		}
		if f.part == cron.Dow && !it.mark(&days) {
			return "", f.refuse(text)
		}
	}
	if text == anyValue || text == anyValue+"/1" {
		return anyValue, nil
	}
	if f.part == cron.Dow {
		return list(days), nil
	}
	if _, err := cron.NewParser(f.part).Parse(text); err != nil {
		return "", f.refuse(text)
	}
	return text, nil
}

func (f field) refuse(text string) Refusal {
	return say("The %s %s cannot be read. It takes %s.", f.name, quote(text), f.wants)
}

// item is one piece of a field: first, first-last, or *, each with or without a step.
type item struct {
	first, last string // last is "" without a range
	stepped     bool
	step        int // 1 when none is written
}

// cut takes a piece apart; false when it is none. Its numbers and names are not looked at.
func cut(text string) (item, bool) {
	base, step, stepped := strings.Cut(text, "/")
	first, last, ranged := strings.Cut(base, "-")
	it := item{first: first, last: last, stepped: stepped, step: 1}
	if stepped {
		n, err := strconv.ParseUint(step, 10, 31)
		if err != nil && !errors.Is(err, strconv.ErrRange) || n == 0 {
			return it, false
		}
		it.step = int(n)
	}
	if first == anyValue {
		return it, !ranged
	}
	return it, plain(first) && (!ranged || plain(last))
}

// plain reports whether text is only ASCII letters and digits, and some.
func plain(text string) bool {
	odd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	return text != "" && !strings.ContainsFunc(text, odd)
}

// mark adds the days an item stands for; false when it stands for none. cron's own reading knows neither 7 nor a range
// that ends on Sunday.
func (it item) mark(days *[7]bool) bool {
	from, to := 0, 6
	ok, okToo := true, true
	if it.first != anyValue {
		from, ok = weekday(it.first)
	}
	switch {
	case it.last != "":
		to, okToo = weekday(it.last)
		if to == 0 && from > 0 {
			to = 7
		}
	case it.first != anyValue && !it.stepped, from == 7:
		to = from
	}
	if !ok || !okToo || from > to {
		return false
	}
	for d := from; d <= to; d += it.step {
		days[d%7] = true
	}
	return true
}

// weekday reads 0 to 7 or the first three letters of a day; 0 and 7 are Sunday.
func weekday(text string) (int, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(text, d.String()[:3]) {
			return int(d), true
		}
	}
	d, err := strconv.Atoi(text)
	return d, err == nil && d <= 7
}

func list(days [7]bool) string {
	var numbers []string
	for d, on := range days {
		if on {
			numbers = append(numbers, strconv.Itoa(d))
		}
	}
	return strings.Join(numbers, ",")
}
