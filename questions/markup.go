package questions

import (
	"fmt"
	"regexp"
	"strings"
)

// The Markdown subset of the content. Blocks: paragraphs, lists ("- " or "1. "), fenced code with a language. Inline: `code`, **bold**,
// *italic*, [text](https://…). Plain text has none of it. Everything else is refused, for the platforms would show it differently.

// checkBlocks says what in a text is outside the subset.
func checkBlocks(text string) (problems []string) {
	for _, part := range fences(text) {
		switch {
		case !part.code:
			for line := range strings.Lines(part.text) {
				problems = append(problems, checkLine(strings.TrimRight(line, "\n"))...)
			}
			for _, paragraph := range strings.Split(part.text, "\n\n") {
				problems = append(problems, checkInline(paragraph)...)
			}
		case !part.closed:
			problems = append(problems, "a code block has no closing ```")
		case part.language == "":
			problems = append(problems, "a code block names no language; write ```go or ```text")
		}
	}
	return problems
}

// checkLine looks at how a line begins: most markup of other dialects shows there.
func checkLine(line string) (problems []string) {
	trimmed := strings.TrimLeft(line, " \t")
	refuse := func(what string) { problems = append(problems, fmt.Sprintf("%s: %q", what, short(line))) }
	switch {
	case trimmed == "":
	case strings.HasPrefix(line, "\t"), strings.HasPrefix(line, "    "):
		refuse("a line is indented; put code between ``` lines")
	case line != trimmed && listItem(trimmed):
		refuse("a list inside a list is not in the subset")
	case strings.HasPrefix(trimmed, "#") && heading(trimmed):
		refuse("headings are not in the subset")
	case strings.HasPrefix(trimmed, ">"):
		refuse("quotes are not in the subset")
	case strings.HasPrefix(trimmed, "|"):
		refuse("tables are not in the subset")
	case strings.HasPrefix(trimmed, "* "), strings.HasPrefix(trimmed, "+ "), strings.HasPrefix(trimmed, "• "):
		refuse("list items begin with \"- \"")
	case strings.HasPrefix(trimmed, "1) "):
		refuse("numbered items are written \"1. \"")
	case strings.Trim(trimmed, "-") == "" && len(trimmed) > 2, strings.Trim(trimmed, "=") == "" && len(trimmed) > 2, strings.Trim(trimmed, "*") == "":
		refuse("rules and underlined headings are not in the subset")
	case strings.HasPrefix(trimmed, "~~~"):
		refuse("code is fenced by ```")
	}
	return problems
}

func listItem(s string) bool {
	return strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "* ") || regexp.MustCompile(`^\d+[.)] `).MatchString(s)
}

func heading(s string) bool { return strings.HasPrefix(strings.TrimLeft(s, "#"), " ") }

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// checkInline says what inside a paragraph is outside the subset.
func checkInline(text string) (problems []string) {
	if !strings.ContainsAny(text, "`*<[~") {
		return nil
	}
	if strings.Count(text, "`")%2 == 1 {
		return []string{fmt.Sprintf("a ` has no partner: %q", short(text))}
	}
	prose := withoutCode(text)
	if m := regexp.MustCompile(`<[A-Za-z/!][^ ]*`).FindString(prose); m != "" {
		problems = append(problems, fmt.Sprintf("HTML is not in the subset; put it between `: %q", short(m)))
	}
	if strings.Contains(prose, "![") {
		problems = append(problems, "images are not in the subset")
	}
	link := regexp.MustCompile(`\[([^\[\]]*)\]\(([^()]*)\)`)
	for _, m := range link.FindAllStringSubmatch(prose, -1) {
		if strings.TrimSpace(m[1]) == "" || !wellFormed(m[2]) {
			problems = append(problems, fmt.Sprintf("a link needs a text and an address that begins with https://: %q", short(m[0])))
		}
	}
	rest := link.ReplaceAllString(prose, "$1")
	if strings.Contains(rest, "](") {
		problems = append(problems, fmt.Sprintf("a link is not well-formed: %q", short(rest[strings.Index(rest, "]("):])))
	}
	return append(problems, checkStars(rest)...)
}

// checkStars sees that ** and * come in pairs. A star with blanks around it is a multiplication sign.
func checkStars(prose string) []string {
	prose = regexp.MustCompile(`(?m)(^| )\*( |$)`).ReplaceAllString(prose, " ")
	bold := strings.Count(prose, "**")
	italic := strings.Count(strings.ReplaceAll(prose, "**", ""), "*")
	if bold%2 == 1 || italic%2 == 1 {
		return []string{fmt.Sprintf("a * or ** has no partner; put code between `: %q", short(strings.TrimSpace(prose)))}
	}
	if strings.Contains(prose, "~~") {
		return []string{"struck-out text is not in the subset"}
	}
	return nil
}

// checkPlain says whether a text that is shown as it is holds markup.
func checkPlain(text string) []string {
	if strings.ContainsAny(text, "`\n") || strings.Contains(text, "**") || strings.Contains(text, "](") {
		return []string{fmt.Sprintf("is shown as it is: one line without markup: %q", short(text))}
	}
	return nil
}

// withoutCode takes `code` out of a paragraph.
func withoutCode(text string) string {
	return regexp.MustCompile("`[^`]*`").ReplaceAllString(text, "code")
}

// fence is a part of a text: prose, or the inside of a code block.
type fence struct {
	text     string
	code     bool
	language string
	closed   bool
}

// fences cuts a text at its ``` lines.
func fences(text string) []fence {
	var parts []fence
	current := fence{}
	var b strings.Builder
	flush := func() {
		current.text = b.String()
		b.Reset()
		if current.code || strings.TrimSpace(current.text) != "" {
			parts = append(parts, current)
		}
	}
	for line := range strings.Lines(text) {
		mark, isFence := strings.CutPrefix(strings.TrimRight(line, "\n "), "```")
		switch {
		case !isFence:
			b.WriteString(line)
		case current.code:
			current.closed = true
			flush()
			current = fence{}
		default:
			flush()
			current = fence{code: true, language: mark}
		}
	}
	flush()
	return parts
}

// prose returns a text without its code blocks.
func prose(text string) string {
	var b strings.Builder
	for _, part := range fences(text) {
		if !part.code {
			b.WriteString(part.text)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
