package discord

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// markdown writes t so that Discord's clients show exactly its characters, and as markup only what its spans ask for.
// It takes for granted that it begins a line.
func markdown(t chat.Text) string {
	w := writer{fresh: true}
	n := 16
	for _, s := range t {
		n += len(s.Text) + 8
	}
	w.b.Grow(n)
	for _, s := range joined(t) {
		w.span(s)
	}
	w.spoil(false)
	return w.b.String()
}

// joined merges neighbours that look alike, so that no markers meet between them.
func joined(t chat.Text) chat.Text {
	var out chat.Text
	for _, s := range t {
		if n := len(out); n > 0 && plain(out[n-1]) && plain(s) && out[n-1].Style == s.Style && out[n-1].Link == s.Link {
			out[n-1].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func plain(s chat.Span) bool { return s.User == "" && s.Channel == "" && s.Time.IsZero() }

// writer writes spans; fresh says that only white space stands on the line so far, number that only a number does,
// marked that the last thing written is a marker.
type writer struct {
	b                     strings.Builder
	fresh, number, marked bool
	hidden                bool
}

func (w *writer) span(s chat.Span) {
	w.spoil(s.Style&chat.Spoiler != 0)
	if tag := reference(s); tag != "" {
		w.raw(tag)
		return
	}
	text := clean(s.Text)
	core := strings.TrimSpace(text)
	if core == "" {
		w.text(text)
		return
	}
	head, tail, _ := strings.Cut(text, core)
	w.text(head)
	w.styled(core, s)
	w.text(tail)
}

// styled writes text that has no white space at its ends, for a marker takes none there.
func (w *writer) styled(text string, s chat.Span) {
	var open, shut string
	target := address(s.Link)
	if target != "" && target == s.Link && text == s.Link {
		w.raw("<" + target + ">")
		return
	}
	for _, m := range []struct {
		style  chat.Style
		marker string
	}{{chat.Bold, "**"}, {chat.Italic, "*"}, {chat.Strike, "~~"}} {
		if s.Style&m.style != 0 {
			open, shut = open+m.marker, m.marker+shut
		}
	}
	if target != "" {
		open, shut = open+"[", "]("+target+")"+shut
	}
	w.mark(open)
	if s.Style&chat.Mono != 0 && !strings.ContainsAny(text, "`\n") && !(w.hidden && strings.Contains(text, "||")) {
		w.mark("`")
		w.raw(text)
		w.mark("`")
	} else {
		w.text(text)
	}
	w.mark(shut)
}

// spoil opens or closes hidden text; it may hold spans of other styles.
func (w *writer) spoil(hide bool) {
	if w.hidden != hide {
		w.mark("||")
		w.hidden = hide
	}
}

// mark writes markers. Between two of them stands a zero-width space, or they would be read as one.
func (w *writer) mark(m string) {
	if m == "" {
		return
	}
	if w.marked {
		w.b.WriteRune('\u200b')
	}
	w.b.WriteString(m)
	w.marked = true
}

func (w *writer) raw(s string) {
	w.b.WriteString(s)
	w.fresh, w.number, w.marked = false, false, false
}

// text writes characters that shall be read as they are. Discord takes a backslash before any ASCII punctuation.
func (w *writer) text(s string) {
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case strings.ContainsRune("\\*_~`|<@[]", r),
			r == ':' && i+1 < len(runes) && !unicode.IsSpace(runes[i+1]), // a link, an emoji
			w.fresh && strings.ContainsRune("#>-", r),
			w.number && r == '.':
			w.b.WriteByte('\\')
		}
		w.b.WriteRune(r)
		digit := r >= '0' && r <= '9'
		w.number = digit && (w.fresh || w.number)
		w.fresh = r == '\n' || w.fresh && unicode.IsSpace(r)
		w.marked = false
	}
}

// reference writes what Discord's clients show in their own way: people, channels and times. It is "" for other spans,
// and for people and channels of other platforms.
func reference(s chat.Span) string {
	if id, ok := snowflakeOf(s.User); ok {
		return "<@" + id + ">"
	}
	if id, _, ok := channelOf(s.Channel); ok && id != "" {
		return "<#" + id + ">"
	}
	if !s.Time.IsZero() {
		return stamp(s)
	}
	return ""
}

// stamp writes an instant that each reader sees in their own zone:
// https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
func stamp(s chat.Span) string {
	style := "F"
	switch s.Form {
	case chat.Clock24:
		style = "t"
	case chat.DateShort:
		style = "D"
	case chat.DateClock:
		style = "f"
	case chat.Relative:
		style = "R"
	}
	return "<t:" + strconv.FormatInt(s.Time.Unix(), 10) + ":" + style + ">"
}

// address returns an address in a form that can stand in a masked link, "" when it is not one to follow.
func address(link string) string {
	u, err := url.Parse(link)
	if link == "" || err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", "\\", "%5C", "|", "%7C", "\n", "%0A").Replace(u.String())
}

// clean drops what no client shows (control characters, broken UTF-8) and closes what would turn the direction of the
// text that follows.
func clean(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, unclean) {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	var b strings.Builder
	var open []rune
	for _, r := range s {
		switch {
		case r == '\r':
			r = '\n'
		case r == '\v', r == '\f':
			r = ' '
		case r == '\n', r == '\t':
		case r < ' ', r == 0x7f:
			continue
		}
		switch {
		case r == '\n':
			open = open[:0]
		case r >= 0x202a && r <= 0x202e && r != 0x202c:
			open = append(open, 0x202c)
		case r >= 0x2066 && r <= 0x2068:
			open = append(open, 0x2069)
		case len(open) > 0 && r == open[len(open)-1]:
			open = open[:len(open)-1]
		}
		b.WriteRune(r)
	}
	for len(open) > 0 {
		b.WriteRune(open[len(open)-1])
		open = open[:len(open)-1]
	}
	return b.String()
}

// unclean: what clean may have to do with. Bidirectional controls: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func unclean(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// fence writes source as a code block; a run of backticks inside is parted so that it cannot close the block.
func fence(language, source string) string {
	for _, r := range language {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_+-.#", r)) {
			language = ""
		}
	}
	source = strings.ReplaceAll(clean(source), "``", "`\u200b`")
	if strings.TrimSpace(source) == "" {
		source = "\u200b"
	}
	return "```" + language + "\n" + source + "\n```"
}

// concealed hides a code block, if it is to be. Hidden text ends at the next two pipes, so those inside are parted.
func concealed(fence string, hidden bool) string {
	if !hidden {
		return fence
	}
	return "||" + strings.ReplaceAll(strings.ReplaceAll(fence, "||", "|\u200b|"), "||", "|\u200b|") + "||"
}

// units counts as strictly as Discord might: UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// label is clip for what Discord does not take empty.
func label(s string, n int) string {
	if s = clip(s, n); strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }) == "" {
		return "…"
	}
	return s
}

// clip shortens plain text (labels, which have no markup) to n characters.
func clip(s string, n int) string {
	r := []rune(clean(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}
