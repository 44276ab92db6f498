package discordtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Read reads Discord's Markdown as its clients do, in UTC: what can be seen, and what the markup did.
// https://discord.com/developers/docs/reference#message-formatting and Discord's help pages on Markdown.
func (s *Server) Read(source string) (text string, effects []string) { return s.read(source, nil) }

func (s *Server) read(source string, zone *time.Location) (text string, effects []string) {
	if zone == nil {
		zone = time.UTC
	}
	r := reader{s: s, zone: zone}
	return r.blocks(strings.TrimSpace(source), false), r.effects
}

type reader struct {
	s       *Server
	zone    *time.Location
	effects []string
}

// patterns are the rules of Markdown that are read by pattern.
type patterns struct {
	item, emoji, link, language, tag, target *regexp.Regexp
}

func newPatterns() patterns {
	return patterns{
		item:     regexp.MustCompile(`^(?:[*-]|\d+\.) +(\S.*)$`),
		emoji:    regexp.MustCompile(`^:[a-z0-9_+-]+:`),
		link:     regexp.MustCompile(`^(?:https?|discord|steam)://[^\s<]+[^<.,:;"'\]\s]`),
		language: regexp.MustCompile(`^[a-zA-Z0-9_+\-.#]+\n`),
		tag:      regexp.MustCompile(`^(?:(@!?|@&|#)(\d+)|t:(-?\d{1,12})(?::([tTdDfFsSR]))?|a?:\w+:\d+|/[^:\n]+:\d+|id:\w+|(https?://[^\s>]+))$`),
		target:   regexp.MustCompile(`^\(\s*<?(https?://(?:\([^)]*\)|[^\s\\()])+)>?(?:\s+["'][^"']*["'])?\s*\)`),
	}
}

func (r *reader) did(effect string) { r.effects = append(r.effects, effect) }

// blocks reads what begins lines: quotes, headings, small print, items and fences.
func (r *reader) blocks(src string, quoted bool) string {
	var out []string
	for src != "" {
		text, n := r.block(src, quoted)
		out = append(out, text)
		src = strings.TrimPrefix(src[n:], "\n")
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// block reads one block and says how long it is, without the line break after it.
func (r *reader) block(src string, quoted bool) (string, int) {
	line, _, _ := strings.Cut(src, "\n")
	bare := strings.TrimLeft(line, " ")
	indent := len(line) - len(bare)
	switch {
	case strings.HasPrefix(bare, hide):
		if text, n := r.hidden(src[indent:]); n > 0 {
			return text, indent + n
		}
	case strings.HasPrefix(bare, "```"):
		if text, n := r.code(src[indent:]); n > 0 {
			return text, indent + n
		}
	case strings.HasPrefix(bare, ">>> ") && !quoted:
		r.did("quote")
		return r.blocks(src[indent+4:], true), len(src)
	case strings.HasPrefix(bare, "> ") && !quoted:
		return r.quote(src)
	case heading(bare) != "":
		r.did("heading")
		return r.inline(heading(bare)), len(line)
	case strings.HasPrefix(bare, "-# ") && strings.TrimSpace(bare[3:]) != "":
		r.did("small")
		return r.inline(bare[3:]), len(line)
	case r.item(bare) != "":
		r.did("item")
		text := r.item(bare)
		return r.inItem(text, quoted), len(line)
	}
	// A paragraph reaches to the next line that begins a block; inline markup may reach over its lines.
	n := len(line)
	for n < len(src) && !r.begins(src[n+1:], quoted) {
		next, _, _ := strings.Cut(src[n+1:], "\n")
		n += 1 + len(next)
	}
	return r.inline(src[:n]), n
}

// hide begins and ends hidden text.
const hide = "||"

// hidden reads whole lines that are hidden; blocks may stand in them.
func (r *reader) hidden(src string) (string, int) {
	end := closing(src[len(hide):], hide)
	n := end + 2*len(hide)
	if end <= 0 || n < len(src) && src[n] != '\n' {
		return "", 0
	}
	r.did("hidden")
	return r.blocks(src[len(hide):len(hide)+end], false), n
}

// inItem reads what stands in an item, which may be a block itself.
func (r *reader) inItem(text string, quoted bool) string {
	if r.begins(text, quoted) {
		return r.blocks(text, quoted)
	}
	return r.inline(text)
}

// quote reads neighbouring quoted lines as one.
func (r *reader) quote(src string) (string, int) {
	r.did("quote")
	var inner []string
	n := 0
	for n < len(src) {
		line, _, _ := strings.Cut(src[n:], "\n")
		text, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "> ")
		if !ok {
			break
		}
		inner = append(inner, text)
		n += len(line) + 1
	}
	return r.blocks(strings.Join(inner, "\n"), true), min(n, len(src)+1) - 1
}

func (r *reader) begins(src string, quoted bool) bool {
	line, _, _ := strings.Cut(src, "\n")
	bare := strings.TrimLeft(line, " ")
	return !quoted && (strings.HasPrefix(bare, "> ") || strings.HasPrefix(bare, ">>> ")) ||
		heading(bare) != "" || strings.HasPrefix(bare, "```") || strings.HasPrefix(bare, "-# ") || r.item(bare) != ""
}

func heading(line string) string {
	for _, mark := range []string{"# ", "## ", "### "} {
		if t, ok := strings.CutPrefix(line, mark); ok {
			return strings.TrimSpace(strings.TrimRight(t, "# ")) // hashes at the end belong to the heading
		}
	}
	return ""
}

func (r *reader) item(line string) string {
	if m := r.s.patterns.item.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return ""
}

// inline reads what stands in a line. Each rule is tried where the text has come to; the first that fits is taken.
func (r *reader) inline(src string) string {
	var out strings.Builder
	word := false // the last character was a letter or a digit
	for src != "" {
		text, n := r.one(src, word)
		if n == 0 {
			c := []rune(src[:min(4, len(src))])[0]
			n = len(string(c))
			if c == unicode.ReplacementChar {
				n = 1
			}
			text = src[:n]
		}
		word = n > 0 && (unicode.IsLetter(rune(src[n-1])) || unicode.IsDigit(rune(src[n-1])))
		out.WriteString(text)
		src = src[n:]
	}
	return out.String()
}

// one reads what begins here, and says how long it is; 0 for plain text.
func (r *reader) one(src string, word bool) (string, int) {
	switch src[0] {
	case '\\':
		if len(src) > 1 && src[1] > ' ' && src[1] < 0x7f && !isWord(src[1]) {
			return src[1:2], 2
		}
	case '`':
		return r.code(src)
	case '<':
		return r.angle(src)
	case '@':
		for _, all := range []string{"@everyone", "@here"} {
			if strings.HasPrefix(src, all) {
				r.did("everyone " + all)
				return all, len(all)
			}
		}
	case '[':
		return r.masked(src)
	case ':':
		if m := r.s.patterns.emoji.FindString(src); m != "" {
			r.did("emoji")
			return "(emoji)", len(m)
		}
	case 'h', 'd', 's':
		if m := r.s.patterns.link.FindString(src); m != "" && !word {
			r.did("link " + m)
			return m, len(m)
		}
	case '*', '_', '~', '|':
		return r.emphasis(src, word)
	}
	return "", 0
}

func isWord(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

func (r *reader) code(src string) (string, int) {
	n := len(src) - len(strings.TrimLeft(src, "`"))
	if n >= 3 {
		body := src[3:]
		if end := strings.Index(body, "```"); end > 0 {
			inner := body[:end]
			if m := r.s.patterns.language.FindString(inner); m != "" && strings.TrimSpace(inner[len(m):]) != "" {
				inner = inner[len(m):]
			}
			if inner = strings.Trim(inner, "\n"); inner != "" {
				r.did("code")
				return inner, 3 + end + 3
			}
		}
	}
	fence := strings.Repeat("`", n)
	for at := n; ; {
		i := strings.Index(src[at:], fence)
		if i < 0 {
			return "", 0
		}
		i += at
		run := len(src[i:]) - len(strings.TrimLeft(src[i:], "`"))
		if run == n && i > n {
			r.did("mono")
			return src[n:i], i + n
		}
		at = i + run
	}
}

// angle reads mentions, times, emoji, commands and links in angle brackets.
func (r *reader) angle(src string) (string, int) {
	end := strings.IndexByte(src, '>')
	if end < 0 {
		return "", 0
	}
	tag := src[1:end]
	m := r.s.patterns.tag.FindStringSubmatch(tag)
	if m == nil {
		return "", 0
	}
	switch {
	case m[1] == "#":
		r.did("channel " + m[2])
		if ch := r.s.channels[m[2]]; ch != nil {
			return "#" + ch.name, end + 1
		}
		return "#unknown", end + 1
	case m[1] == "@&":
		r.did("role " + m[2])
		return "@role", end + 1
	case m[1] != "":
		r.did("user " + m[2])
		if u := r.s.users[m[2]]; u != nil {
			return "@" + u.GlobalName, end + 1
		}
		return "@unknown-user", end + 1
	case m[3] != "":
		r.did("time")
		return r.time(m[3], m[4]), end + 1
	case m[5] != "":
		r.did("link " + m[5])
		return m[5], end + 1
	}
	r.did("tag " + tag)
	return "(tag)", end + 1
}

// time shows an instant as a person in the reader's zone sees it.
func (r *reader) time(unix, style string) string {
	n, err := strconv.ParseInt(unix, 10, 64)
	if err != nil {
		return "Invalid Date"
	}
	t := time.Unix(n, 0).In(r.zone)
	layouts := map[string]string{"t": "15:04", "T": "15:04:05", "d": "02/01/2006", "D": "January 2, 2006", "": "January 2, 2006 at 15:04",
		"f": "January 2, 2006 at 15:04", "F": "Monday, January 2, 2006 at 15:04", "s": "02/01/2006, 15:04", "S": "02/01/2006, 15:04:05"}
	if style == "R" {
		return fmt.Sprintf("in %d hours", int(t.Sub(r.s.o.Now()).Hours()))
	}
	return t.Format(layouts[style])
}

// masked reads [text](address).
func (r *reader) masked(src string) (string, int) {
	depth := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '[':
			depth++
		case ']':
			if depth--; depth > 0 {
				continue
			}
			m := r.s.patterns.target.FindStringSubmatch(src[i+1:])
			if m == nil || strings.TrimSpace(src[1:i]) == "" {
				return "", 0
			}
			r.did("link " + m[1])
			return r.inline(src[1:i]), i + 1 + len(m[0])
		}
	}
	return "", 0
}

// emphasis reads bold, italic, underline, strike and hidden text.
func (r *reader) emphasis(src string, word bool) (string, int) {
	for _, x := range []struct{ mark, effect string }{{hide, "hidden"}, {"~~", "strike"}, {"**", "bold"}, {"__", "underline"}, {"*", "italic"}, {"_", "italic"}} {
		if !strings.HasPrefix(src, x.mark) || x.mark == "_" && word {
			continue
		}
		n := len(x.mark)
		if n == 1 && (len(src) < 2 || unicode.IsSpace(rune(src[1])) && x.mark == "*") {
			continue
		}
		if end := closing(src[n:], x.mark); end > 0 {
			r.did(x.effect)
			return r.inline(src[n : n+end]), n + end + n
		}
	}
	return "", 0
}

// closing finds where a marker ends what it began; escapes and longer runs of it do not.
func closing(s, mark string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if s[i] == '`' && mark != hide { // code goes before emphasis, but hidden text ends even in it
			run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
			if end := strings.Index(s[i+run:], strings.Repeat("`", run)); end > 0 {
				i += run + end + run - 1
				continue
			}
		}
		if !strings.HasPrefix(s[i:], mark) {
			continue
		}
		after := s[i+len(mark):]
		if len(mark) == 1 && strings.HasPrefix(after, mark) { // a double one inside
			i++
			continue
		}
		if strings.HasPrefix(after, mark[:1]) && (mark == "**" || mark == "__") {
			continue
		}
		if mark == "_" && after != "" && isWord(after[0]) {
			continue
		}
		return i
	}
	return -1
}
