package playground_test

import (
	"context"
	"strings"
	"testing"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestPeople(t *testing.T) {
	heard := make(chan chat.Actor, 1)
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		heard <- e.Actor
		return chat.Response{}, nil
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	amara := w.owner()
	for _, c := range []struct {
		name, zone, field string
		want              string
	}{
		{"", "", "name", ""},
		{" \t\n ", "", "name", ""},
		{"\u200b", "", "name", ""},
		{strings.Repeat("n", 41), "", "name", ""},
		{"Ada", "Mars/Olympus", "zone", ""},
		{"Ada", "../../etc/passwd", "zone", ""},
		{"Ada", "Local", "zone", ""},
		{"Ada", strings.Repeat("x", 100), "zone", ""},
		{"  Ada \n Lovelace ", "Europe/London", "", "Ada Lovelace"},
		{"<b>@everyone</b>", "", "", "<b>@everyone</b>"},
		{strings.Repeat("語", 40), "Asia/Tokyo", "", strings.Repeat("語", 40)},
	} {
		var o outcome
		if err := w.post(amara, "home", "person", map[string]any{"Name": c.name, "Zone": c.zone}, &o); err != nil {
			t.Fatal(err)
		}
		if c.field != "" {
			if o.Errors[c.field] == "" || o.Go != "" {
				t.Errorf("%q in %q got %+v, want a sentence at %s", c.name, c.zone, o, c.field)
			}
			continue
		}
		p := &person{w: w, id: strings.TrimPrefix(o.Go, "as="), tabs: map[string]*tab{}}
		if err := p.deed("dm", "say", map[string]string{"Text": "/say x"}); err != nil {
			t.Fatal(err)
		}
		if a := <-heard; a.Name != c.want || a.Zone != c.zone || a.Admin != chat.No {
			t.Errorf("%q acts as %+v", c.want, a)
		}
	}
	change := map[string]any{"Person": "u1", "Name": "Amara K.", "Zone": "Asia/Kolkata", "Admin": false}
	if err := amara.deed("home", "person", change); err != nil {
		t.Fatal(err)
	}
	if err := w.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := amara.deed("dm", "say", map[string]string{"Text": "/say x"}); err != nil {
		t.Fatal(err)
	}
	if a := <-heard; a.Name != "Amara K." || a.Zone != "Asia/Kolkata" || a.Admin != chat.No {
		t.Errorf("after the change Amara acts as %+v", a)
	}
	var o outcome
	for range 64 {
		if err := w.post(amara, "home", "person", map[string]any{"Name": "One more"}, &o); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(o.Say, "all places are taken") {
		t.Errorf("there is no end of people: %+v", o)
	}
}

func TestChannels(t *testing.T) {
	heard := make(chan chat.Event, 8)
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		heard <- e
		return chat.Response{}, nil
	}, playground.Options{Name: "demo", Table: adaptertest.Table()})
	amara := w.owner()
	for name, want := range map[string]string{
		"": "", "#": "", "a/b": "", "<b>": "", "größe": "", strings.Repeat("a", 41): "", "lounge": "", "../x": "",
		" #Java Talk ": "in=c-java-talk", "go_1.26": "in=c-go-1-26",
	} {
		var o outcome
		if err := w.post(amara, "home", "channel", map[string]any{"Name": name, "Bot": true}, &o); err != nil {
			t.Fatal(err)
		}
		if o.Go != want || want == "" && o.Errors["name"] == "" {
			t.Errorf("%q got %+v, want %q", name, o, want)
		}
		if want != "" {
			e := <-heard
			if _, ok := e.What.(chat.Added); !ok || e.Channel != chat.ChannelID(w.id(strings.TrimPrefix(want, "in="))) || e.Actor.User != amara.ID() {
				t.Errorf("the bot heard %+v", e)
			}
		}
	}
	if len(heard) != 0 {
		t.Errorf("the bot heard of channels that were not made: %+v", <-heard)
	}
}

func TestSelfIsOnePersonAlone(t *testing.T) {
	heard := make(chan chat.Event, 1)
	scenes := make(chan playground.Scene, 1)
	w := start(t, func(_ context.Context, e chat.Event) (chat.Response, error) {
		if _, ok := e.What.(chat.Call); ok {
			heard <- e
		}
		return chat.Response{}, nil
	}, playground.Options{Name: "self", Kind: playground.Self, Table: adaptertest.Table(), Begin: func(_ context.Context, s playground.Scene) error {
		scenes <- s
		return nil
	}})
	me := w.known("You", "u1", false)
	s := <-scenes
	if s.Channel != me.Direct() || !s.Direct || s.Owner.User != me.ID() || s.Owner.Admin != chat.Yes {
		t.Errorf("the scene is %+v", s)
	}
	if err := me.deed("dm", "person", map[string]any{"Person": "u1", "Zone": "Asia/Tokyo", "OnlyZone": true}); err != nil {
		t.Fatal(err)
	}
	if err := me.deed("dm", "person", map[string]any{"Person": "u1", "Zone": "Europe/Paris", "OnlyZone": true}); err != nil {
		t.Fatal(err)
	}
	if err := me.deed("dm", "say", map[string]string{"Text": "say hello"}); err != nil {
		t.Fatal(err)
	}
	if e := <-heard; !e.Direct || e.Channel != me.Direct() || e.Actor.Zone != "Asia/Tokyo" || e.Actor.Admin != chat.Yes {
		t.Errorf("heard %+v, want it directly, in the first zone the page told", e)
	}
	if _, err := w.adapter.Post(t.Context(), me.Direct(), note("Today's question."), "k-1"); err != nil {
		t.Errorf("a post to the one person got %v", err)
	}
	for path, body := range map[string]any{
		"person": map[string]any{"Name": "Somebody else"}, "channel": map[string]any{"Name": "general", "Bot": true}, "clock": map[string]any{"To": "week"},
		"over": struct{}{},
	} {
		var o outcome
		if err := w.post(me, "dm", path, body, &o); err != nil || o.Say == "" {
			t.Errorf("%s got %+v, %v; want a sentence", path, o, err)
		}
	}
	page, err := w.page("")
	if err != nil {
		t.Fatal(err)
	}
	if in := page.find("body").attr("data-in"); in != "dm" || page.byID("clock") != nil || page.byID("over") != nil {
		t.Errorf("the page is in %q, with a clock: %v", in, page.byID("clock") != nil)
	}
}
