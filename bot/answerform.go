package bot

import (
	"strconv"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// The dialog for an answer (MESSAGES.md, M2).

// answerMax is the longest answer, in characters: what both platforms' dialogs can hold.
const answerMax = 3000

func (b *Bot) answerForm(m matter) *chat.Form {
	f := &chat.Form{ID: action("answer", m.key), Title: "Your answer", Send: "Send", Intro: promptOf(m.question)}
	f.Intro = append(f.Intro, note(introNote(m)))
	text, vis, choice := "", store.OnlyMe, []string(nil)
	if m.person != nil {
		vis = m.person.Visibility
	}
	if m.answer != nil {
		text, choice = m.answer.Text, choiceValues(m.answer.Choice)
		if m.answer.Kind != store.Asked {
			vis = m.answer.Visibility
		}
	}
	if m.draft != nil {
		text = m.draft.Text
		if v := m.draft.Values["who"]; len(v) == 1 {
			vis = visibilityOf(v[0])
		}
		choice = m.draft.Values["choice"]
	}
	area := chat.Input{ID: "text", Label: "Your answer", Type: chat.Area, Max: answerMax, Value: []string{text},
		Placeholder: "As you would say it to the interviewer"}
	if m.question.Kind == questions.Choice {
		f.Inputs = append(f.Inputs, choiceInput(m.question, choice))
		area.Label, area.Optional = "Why? In your own words", true
	}
	f.Inputs = append(f.Inputs, area)
	if !m.practice() && !m.track.Direct {
		f.Inputs = append(f.Inputs, visibilityInput(vis))
	}
	return f
}

func introNote(m matter) string {
	switch {
	case m.late() && m.repairable() == "":
		return "This round is closed. A late answer can still repair your streak."
	case m.late():
		return "This round is closed; your answer counts as practice."
	}
	return "Bullet points are fine."
}

func visibilityInput(v store.Visibility) chat.Input {
	return chat.Input{ID: "who", Label: "Who may see it after they have answered", Type: chat.Select, Value: []string{visibilities()[v].Value}, Choices: visibilities()}
}

// visibilities are in the order of store.Visibility.
func visibilities() []chat.Choice {
	return []chat.Choice{
		{Value: "me", Label: "Only me"}, {Value: "name", Label: "The group, with my name"}, {Value: "nameless", Label: "The group, without my name"},
	}
}

func visibilityOf(value string) store.Visibility {
	for i, v := range visibilities() {
		if v.Value == value {
			return store.Visibility(i)
		}
	}
	return store.OnlyMe
}

func choiceInput(q *questions.Question, chosen []string) chat.Input {
	in := chat.Input{ID: "choice", Label: "Your choice", Type: chat.Select, Value: chosen}
	rights := 0
	for i, o := range q.Options {
		in.Choices = append(in.Choices, chat.Choice{Value: strconv.Itoa(i), Label: letter(i) + " " + spans(o.Text).Plain()})
		if o.Right {
			rights++
		}
	}
	if rights > 1 {
		in.Type, in.Label = chat.Ticks, "Your choice (more than one may hold)"
	}
	return in
}

func choiceValues(c []int) []string {
	var out []string
	for _, i := range c {
		out = append(out, strconv.Itoa(i))
	}
	return out
}
