package bot

import (
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// blocks reads the Markdown subset of the bank: paragraphs, "- " and "1. " lists, fenced code, and inside a line `code`,
// **bold**, *italic* and [text](https://…). Anything else is text. Only the bank is read so, never what people wrote.
func blocks(md string) []chat.Block {
	var out []chat.Block
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(md, "\n"), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "":
			i++
		case strings.HasPrefix(line, "```"):
			code := chat.Code{Language: strings.TrimSpace(line[3:])}
			var src []string
			for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
				src = append(src, lines[i])
			}
			i++
			code.Source = strings.Join(src, "\n")
			out = append(out, code)
		default:
			if _, ordered, ok := item(line); ok {
				list := chat.List{Ordered: ordered}
				for ; i < len(lines); i++ {
					text, o, ok := item(lines[i])
					if ok && o == ordered {
						list.Items = append(list.Items, spans(text))
						continue
					}
					if ok || !strings.HasPrefix(lines[i], "  ") || strings.TrimSpace(lines[i]) == "" {
						break
					}
					last := &list.Items[len(list.Items)-1]
					*last = append(*last, spans(" "+strings.TrimSpace(lines[i]))...)
				}
				out = append(out, list)
				continue
			}
			var text []string
			for ; i < len(lines) && strings.TrimSpace(lines[i]) != "" && !strings.HasPrefix(lines[i], "```"); i++ {
				if _, _, ok := item(lines[i]); ok {
					break
				}
				text = append(text, strings.TrimSpace(lines[i]))
			}
			out = append(out, chat.Paragraph{Text: spans(strings.Join(text, " "))})
		}
	}
	return out
}

func item(line string) (text string, ordered, ok bool) {
	if t, ok := strings.CutPrefix(line, "- "); ok {
		return t, false, true
	}
	n := 0
	for n < len(line) && line[n] >= '0' && line[n] <= '9' {
		n++
	}
	if n > 0 && n < 3 && strings.HasPrefix(line[n:], ". ") {
		return line[n+2:], true, true
	}
	return "", false, false
}

// spans reads what stands inside a line.
func spans(s string) chat.Text {
	var out chat.Text
	text := func(t string) {
		if t != "" {
			out = append(out, chat.Span{Text: t})
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "`*[")
		if i < 0 {
			break
		}
		span, n := inline(s[i:])
		if n == 0 {
			text(s[:i+1])
			s = s[i+1:]
			continue
		}
		text(s[:i])
		out = append(out, span)
		s = s[i+n:]
	}
	text(s)
	return joined(out)
}

// inline reads one styled span at the beginning of s; n is 0 when there is none.
func inline(s string) (span chat.Span, n int) {
	switch {
	case s[0] == '`':
		if end := strings.IndexByte(s[1:], '`'); end > 0 {
			return chat.Span{Text: s[1 : 1+end], Style: chat.Mono}, end + 2
		}
	case strings.HasPrefix(s, "**"):
		if end := strings.Index(s[2:], "**"); end > 0 {
			return chat.Span{Text: s[2 : 2+end], Style: chat.Bold}, end + 4
		}
	case s[0] == '*':
		end := strings.IndexByte(s[1:], '*')
		if end > 0 && s[1] != ' ' && s[end] != ' ' {
			return chat.Span{Text: s[1 : 1+end], Style: chat.Italic}, end + 2
		}
	case s[0] == '[':
		close := strings.Index(s, "](")
		if close > 1 {
			if end := strings.IndexByte(s[close:], ')'); end > 2 {
				link := s[close+2 : close+end]
				if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
					return chat.Span{Text: s[1:close], Link: link}, close + end + 1
				}
			}
		}
	}
	return chat.Span{}, 0
}

// joined puts neighbouring plain spans together.
func joined(t chat.Text) chat.Text {
	var out chat.Text
	for _, s := range t {
		if n := len(out); n > 0 && out[n-1].Style == 0 && out[n-1].Link == "" && s.Style == 0 && s.Link == "" {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}
