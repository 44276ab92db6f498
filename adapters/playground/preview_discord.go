package playground

import (
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// discordPart is any component, as far as the bot uses them. https://discord.com/developers/docs/components/reference
type discordPart struct {
	Type        int           `json:"type"`
	Style       int           `json:"style"`
	Label       string        `json:"label"`
	Content     string        `json:"content"`
	Placeholder string        `json:"placeholder"`
	URL         string        `json:"url"`
	Components  []discordPart `json:"components"`
	Options     []struct {
		Label   string `json:"label"`
		Default bool   `json:"default"`
	} `json:"options"`
	Items []struct {
		Description string `json:"description"`
	} `json:"items"`
}

// discordHTML shows the components of a message the way Discord does.
func discordHTML(body []byte) (template.HTML, error) {
	var message discordPart
	if err := readJSON(body, &message); err != nil {
		return "", fmt.Errorf("read Discord's components: %w", err)
	}
	m := &markup{}
	for _, c := range message.Components {
		m.discord(c)
	}
	return template.HTML(m.String()), nil
}

func (m *markup) discord(c discordPart) {
	all := func() {
		for _, i := range c.Components {
			m.discord(i)
		}
	}
	switch c.Type {
	case 1:
		m.in("div", "row", all)
	case 2:
		m.button([]string{"", "primary", "secondary", "success", "danger", "link"}[min(max(c.Style, 0), 5)], c.Label)
	case 3:
		m.discordSelect(c)
	case 10:
		m.discordText(c.Content)
	case 12:
		for _, i := range c.Items {
			m.in("p", "note", func() { m.text(i.Description) })
		}
	case 13:
		m.in("p", "note", func() { m.text("The whole text is attached as a file.") })
	case 14:
		m.WriteString("<hr>")
	case 17:
		m.in("div", "card", all)
	}
}

func (m *markup) discordSelect(c discordPart) {
	label := c.Placeholder
	for _, o := range c.Options {
		if o.Default {
			label = o.Label
		}
	}
	m.in("div", "select", func() { m.text(label + " ▾") })
	m.in("ul", "options", func() {
		for _, o := range c.Options {
			m.in("li", "", func() { m.text(o.Label) })
		}
	})
}

// discordText shows Discord's Markdown, as far as the bot writes it.
func (m *markup) discordText(s string) {
	item := regexp.MustCompile(`^(- |\d+\. )`)
	lines := strings.Split(s, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		fence := strings.TrimPrefix(line, "||")
		switch {
		case strings.HasPrefix(fence, "```"):
			i = m.discordCode(lines, i)
		case strings.HasPrefix(line, "## "):
			m.in("h3", "", func() { m.discordSpans(line[3:]) })
		case strings.HasPrefix(line, "-# "):
			m.in("p", "note", func() { m.discordSpans(line[3:]) })
		case strings.HasPrefix(line, "> "):
			m.in("blockquote", "", func() { m.discordSpans(line[2:]) })
		case item.MatchString(line):
			list := "ul"
			if line[0] != '-' {
				list = "ol"
			}
			m.in(list, "", func() {
				for ; i < len(lines) && item.MatchString(lines[i]); i++ {
					m.in("li", "", func() { m.discordSpans(item.ReplaceAllString(lines[i], "")) })
				}
			})
			i--
		default:
			m.in("div", "text", func() { m.discordSpans(line) })
		}
	}
}

// discordCode shows a block of code that begins in line i, and returns its last line.
func (m *markup) discordCode(lines []string, i int) int {
	class := ""
	if strings.HasPrefix(lines[i], "||") {
		class = "spoiler"
	}
	m.in("pre", class, func() {
		for i++; i < len(lines) && !strings.HasPrefix(lines[i], "```"); i++ {
			m.text(lines[i] + "\n")
		}
	})
	return i
}

// discordSpans shows what stands inside a line. Markers open and close in turn; what is left open is closed at the end.
func (m *markup) discordSpans(s string) {
	reference := regexp.MustCompile(`^(?:<t:(\d+):[a-zA-Z]>|<(https?://[^>\s]+)>|<[@#]\d+>|\[((?:\\.|[^\\\]])*)\]\((https?://[^)\s]+)\))`)
	open := []string{}
	toggle := func(element string) {
		if n := len(open); n > 0 && open[n-1] == element {
			m.WriteString("</" + element + ">")
			open = open[:n-1]
			return
		}
		m.WriteString("<" + element)
		if element == "mark" {
			m.WriteString(` class="spoiler"`)
		}
		m.WriteString(">")
		open = append(open, element)
	}
	for s != "" {
		n := 1
		switch {
		case s[0] == '\\' && len(s) > 1:
			n = 2
			m.text(s[1:2])
		case strings.HasPrefix(s, "||"):
			n = 2
			toggle("mark")
		case strings.HasPrefix(s, "**"):
			n = 2
			toggle("strong")
		case strings.HasPrefix(s, "~~"):
			n = 2
			toggle("s")
		case s[0] == '*':
			toggle("em")
		case s[0] == '`':
			code, _, _ := strings.Cut(s[1:], "`")
			n = min(len(code)+2, len(s))
			m.in("code", "", func() { m.text(code) })
		case reference.MatchString(s):
			n = m.discordReference(reference.FindStringSubmatch(s))
		default:
			n = len(s)
			if i := strings.IndexAny(s[1:], "\\|*~`<["); i >= 0 {
				n = i + 1
			}
			m.text(s[:n])
		}
		s = s[n:]
	}
	for i := len(open) - 1; i >= 0; i-- {
		m.WriteString("</" + open[i] + ">")
	}
}

func (m *markup) discordReference(found []string) int {
	switch {
	case found[1] != "":
		if unix, err := strconv.ParseInt(found[1], 10, 64); err == nil {
			m.instant(unix, "2 January 2006 15:04")
		}
	case found[2] != "":
		m.link(found[2], found[2])
	case found[4] != "":
		m.link(found[4], regexp.MustCompile(`\\(.)`).ReplaceAllString(found[3], "$1"))
	default:
		m.in("span", "mention", func() { m.text("@somebody") })
	}
	return len(found[0])
}
