package playground

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// byField is what is to be mended in a form of the page's own, by input.
type byField map[string]string

func (b byField) Error() string { return "a form is to be mended" }

// settled answers a change of the roster: nothing, what is to be mended, or that it was not saved.
func (a *Adapter) settled(r *room, err error) outcome {
	if b, ok := err.(byField); ok {
		return outcome{Errors: b}
	}
	if p, ok := err.(problem); ok {
		return outcome{Say: plain(p.sentence)}
	}
	if err != nil {
		a.log.Error("a change of people or channels was not kept", "space", r.space, "err", err)
		return outcome{Say: plain("This could not be saved, so everything is as it was. Try again in a moment.")}
	}
	a.hub.tell(change{Kind: "roster"})
	return outcome{}
}

// personBody adds somebody (no Person), or changes who is there. Zone alone is what a page tells of itself at first.
type personBody struct {
	Person, Name, Zone string
	Admin, OnlyZone    bool
}

func (a *Adapter) changePerson(ctx context.Context, s scene, b personBody) outcome {
	added := ""
	err := s.room.changeRoster(ctx, func(r *roster) (err error) {
		if !knownZone(b.Zone) {
			return byField{"zone": "This zone is not known. Choose one like Europe/Berlin."}
		}
		i := slices.IndexFunc(r.People, func(p person) bool { return p.ID == b.Person })
		switch {
		case !b.OnlyZone && i < 0:
			added, err = b.add(r, s.room.kind)
		case !b.OnlyZone:
			err = b.change(&r.People[i], s.room.kind)
		case i >= 0 && r.People[i].Zone == "":
			r.People[i].Zone = b.Zone
		}
		return err
	})
	o := a.settled(s.room, err)
	if added != "" && err == nil {
		o.Go = "as=" + added
	}
	return o
}

func (b personBody) add(r *roster, kind Kind) (id string, err error) {
	if kind == Self {
		return "", problem{sentence: "This place is for one person."}
	}
	if len(r.People) >= maxPeople {
		return "", problem{sentence: fmt.Sprintf("There is room for %d people, and all places are taken.", maxPeople)}
	}
	p := person{ID: fmt.Sprintf("u%d", len(r.People)+1)}
	if err := b.change(&p, kind); err != nil {
		return "", err
	}
	r.People = append(r.People, p)
	return p.ID, nil
}

func (b personBody) change(p *person, kind Kind) error {
	name, sentence := tidyName(b.Name)
	if sentence != "" {
		return byField{"name": sentence}
	}
	p.Name, p.Zone = name, b.Zone
	if kind == Demo { // alone, the one person may do everything
		p.Admin = b.Admin
	}
	return nil
}

// knownZone accepts IANA names, and none.
func knownZone(zone string) bool {
	if len(zone) > 60 || zone == "Local" { // Go's own word for what no browser says
		return false
	}
	_, err := time.LoadLocation(zone)
	return err == nil
}

// tidyName makes a person's name one line of at most 40 visible characters.
func tidyName(s string) (name, sentence string) {
	name = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if !strings.ContainsFunc(name, unicode.IsGraphic) || name == "" {
		return "", "Type a name of at least one letter."
	}
	if utf8.RuneCountInString(name) > 40 {
		return "", "A name has at most 40 characters. Shorten it."
	}
	return name, ""
}

// channelBody makes a channel (Name), or takes the bot in or out of one (Channel).
type channelBody struct {
	Name, Channel string
	Bot           bool
}

func (a *Adapter) changeChannel(ctx context.Context, s scene, b channelBody) outcome {
	if s.room.kind == Self {
		return outcome{Say: plain("There are no channels here: this is a conversation of one person with the bot.")}
	}
	var c channel
	err := s.room.changeRoster(ctx, func(r *roster) (err error) {
		if b.Channel == "" {
			c, err = b.add(r)
			return err
		}
		i := slices.IndexFunc(r.Channels, func(c channel) bool { return c.ID == b.Channel })
		if i < 0 {
			return problem{sentence: "That channel is not here. Reload the page and choose another."}
		}
		r.Channels[i].Bot = b.Bot
		c = r.Channels[i]
		return nil
	})
	o := a.settled(s.room, err)
	if err != nil {
		return o
	}
	if b.Channel == "" {
		o.Go = "in=" + c.ID
	}
	s.at(c.ID)
	switch {
	case c.Bot:
		s.event.What = chat.Added{}
	case b.Channel != "":
		s.event.What = chat.Removed{}
	default:
		return o // a new channel without the bot is none of its business
	}
	if _, err := a.ask(ctx, s.event); err != nil {
		o.Say = plain("The channel was changed, but the bot could not take it in. Take it out and bring it in again.")
	}
	return o
}

func (b channelBody) add(r *roster) (channel, error) {
	name, sentence := tidyChannel(b.Name)
	if sentence != "" {
		return channel{}, byField{"name": sentence}
	}
	c := channel{ID: "c-" + name, Name: name, Bot: b.Bot}
	if _, taken := r.channel(c.ID); taken {
		return channel{}, byField{"name": "There is a channel of that name. Choose another."}
	}
	if len(r.Channels) >= maxChannels {
		return channel{}, problem{sentence: fmt.Sprintf("There is room for %d channels, and all places are taken.", maxChannels)}
	}
	r.Channels = append(r.Channels, c)
	return c, nil
}

// tidyChannel makes a channel's name: lower-case letters, digits and hyphens.
func tidyChannel(s string) (name, sentence string) {
	for _, r := range strings.ToLower(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "#"))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-':
			name += string(r)
		case unicode.IsSpace(r) || r == '_' || r == '.':
			name += "-"
		default:
			return "", "A channel's name has letters from a to z, digits and hyphens."
		}
	}
	if name = strings.Trim(name, "-"); name == "" || len(name) > 40 {
		return "", "A channel's name has 1 to 40 letters from a to z, digits and hyphens."
	}
	return name, ""
}
