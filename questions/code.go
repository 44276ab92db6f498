package questions

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"strings"
)

// checkCode says what does not parse in the code blocks of a text: Go and JSON are parsed, brackets must match in every other language
// but text.
func checkCode(text string) (problems []string) {
	for _, part := range fences(text) {
		if !part.code {
			continue
		}
		var err error
		switch part.language {
		case "go":
			err = parseGo(part.text)
		case "json":
			if !json.Valid([]byte(part.text)) {
				err = fmt.Errorf("it is not valid JSON")
			}
		case "text", "http", "sh", "bash", "console":
		default:
			err = balanced(part.text, part.language)
		}
		if err != nil {
			problems = append(problems, fmt.Sprintf("a %s block does not parse: %v", part.language, err))
		}
	}
	return problems
}

// parseGo accepts a file, declarations, statements or an expression.
func parseGo(source string) error {
	_, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err == nil {
		return nil
	}
	for _, around := range [][2]string{{"package p\n", ""}, {"package p\nfunc _() {\n", "\n}"}} {
		if _, e := parser.ParseFile(token.NewFileSet(), "", around[0]+source+around[1], parser.SkipObjectResolution); e == nil {
			return nil
		} else if !strings.HasPrefix(strings.TrimSpace(source), "package") {
			err = e
		}
	}
	return err
}

// balanced says whether every bracket outside strings and comments has its partner.
func balanced(source, language string) error {
	var open []byte
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '"', '\'', '`':
			i = afterString(source, i)
		case '(', '[', '{':
			open = append(open, c)
		case ')', ']', '}':
			if len(open) == 0 || !partners(open[len(open)-1], c) {
				return fmt.Errorf("%q in line %d has no partner", c, 1+strings.Count(source[:i], "\n"))
			}
			open = open[:len(open)-1]
		default:
			if comment(source[i:], language) {
				i += strings.IndexByte(source[i:]+"\n", '\n')
			} else if strings.HasPrefix(source[i:], "/*") {
				i += strings.Index(source[i:]+"*/", "*/")
			}
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%q is never closed", open[len(open)-1])
	}
	return nil
}

func partners(open, close byte) bool {
	return open == '(' && close == ')' || open == '[' && close == ']' || open == '{' && close == '}'
}

// afterString returns where a string that begins at i ends. A quote without a partner in its line is an apostrophe.
func afterString(source string, i int) int {
	quote := source[i]
	if triple := strings.Repeat(string(quote), 3); strings.HasPrefix(source[i:], triple) {
		if end := strings.Index(source[i+3:], triple); end >= 0 {
			return i + 3 + end + 2
		}
		return i
	}
	for k := i + 1; k < len(source) && (source[k] != '\n' || quote == '`'); k++ {
		switch source[k] {
		case '\\':
			k++
		case quote:
			return k
		}
	}
	return i
}

// comment says whether a comment to the end of the line begins here.
func comment(rest, language string) bool {
	switch language {
	case "python", "ruby", "yaml", "dockerfile", "toml", "nginx", "makefile":
		return rest[0] == '#'
	case "sql", "lua":
		return strings.HasPrefix(rest, "--")
	}
	return strings.HasPrefix(rest, "//")
}
