package discordtest

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The rules that Discord's OpenAPI does not tell, from its documentation. Each returns what is wrong, "" for nothing.

// checkMessage judges a message on its way in; files are the names that came with it.
func checkMessage(m said, files map[string][]byte, empty bool) string {
	if m.Flags&flagV2 == 0 {
		return "this fake takes only Components V2, as the bot says everything with them"
	}
	if m.Content != nil && *m.Content != "" || len(m.Embeds) > 0 && string(m.Embeds) != "null" && string(m.Embeds) != "[]" {
		return "content and embeds are off with IS_COMPONENTS_V2"
	}
	if len(m.Components) == 0 && !empty {
		return "cannot send an empty message"
	}
	j := judge{ids: map[string]bool{}, files: files}
	for _, p := range m.Components {
		j.top(p)
	}
	j.totals()
	if m.Attachments != nil {
		for _, a := range *m.Attachments {
			if files[a.Filename] == nil {
				j.wrong("attachment %q did not come with the message", a.Filename)
			}
			if utf8.RuneCountInString(a.Description) > 1024 {
				j.wrong("an attachment's description has more than 1024 characters")
			}
		}
	}
	return j.bad
}

type judge struct {
	ids   map[string]bool
	files map[string][]byte
	count int
	text  int
	bytes int
	bad   string
}

func (j *judge) wrong(format string, args ...any) {
	if j.bad == "" {
		j.bad = fmt.Sprintf(format, args...)
	}
}

// totals: 40 components, 4,000 characters of text (strictly counted), and the undocumented size beyond which Discord
// answers 500 (discord-api-docs issue 8554).
func (j *judge) totals() {
	if j.count > 40 {
		j.wrong("%d components are more than 40", j.count)
	}
	if j.text > 4000 {
		j.wrong("%d characters of text are more than 4000", j.text)
	}
	if j.bytes > 10170 {
		j.wrong("%d bytes of text are more than Discord survives", j.bytes)
	}
}

func (j *judge) top(p part) {
	switch p.Type {
	case 17:
		j.count++
		if len(p.Components) == 0 {
			j.wrong("an empty container")
		}
		for _, c := range p.Components {
			if c.Type == 17 {
				j.wrong("a container in a container")
			}
			j.inner(c)
		}
	default:
		j.inner(p)
	}
}

func (j *judge) inner(p part) {
	j.count++
	switch p.Type {
	case 1:
		j.row(p)
	case 10:
		j.textDisplay(p)
	case 12:
		if len(p.Items) == 0 || len(p.Items) > 10 {
			j.wrong("%d items in a gallery", len(p.Items))
		}
		for _, it := range p.Items {
			j.attached(it.Media.URL)
			if n := utf8.RuneCountInString(it.Description); n == 0 || n > 1024 {
				j.wrong("a picture's description has %d characters", n)
			}
		}
	case 13:
		if p.File == nil {
			j.wrong("a file without a file")
			return
		}
		j.attached(p.File.URL)
	case 14:
	default:
		j.wrong("component %d is not for messages", p.Type)
	}
}

func (j *judge) textDisplay(p part) {
	if strings.TrimSpace(p.Content) == "" {
		j.wrong("an empty text")
	}
	j.text += len(utf16.Encode([]rune(p.Content)))
	j.bytes += len(p.Content) + 12
}

func (j *judge) attached(url string) {
	const scheme = "attachment://"
	if len(url) <= len(scheme) || url[:len(scheme)] != scheme || j.files[url[len(scheme):]] == nil {
		j.wrong("%q is no file of this message", url)
	}
}

func (j *judge) row(p part) {
	if len(p.Components) == 0 || len(p.Components) > 5 {
		j.wrong("%d components in a row", len(p.Components))
	}
	for _, c := range p.Components {
		j.count++
		switch {
		case c.Type == 2:
			j.button(c)
		case c.Type == 3 && len(p.Components) == 1:
			j.list(c, false)
		default:
			j.wrong("component %d beside others in a row", c.Type)
		}
	}
}

func (j *judge) button(c part) {
	if n := utf8.RuneCountInString(c.Label); n == 0 || n > 80 {
		j.wrong("a button's label has %d characters", n)
	}
	if c.Style == 5 {
		if !regexp.MustCompile(`^https?://\S{1,500}$`).MatchString(c.URL) || c.CustomID != "" {
			j.wrong("a link button needs an address of at most 512 characters and no id: %q", c.URL)
		}
		return
	}
	if c.Style < 1 || c.Style > 4 || c.URL != "" {
		j.wrong("a button of style %d with address %q", c.Style, c.URL)
	}
	j.id(c.CustomID)
}

func (j *judge) id(id string) {
	if n := utf8.RuneCountInString(id); n == 0 || n > 100 {
		j.wrong("a custom id of %d characters", n)
	}
	if j.ids[id] {
		j.wrong("custom id %q is there twice", id)
	}
	j.ids[id] = true
}

// list judges a select, in a message or in a modal.
func (j *judge) list(c part, modal bool) {
	j.id(c.CustomID)
	if utf8.RuneCountInString(c.Placeholder) > 150 {
		j.wrong("a placeholder of more than 150 characters")
	}
	if len(c.Options) == 0 || len(c.Options) > 25 {
		j.wrong("%d options", len(c.Options))
	}
	least, most := 1, 1
	if c.Min != nil {
		least = *c.Min
	}
	if c.Max != nil {
		most = *c.Max
	}
	if least > most || most > len(c.Options) || most < 1 {
		j.wrong("%d to %d of %d options", least, most, len(c.Options))
	}
	if modal && c.Min != nil && *c.Min == 0 && (c.Required == nil || *c.Required) {
		j.wrong("min_values 0 of what is required")
	}
	if modal && c.Disabled {
		j.wrong("a disabled component in a modal")
	}
	values, chosen := map[string]bool{}, 0
	for _, o := range c.Options {
		if o.Default {
			chosen++
		}
		if o.Label == "" || o.Value == "" || utf8.RuneCountInString(o.Label) > 100 || utf8.RuneCountInString(o.Value) > 100 || utf8.RuneCountInString(o.Description) > 100 {
			j.wrong("an option with an empty or long text: %+v", o)
		}
		if values[o.Value] {
			j.wrong("option value %q is there twice", o.Value)
		}
		values[o.Value] = true
	}
	if chosen > most {
		j.wrong("%d defaults of at most %d", chosen, most)
	}
}

// form is a modal on its way in.
type form struct {
	CustomID   string `json:"custom_id"`
	Title      string `json:"title"`
	Components []part `json:"components"`
}

func checkModal(f form) string {
	j := judge{ids: map[string]bool{}}
	if n := utf8.RuneCountInString(f.CustomID); n == 0 || n > 100 {
		j.wrong("a modal's custom id of %d characters", n)
	}
	if n := utf8.RuneCountInString(f.Title); n == 0 || n > 45 {
		j.wrong("a modal's title of %d characters", n)
	}
	if n := len(f.Components); n == 0 || n > 5 {
		j.wrong("%d components in a modal", n)
	}
	for _, c := range f.Components {
		switch {
		case c.Type == 10:
			j.textDisplay(c)
		case c.Type == 18 && c.Component != nil:
			j.label(c)
		default:
			j.wrong("component %d is not for modals", c.Type)
		}
	}
	j.totals()
	return j.bad
}

func (j *judge) label(c part) {
	if n := utf8.RuneCountInString(c.Label); n == 0 || n > 45 {
		j.wrong("a label of %d characters", n)
	}
	if utf8.RuneCountInString(c.Description) > 100 {
		j.wrong("a label's description of more than 100 characters")
	}
	in := *c.Component
	switch in.Type {
	case 3:
		j.list(in, true)
	case 4:
		j.id(in.CustomID)
		if in.Style != 1 && in.Style != 2 || utf8.RuneCountInString(in.Placeholder) > 100 || in.MaxLength < 1 || in.MaxLength > 4000 {
			j.wrong("a text input %+v", in)
		}
		if len(utf16.Encode([]rune(in.Value))) > in.MaxLength {
			j.wrong("a value longer than its input")
		}
	default:
		j.wrong("component %d in a label", in.Type)
	}
}

// checkCommands judges a registration.
func checkCommands(all []command) string {
	name := regexp.MustCompile(`^[-_'\p{Ll}\p{Lo}\p{N}]{1,32}$`)
	names := map[string]bool{}
	for _, c := range all {
		if names[c.Name] {
			return fmt.Sprintf("command %q is there twice", c.Name)
		}
		names[c.Name] = true
		size := 0
		if bad := checkOptions(c.Options, name, &size); bad != "" {
			return bad
		}
		if !name.MatchString(c.Name) {
			return fmt.Sprintf("command name %q", c.Name)
		}
		if size > 8000 {
			return fmt.Sprintf("command %q has %d characters", c.Name, size)
		}
	}
	return ""
}

func checkOptions(all []commandOption, name *regexp.Regexp, size *int) string {
	if len(all) > 25 {
		return fmt.Sprintf("%d options", len(all))
	}
	optional := false
	names := map[string]bool{}
	for _, o := range all {
		*size += utf8.RuneCountInString(o.Name + o.Description)
		switch {
		case !name.MatchString(o.Name), names[o.Name]:
			return fmt.Sprintf("option name %q", o.Name)
		case utf8.RuneCountInString(o.Description) < 1 || utf8.RuneCountInString(o.Description) > 100:
			return fmt.Sprintf("the description of option %q", o.Name)
		case o.Required && optional:
			return fmt.Sprintf("required option %q after optional ones", o.Name)
		case o.Autocomplete && len(o.Choices) > 0:
			return fmt.Sprintf("option %q completes and has choices", o.Name)
		case len(o.Choices) > 25:
			return fmt.Sprintf("%d choices of option %q", len(o.Choices), o.Name)
		}
		names[o.Name] = true
		optional = optional || !o.Required && o.Type != 1
		for _, c := range o.Choices {
			*size += utf8.RuneCountInString(c.Name + c.Value)
		}
		if bad := checkOptions(o.Options, name, size); bad != "" {
			return bad
		}
	}
	return ""
}
