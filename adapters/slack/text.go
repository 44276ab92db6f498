package slack

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// Text goes out in one of three ways. Rich text and plain_text hold strings that are never parsed. mrkdwn parses, so
// only texts in which it would find nothing are put there, escaped and with verbatim set; it is needed for times and
// links in small print and fields, which cannot hold rich text.
// https://docs.slack.dev/messaging/formatting-message-text/

// clean removes what JSON carries but no client shows: control characters other than tabs and line breaks, and bytes
// that are not UTF-8.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// clip shortens s to at most n code points.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// escape makes s safe for mrkdwn's control sequences; only these three characters take part in them.
func escape(s string) string {
	if !strings.ContainsAny(s, "&<>") {
		return s
	}
	s = strings.ReplaceAll(s, "&", "&amp;")
	s = strings.ReplaceAll(s, "<", "&lt;")
	return strings.ReplaceAll(s, ">", "&gt;")
}

// clipEscaped is s escaped, shortened so that it then has at most n code points.
func clipEscaped(s string, n int) string {
	fits, size := 0, 0 // how much of s leaves room for an ellipsis; code points so far
	for i, r := range s {
		if size < n {
			fits = i
		}
		switch r {
		case '&':
			size += len("&amp;")
		case '<', '>':
			size += len("&lt;")
		default:
			size++
		}
		if size > n {
			return escape(s[:fits]) + "…"
		}
	}
	return escape(s)
}

// unescape undoes escape, for what Slack sends of typed commands.
func unescape(s string) string {
	s = strings.ReplaceAll(s, "&lt;", "<")
	s = strings.ReplaceAll(s, "&gt;", ">")
	return strings.ReplaceAll(s, "&amp;", "&")
}

// plain is the text without styles, for plain_text objects and for the text that notifications and screen readers use.
func plain(t chat.Text) string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(words(s))
	}
	return clean(b.String())
}

// words is what a span says where it can only be words.
func words(s chat.Span) string {
	switch {
	case s.Text != "":
		return s.Text
	case !s.Time.IsZero():
		return chat.FormatTime(s.Time, s.Form, nil)
	case s.Channel != "" && channelOf(s) == "":
		return "your direct messages"
	case s.Channel != "":
		return "the channel"
	case s.User != "":
		return "somebody"
	}
	return s.Link
}

// rich is the text as elements of rich text. A person is named, never mentioned, so that nobody is notified.
func rich(t chat.Text) []slack.RichTextSectionElement {
	var all []slack.RichTextSectionElement
	for _, s := range t {
		style := look(s.Style)
		text := clean(words(s))
		switch {
		case !s.Time.IsZero():
			e := slack.NewRichTextSectionDateElement(s.Time.Unix(), dateFormat(s.Form), nil, &text)
			e.Style = style
			all = append(all, e)
		case s.Channel != "" && channelOf(s) != "":
			all = append(all, slack.NewRichTextSectionChannelElement(channelOf(s), style))
		case isWeb(s.Link):
			all = append(all, slack.NewRichTextSectionLinkElement(s.Link, text, style))
		case text != "":
			all = append(all, slack.NewRichTextSectionTextElement(text, style))
		}
	}
	return all
}

func look(s chat.Style) *slack.RichTextSectionTextStyle {
	style := slack.RichTextSectionTextStyle{
		Bold:   s&chat.Bold != 0,
		Italic: s&chat.Italic != 0,
		Code:   s&chat.Mono != 0,
		Strike: s&chat.Strike != 0,
	}
	if style == (slack.RichTextSectionTextStyle{}) {
		return nil
	}
	return &style
}

// marked is the text as mrkdwn without styles, and whether it is safe to send: whether the markup finds nothing in it
// but what is meant.
func marked(t chat.Text) (string, bool) {
	var b strings.Builder
	for _, s := range t {
		text := clean(words(s))
		if !inert(text) {
			return "", false
		}
		text = escape(text)
		switch {
		case !s.Time.IsZero():
			text = fmt.Sprintf("<!date^%d^%s|%s>", s.Time.Unix(), dateFormat(s.Form), text)
		case s.Channel != "" && channelOf(s) != "":
			text = "<#" + channelOf(s) + ">"
		case isWeb(s.Link):
			if strings.ContainsAny(s.Link, "|<>") || text == "" {
				return "", false
			}
			text = "<" + escape(s.Link) + "|" + text + ">"
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// inert says whether mrkdwn would show the text as it is: none of its signs, no emoji name, no line that begins a quote.
func inert(s string) bool {
	if strings.ContainsAny(s, "*_~`|") || strings.Count(s, ":") > 1 {
		return false
	}
	for line := range strings.SplitSeq(s, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			return false
		}
	}
	return true
}

// dateFormat is the template that Slack fills in with the reader's zone and language.
// https://docs.slack.dev/reference/block-kit/block-elements/date-element
func dateFormat(f chat.TimeForm) string {
	switch f {
	case chat.Clock24:
		return "{time}"
	case chat.DateShort:
		return "{date_long_pretty}"
	case chat.DateClock:
		return "{date_short} {time}"
	case chat.Relative:
		return "{ago}"
	}
	return "{date_long_pretty} {time}"
}

// channelOf is Slack's id of the channel a span names, "" where it is no channel that can be shown by name.
func channelOf(s chat.Span) string {
	_, channel, ok := conversation(s.Channel)
	if !ok || isPerson(channel) || isDirect(channel) {
		return ""
	}
	return channel
}

// isWeb says whether a link may go out: http or https, at most 3,000 characters.
func isWeb(link string) bool {
	if link == "" || len(link) > 3000 {
		return false
	}
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
