package slacktest

import (
	"regexp"
	"slices"
	"unicode/utf8"
)

// richShapes are the parts of a rich_text block. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func richShapes() map[string]shape {
	spans := func(types ...string) rule { return each("", span(types...)) }
	all := spans("broadcast", "channel", "color", "date", "emoji", "link", "text", "user", "usergroup")
	return map[string]shape{
		"rich_text_section":      {"elements!": all},
		"rich_text_quote":        {"elements!": all, "border": anInt("")},
		"rich_text_preformatted": {"elements!": spans("link", "text"), "border": anInt(""), "language": aString("")},
		"rich_text_list": {"elements!": each("rich_text", typed(richShapes, "rich_text_section")), "style!": oneOf("bullet", "ordered"),
			"indent": anInt(""), "offset": anInt(""), "border": anInt("")},
	}
}

// span judges one run of text.
func span(types ...string) rule {
	style := of(shape{"bold": aBool, "italic": aBool, "strike": aBool, "code": aBool, "underline": aBool, "highlight": aBool, "client_highlight": aBool, "unlink": aBool})
	words := func(c *checker, path string, v any) {
		aString("rich_text")(c, path, v)
		s, _ := v.(string)
		c.total += utf8.RuneCountInString(s)
	}
	shapes := func() map[string]shape {
		return map[string]shape{
			"text":      {"text!": words, "style": style},
			"link":      {"url!": aURL("button.url"), "text": words, "unsafe": aBool, "style": style},
			"channel":   {"channel_id!": knownChannel, "style": style},
			"user":      {"user_id!": aString("rich_text"), "style": style},
			"usergroup": {"usergroup_id!": aString("rich_text"), "style": style},
			"emoji":     {"name!": aString("rich_text"), "unicode": aString(""), "skin_tone": anInt("")},
			"broadcast": {"range!": oneOf("here", "channel", "everyone"), "style": style},
			"color":     {"value!": aString("rich_text")},
			"date": {"timestamp!": anInt(""), "format!": dateFormat, "fallback": aString("rich_text"), "url": aURL("button.url"),
				"timezone": aString(""), "style": style},
		}
	}
	return typed(shapes, types...)
}

func knownChannel(c *checker, path string, v any) {
	id, _ := v.(string)
	if c.channel != nil && !c.channel(id) {
		c.fail(path, "invalid channel: %q", id)
	}
}

// dateTokens are what a date's format may hold.
// https://docs.slack.dev/reference/block-kit/block-elements/date-element
func dateTokens() []string {
	return []string{"{day_divider_pretty}", "{date_num}", "{date_slash}", "{date_long}", "{date_long_full}", "{date_long_pretty}", "{date}",
		"{date_pretty}", "{date_short}", "{date_short_pretty}", "{time}", "{time_secs}", "{ago}"}
}

func dateFormat(c *checker, path string, v any) {
	s, _ := v.(string)
	found := regexp.MustCompile(`\{[^}]*\}`).FindAllString(s, -1)
	if len(found) == 0 {
		c.fail(path, "must hold a token")
	}
	for _, token := range found {
		if !slices.Contains(dateTokens(), token) {
			c.fail(path, "unknown token %s", token)
		}
	}
}
