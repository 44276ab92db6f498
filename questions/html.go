package questions

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
)

// plainText takes the text out of HTML, in the Markdown subset: paragraphs, lists and code are kept, everything else that is markup is
// dropped, scripts and styles with what is in them. It also says whether a picture was dropped. Any input gives some text.
func plainText(s string) (text string, media bool) {
	p := &plainer{}
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		name, closing, n := tag(s[i:])
		if n == 0 {
			p.text(s[:i+1])
			s = s[i+1:]
			continue
		}
		p.text(s[:i])
		s = s[i+n:]
		if (name == "script" || name == "style") && !closing {
			s = after(s, name)
		}
		media = media || name == "img" || name == "audio" || name == "video" || name == "object"
		p.tag(name, closing)
	}
	p.text(s)
	p.tag("pre", true)
	lines := strings.Split(p.b.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimSpace(regexp.MustCompile(`\n{3,}`).ReplaceAllString(strings.Join(lines, "\n"), "\n\n")), media
}

// tagLimit bounds a tag, in bytes; what is longer is text.
const tagLimit = 1024

// tag reads a tag, a comment or a declaration at the beginning of s; n is 0 when there is none.
func tag(s string) (name string, closing bool, n int) {
	if strings.HasPrefix(s, "<!--") {
		if end := strings.Index(s[4:], "-->"); end >= 0 {
			return "!", false, end + 7
		}
		return "", false, 0
	}
	i := 1
	if closing = strings.HasPrefix(s, "</"); closing {
		i = 2
	}
	start := i
	for i < len(s) && (isLetter(s[i]) || (i > start && s[i] >= '0' && s[i] <= '9')) {
		i++
	}
	if i == start && (i >= len(s) || closing || (s[i] != '!' && s[i] != '?')) {
		return "", false, 0
	}
	name = strings.ToLower(s[start:i])
	for quote := byte(0); i < min(len(s), tagLimit); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			return "", false, 0
		case c == '>':
			return name, closing, i + 1
		}
	}
	return "", false, 0
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// after returns what follows the closing tag of a name; nothing when there is none.
func after(s, name string) string {
	for {
		i := strings.Index(s, "</")
		if i < 0 {
			return ""
		}
		if s = s[i+2:]; len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			_, rest, _ := strings.Cut(s, ">")
			return rest
		}
	}
}

// plainer writes text as the tags around it say.
type plainer struct {
	b       strings.Builder
	pre     bool
	ordered bool
	item    int
}

func (p *plainer) text(s string) {
	s = strings.ReplaceAll(html.UnescapeString(s), "\u00a0", " ")
	if !p.pre {
		words := strings.Join(strings.Fields(s), " ")
		switch {
		case words == "" && s == "", words == "" && p.fresh():
			return
		case words == "":
			words = " "
		default:
			if unicode.IsSpace(rune(s[0])) && !p.fresh() {
				words = " " + words
			}
			if unicode.IsSpace(rune(s[len(s)-1])) {
				words += " "
			}
		}
		s = words
	}
	p.b.WriteString(s)
}

// fresh says whether nothing stands on the line yet.
func (p *plainer) fresh() bool {
	s := p.b.String()
	return s == "" || s[len(s)-1] == '\n'
}

func (p *plainer) tag(name string, closing bool) {
	switch name {
	case "br":
		if !p.pre && !p.fresh() {
			p.b.WriteByte('\n') // the subset has no line break inside a paragraph
		}
		p.b.WriteByte('\n')
	case "p", "div", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr":
		p.b.WriteString("\n\n")
	case "ul", "ol":
		p.b.WriteString("\n\n")
		p.ordered, p.item = name == "ol" && !closing, 0
	case "li":
		if !closing {
			p.bullet()
		}
	case "pre":
		p.fence(closing)
	case "code", "tt", "kbd":
		if !p.pre {
			p.b.WriteByte('`')
		}
	case "td", "th":
		p.b.WriteByte(' ')
	}
}

func (p *plainer) bullet() {
	if !p.fresh() {
		p.b.WriteByte('\n')
	}
	if p.item++; p.ordered {
		fmt.Fprintf(&p.b, "%d. ", p.item)
		return
	}
	p.b.WriteString("- ")
}

func (p *plainer) fence(closing bool) {
	switch {
	case closing && p.pre:
		if p.pre = false; !p.fresh() {
			p.b.WriteByte('\n')
		}
		p.b.WriteString("```\n\n")
	case !closing && !p.pre:
		p.b.WriteString("\n\n```text\n")
		p.pre = true
	}
}

// htmlOf writes the Markdown subset as HTML. All text is escaped; links are https alone.
func htmlOf(markdown string) string {
	var b strings.Builder
	for _, part := range fences(markdown) {
		if part.code {
			b.WriteString("<pre><code>" + html.EscapeString(strings.TrimRight(part.text, "\n")) + "</code></pre>")
			continue
		}
		for _, block := range regexp.MustCompile(`\n\s*\n`).Split(strings.Trim(part.text, "\n"), -1) {
			htmlBlock(&b, block)
		}
	}
	return b.String()
}

// htmlBlock writes a paragraph with the list that may follow it.
func htmlBlock(b *strings.Builder, block string) {
	open, kind := "", ""
	for line := range strings.Lines(block) {
		next, text := "p", strings.TrimSpace(line)
		switch item := regexp.MustCompile(`^(-|\d+\.) `).FindString(line); {
		case item == "- ":
			next = "ul"
		case item != "":
			next = "ol"
		case open == "ul" || open == "ol": // an item goes on
			b.WriteString(" " + htmlInline(text))
			continue
		}
		if kind = strings.TrimLeft(text, "-0123456789."); next != "p" {
			text = strings.TrimSpace(kind)
		}
		switch {
		case open == next && next == "p":
			b.WriteByte(' ')
		case open == next:
			b.WriteString("</li><li>")
		default:
			b.WriteString(closed(open) + map[string]string{"p": "<p>", "ul": "<ul><li>", "ol": "<ol><li>"}[next])
		}
		b.WriteString(htmlInline(text))
		open = next
	}
	b.WriteString(closed(open))
}

func closed(open string) string {
	return map[string]string{"p": "</p>", "ul": "</li></ul>", "ol": "</li></ol>"}[open]
}

// htmlInline writes what stands inside a line.
func htmlInline(s string) string {
	span := regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\*([^* ][^*]*)\\*|\\[([^\\[\\]]+)\\]\\((https://[^()\\s]+)\\)")
	var b strings.Builder
	for {
		m := span.FindStringSubmatchIndex(s)
		if m == nil {
			b.WriteString(html.EscapeString(s))
			return b.String()
		}
		b.WriteString(html.EscapeString(s[:m[0]]))
		group := func(i int) string { return html.EscapeString(s[m[2*i]:m[2*i+1]]) }
		switch {
		case m[2] >= 0:
			b.WriteString("<code>" + group(1) + "</code>")
		case m[4] >= 0:
			b.WriteString("<b>" + group(2) + "</b>")
		case m[6] >= 0:
			b.WriteString("<i>" + group(3) + "</i>")
		default:
			b.WriteString(`<a href="` + group(5) + `">` + group(4) + "</a>")
		}
		s = s[m[1]:]
	}
}
