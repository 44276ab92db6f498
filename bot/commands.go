package bot

import (
	"context"
	"sort"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// paired is a command with its handler.
type paired struct {
	chat.Command
	run func(context.Context, call, map[string]string) (chat.Response, error)
}

func (b *Bot) command(name string) (paired, bool) {
	for _, p := range b.commands {
		if p.Name == name {
			return p, true
		}
	}
	return paired{}, false
}

// pairCommands is the table of all commands, in the order of help.
func (b *Bot) pairCommands() []paired {
	topic := chat.Option{Name: "topic", Summary: "such as caching; help topics shows all", Complete: true, Max: 60}
	level := chat.Option{Name: "level", Summary: "1 basics, 2 usual, 3 senior", Choices: levelChoices()}
	return []paired{
		{chat.Command{Name: "answer", Summary: "Answer today's question, or see your answer with its feedback", Gives: chat.GivesForm, Personal: true}, b.commandAnswer},
		{chat.Command{Name: "question", Summary: "Today's question again", Personal: true}, b.commandQuestion},
		{chat.Command{Name: "practice", Summary: "A question just for you, at any time", Personal: true, Options: []chat.Option{topic,
			level}}, b.commandPractice},
		{chat.Command{Name: "tip", Summary: "Something to do today", Personal: true, Options: []chat.Option{topic}}, b.commandTip},
		{chat.Command{Name: "project", Summary: "Something to build and to talk about", Personal: true, Options: []chat.Option{
			{Name: "size", Summary: "how much work", Choices: plainChoices(questions.Sizes())}}}, b.commandProject},
		{chat.Command{Name: "reverse", Summary: "Questions to ask the company", Personal: true, Options: []chat.Option{
			{Name: "stage", Summary: "of the interviews", Choices: plainChoices(questions.Stages())}}}, b.commandReverse},
		{chat.Command{Name: "company", Summary: "What to find out about a company before you talk to it", Personal: true, Options: []chat.Option{
			{Name: "name", Summary: "of the company; nothing is stored", Required: true, Max: 80}}}, b.commandCompany},
		{chat.Command{Name: "streak", Summary: "Your streak, and why it is what it is", Personal: true, Options: []chat.Option{
			{Name: "show", Summary: "why: the history", Choices: []chat.Choice{{Value: "why", Label: "why"}}}}}, b.commandStreak},
		{chat.Command{Name: "pause", Summary: "Keep your streaks while you are away", Personal: true, Options: []chat.Option{
			{Name: "for", Summary: "5, or 2026-12-24..2027-01-02, or off", Max: 60}}}, b.commandPause},
		{chat.Command{Name: "suggest", Summary: "Suggest a question to those who look after this group's questions", Personal: true, Gives: chat.GivesForm, Options: []chat.Option{topic, level}}, b.commandSuggest},
		{chat.Command{Name: "setup", Summary: "Start a daily question, tips or projects in this channel", Who: chat.Owners, Gives: chat.GivesForm, Options: []chat.Option{
			{Name: "kind", Summary: "what is posted", Choices: kinds()},
			{Name: "zone", Summary: "time zone, such as Europe/Berlin", Complete: true, Max: 60},
			{Name: "role", Summary: "whose members may change all tracks here, besides you", Role: true, Max: 100}}}, b.commandSetup},
		{chat.Command{Name: "tracks", Summary: "What is set up here, and all that can be done with it", Who: chat.Owners, Forms: []string{"edit"}, Options: []chat.Option{
			{Name: "do", Summary: "what to do", Choices: trackChoices()},
			{Name: "track", Summary: "its id, when there are several", Complete: true, Max: 60},
			{Name: "value", Summary: "what it needs, such as a date", Complete: true}}}, b.commandTracks},
		{chat.Command{Name: "privacy", Summary: "What is stored, who sees it, and how to delete it", Personal: true}, b.commandPrivacy},
		{chat.Command{Name: "help", Summary: "What I can do", Personal: true, Options: []chat.Option{
			{Name: "about", Summary: "a command, or topics", Complete: true, Max: 40}}}, b.commandHelp},
	}
}

func trackChoices() []chat.Choice {
	all := []chat.Choice{{Value: "list", Label: "list", Hint: "what is set up here"}, {Value: "edit", Label: "edit", Hint: "days, time, zone, topics, levels"},
		{Value: "preview", Label: "preview", Hint: "what comes next, such as preview 14"},
		{Value: "suggestions", Label: "suggestions", Hint: "questions that people suggested, and those that were accepted"}}
	for _, d := range trackDeeds() {
		all = append(all, chat.Choice{Value: d.name, Label: d.name, Hint: d.summary})
	}
	return all
}

func plainChoices(values []string) []chat.Choice {
	out := make([]chat.Choice, len(values))
	for i, v := range values {
		out[i] = chat.Choice{Value: v, Label: v}
	}
	return out
}

// pairPresses is what every button, menu and check does.
func (b *Bot) pairPresses() map[string]deed {
	return map[string]deed{
		"answer": {chat.GivesForm, b.pressAnswer}, "try": {chat.GivesForm, b.pressTry}, "asis": {chat.GivesUpdate, b.pressAsIs},
		"hint": {chat.GivesReply, b.pressHint}, "nexthint": {chat.GivesUpdate, b.pressNextHint},
		"idk": {chat.GivesReply, b.pressDontKnow}, "reveal": {chat.GivesUpdate, b.pressReveal}, "sayback": {chat.GivesForm, b.pressSayBack},
		"show": {chat.GivesUpdate, b.pressShow}, "ticks": {chat.GivesUpdate, b.pressTicks}, "follow": {chat.GivesReply, b.pressFollow},
		"others": {chat.GivesReply, b.pressOthers}, "othersat": {chat.GivesUpdate, b.pressOthersAt},
		"mine": {chat.GivesReply, b.pressMine}, "who": {chat.GivesReply, b.pressWho}, "delete": {chat.GivesReply, b.pressDelete},
		"more": {chat.GivesReply, b.pressMore}, "nottopic": {chat.GivesReply, b.pressNotTopic}, "mytopic": {chat.GivesUpdate, b.pressMyTopic},
		"report": {chat.GivesForm, b.pressReport}, "see": {chat.GivesReply, b.pressSee}, "question": {chat.GivesReply, b.pressQuestion},
		"streak": {chat.GivesReply, b.pressStreak}, "why": {chat.GivesReply, b.pressWhy}, "whyat": {chat.GivesUpdate, b.pressWhyAt},
		"join": {chat.GivesReply, b.pressJoin}, "leave": {chat.GivesReply, b.pressLeave}, "leaveyes": {chat.GivesUpdate, b.pressLeaveYes},
		"repair": {chat.GivesReply, b.pressRepair}, "pause": {chat.GivesReply, b.pressPause}, "pausefor": {chat.GivesUpdate, b.pressPauseFor},
		"again": {chat.GivesReply, b.pressAgain}, "similar": {chat.GivesReply, b.pressSimilar}, "tip": {chat.GivesUpdate, b.pressTip},
		"moretip": {chat.GivesReply, b.pressMoreTip}, "project": {chat.GivesReply, b.pressProject}, "reverse": {chat.GivesUpdate, b.pressReverse},
		"edit": {chat.GivesForm, b.pressEdit}, "preview": {chat.GivesReply, b.pressPreview},
		"now": {chat.GivesReply, b.pressTrack("now")}, "remove": {chat.GivesReply, b.pressTrack("remove")}, "undo": {chat.GivesReply, b.pressTrack("undo")},
		"pausetrack": {chat.GivesReply, b.pressTrack("pause")}, "resume": {chat.GivesReply, b.pressTrack("resume")}, "skip": {chat.GivesReply, b.pressTrack("skip")},
		"accept": {chat.GivesUpdate, b.pressAccept}, "decline": {chat.GivesForm, b.pressDecline}, "takeout": {chat.GivesUpdate, b.pressTakeOut},
		"nextsuggest": {chat.GivesReply, b.pressNextSuggest}, "levelsuggest": {chat.GivesUpdate, b.pressLevelSuggest},
		"changesuggest": {chat.GivesForm, b.pressChangeSuggest}, "looksuggest": {chat.GivesReply, b.pressLookSuggest},
		"there": {chat.GivesReply, b.pressThere}, "postit": {chat.GivesReply, b.pressPostIt},
		"privacy": {chat.GivesReply, b.pressPrivacy}, "forget": {chat.GivesReply, b.pressForget}, "forgetyes": {chat.GivesUpdate, b.pressForgetYes},
		"help": {chat.GivesReply, b.pressHelp},
	}
}

// pairSubmits is what every form does.
func (b *Bot) pairSubmits() map[string]submit {
	return map[string]submit{
		"answer": b.submitAnswer, "sayback": b.submitSayBack, "setup": b.submitSetup, "edit": b.submitEdit, "report": b.submitReport,
		"suggest": b.submitSuggest, "decline": b.submitDecline, "changesuggest": b.submitChangeSuggest,
	}
}

// commandHelp shows what there is, or one command.
func (b *Bot) commandHelp(_ context.Context, c call, args map[string]string) (chat.Response, error) {
	about, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(args["about"])), " ")
	switch about {
	case "":
		return b.help(c), nil
	case "topics", "topic":
		return b.helpTopics(), nil
	}
	p, ok := b.command(about)
	if !ok {
		return b.unread(c, b.Commands().Parse(about)), nil
	}
	out := []chat.Block{chat.Paragraph{Text: chat.Join(chat.Text{{Text: b.typed(c.Space) + p.Usage(), Style: chat.Mono}}, chat.T("  "+p.Summary))}}
	l := chat.List{}
	for _, o := range p.Options {
		l.Items = append(l.Items, chat.Join(chat.B(o.Name), chat.T(": "+o.Summary)))
	}
	if about == "tracks" {
		for _, d := range trackChoices() {
			l.Items = append(l.Items, chat.Join(chat.B("tracks "+d.Value), chat.T(": "+d.Hint)))
		}
	}
	if len(l.Items) > 0 {
		out = append(out, l)
	}
	return reply(message(p.Summary, out...)), nil
}

// unread answers what could not be read: why, and what to type.
func (b *Bot) unread(c call, w chat.Call) chat.Response {
	if w.Instead == "" {
		return sentence(w.Problem)
	}
	why, line := w.Problem+" Type: ", b.typed(c.Space)+w.Instead
	return reply(message(why+line, chat.Paragraph{Text: chat.Join(chat.T(why), chat.Text{{Text: line, Style: chat.Mono}})}))
}

func (b *Bot) pressHelp(_ context.Context, c call) (chat.Response, error) { return b.help(c), nil }

func (b *Bot) help(c call) chat.Response {
	l := chat.List{}
	for _, p := range b.commands {
		if c.Direct && !p.Personal && p.Name != "setup" && p.Name != "tracks" {
			continue
		}
		l.Items = append(l.Items, chat.Join(chat.Text{{Text: b.typed(c.Space) + p.Name, Style: chat.Mono}}, chat.T("  "+p.Summary)))
	}
	say := "I post a backend interview question where you talk, take everybody's answer in private, say which points it covered, and keep streaks."
	return reply(message(say, para(say), l, row(primary(b.button("Practise now", "again", "any")), b.button("My streak", "streak", ""), b.button("Privacy", "privacy"))))
}

func (b *Bot) helpTopics() chat.Response {
	stats := b.bank.Load().Stats()
	l := chat.List{}
	for _, t := range b.bank.Load().Topics() {
		n := 0
		for _, k := range stats.Topics[t.ID] {
			n += k
		}
		l.Items = append(l.Items, chat.Join(chat.B(t.Title), chat.T("  "), chat.Text{{Text: t.ID, Style: chat.Mono}}, chat.T("  "+plural(n, "question"))))
	}
	return reply(message("All topics", chat.Paragraph{Text: chat.B("All topics")}, l))
}

// complete offers what an option can be.
func (b *Bot) complete(ctx context.Context, c call, w chat.Complete) (chat.Response, error) {
	prefix := strings.ToLower(strings.TrimSpace(w.Prefix))
	var out []chat.Choice
	offer := func(value, label string) {
		if len(out) < 25 && (strings.Contains(strings.ToLower(value), prefix) || strings.Contains(strings.ToLower(label), prefix)) {
			out = append(out, chat.Choice{Value: value, Label: label})
		}
	}
	switch w.Name + " " + w.Option {
	case "practice topic", "tip topic", "suggest topic":
		for _, t := range b.bank.Load().Topics() {
			offer(t.ID, t.Title)
		}
	case "help about":
		for _, p := range b.commands {
			offer(p.Name, p.Name+": "+p.Summary)
		}
		offer("topics", "topics: what can be practised")
	case "tracks track":
		err := b.view(ctx, "list tracks", func(tx store.Tx) error {
			tracks, err := tx.ChannelTracks(string(c.Channel))
			for _, t := range tracks {
				if t.State != store.TrackRemoved || w.Args["do"] == "undo" {
					offer(t.ID, t.ID+": "+t.Kind+" "+describe(t))
				}
			}
			return err
		})
		if err != nil {
			return chat.Response{}, err
		}
	case "tracks value":
		switch w.Args["do"] {
		case "next", "swap":
			err := b.view(ctx, "list questions", func(tx store.Tx) error {
				bank, err := b.bankOf(tx, string(c.Space))
				if err == nil {
					out = completeQuestions(bank, prefix)
				}
				return err
			})
			if err != nil {
				return chat.Response{}, err
			}
		case "theme":
			for _, t := range b.bank.Load().Topics() {
				offer(t.ID+" until ", t.Title+" until …")
			}
		}
	case "setup zone":
		for _, z := range civil.CompleteZone(w.Prefix, 25) {
			out = append(out, chat.Choice{Value: z, Label: z})
		}
	}
	return chat.Response{Choices: out}, nil
}

func completeQuestions(bank *questions.Bank, prefix string) []chat.Choice {
	var out []chat.Choice
	for _, q := range bank.Questions() {
		if strings.Contains(q.ID, prefix) || strings.Contains(strings.ToLower(q.Title), prefix) {
			out = append(out, chat.Choice{Value: q.ID, Label: q.ID + ": " + q.Title})
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		return strings.HasPrefix(out[i].Value, prefix) && !strings.HasPrefix(out[j].Value, prefix)
	})
	return out[:min(len(out), 25)]
}
