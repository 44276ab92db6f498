package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/questions/rubric"
)

// The two steps of feedback (MESSAGES.md, M3): what was found with the person's own words; then the model answer, and
// ticks for points said differently.

// feedback is the private message about what a person sent.
func (b *Bot) feedback(m matter) *chat.Message {
	if !m.answer.Shown.IsZero() {
		return b.compared(m, "")
	}
	return b.firstStep(m, b.rubric(m).Mark(m.answer.Text))
}

// firstStep says what was found. marked is the rubric's finding on the answer's text.
func (b *Bot) firstStep(m matter, marked rubric.Result) *chat.Message {
	a, q := m.answer, m.question
	n := 0
	var lines []chat.Block
	list := chat.List{}
	for _, f := range marked.Findings {
		switch f.State {
		case rubric.Found:
			n++
			list.Items = append(list.Items, chat.T("✓ "+f.Say+": you said “"+f.Quote+"”"))
		case rubric.Check:
			list.Items = append(list.Items, chat.T("~ Check this, "+lowerFirst(f.Say)+": you said “"+f.Quote+"”"))
		}
	}
	if left := len(marked.Findings) - len(list.Items); left > 0 {
		list.Items = append(list.Items, chat.T(fmt.Sprintf("○ %d more to find", left)))
	}
	head := m.news() + standing(m) + foundLine(q, a, n, len(marked.Findings))
	lines = append(lines, chat.Paragraph{Text: chat.B(strings.TrimSpace(head))})
	if q.Kind == questions.Choice {
		lines = append(lines, para(choiceLine(q, a.Choice)))
	}
	if n > 0 || len(list.Items) > 1 {
		lines = append(lines, list)
	}
	lines = append(lines, note("I match words, so I can miss a point said differently."))
	buttons := chat.Buttons{Row: []chat.Button{b.button("Try again", "try", m.key), b.button("Hint", "hint", "1", m.key), primary(b.button("Show the answer", "show", m.key))}}
	lines = append(lines, buttons)
	lines = append(lines, b.offers(m)...)
	return message(strings.TrimSpace(head), lines...)
}

// standing says what the answer did: counted, kept as practice, or not counting yet.
func standing(m matter) string {
	a := m.answer
	switch {
	case m.practice():
		return ""
	case a.Late:
		return "Kept as practice. "
	case !a.Counting:
		return "Noted; it does not count for the streak yet. "
	case m.member != nil:
		return fmt.Sprintf("Counted: your streak is %d. ", shownFor(m))
	}
	return "Counted. "
}

// shownFor is the streak with this round's answer in it.
func shownFor(m matter) int {
	if m.member.Closed < m.round.No && m.answer.Counting {
		return m.member.Streak.Current + 1
	}
	return shown(*m.track, *m.member)
}

func foundLine(q *questions.Question, a *store.Answer, n, of int) string {
	if q.Kind == questions.Choice && a.Text == "" {
		return ""
	}
	if n <= 1 {
		return "I could not match much; compare for yourself."
	}
	return fmt.Sprintf("I found %d of %d points.", n, of)
}

// choiceLine says how a choice stands without giving the key away.
func choiceLine(q *questions.Question, chosen []int) string {
	right, of := 0, 0
	for i, o := range q.Options {
		if o.Right {
			of++
			if slices.Contains(chosen, i) {
				right++
			}
		}
	}
	var names []string
	for _, i := range chosen {
		if i < len(q.Options) {
			names = append(names, letter(i))
		}
	}
	you := "You chose " + and(names) + ". "
	switch {
	case right == of && len(chosen) == of:
		return you + "That holds."
	case right > 0 && len(chosen) > right:
		return you + "Part of that holds; look again at the others."
	case right > 0:
		return you + fmt.Sprintf("That holds, and there are %s that hold as well.", plural(of-right, "option"))
	}
	return you + "Another option fits better; try again, or show the answer."
}

// offers are what can be done besides: repairing a missed round.
func (b *Bot) offers(m matter) []chat.Block {
	if m.practice() || !m.answer.Late || !m.answer.Counting || m.repairable() != "" {
		return nil
	}
	return []chat.Block{row(b.button("Repair "+roundDay(*m.round, m.now), "repair", m.key))}
}

// compared is the second step: the model answer beside one's own.
func (b *Bot) compared(m matter, extra string) *chat.Message {
	a, q := m.answer, m.question
	head := strings.TrimSpace(m.news() + standing(m) + extra)
	var out []chat.Block
	if head != "" {
		out = append(out, chat.Paragraph{Text: chat.B(head)})
	}
	if q.Kind == questions.Choice && len(a.Choice) > 0 {
		out = append(out, para(choiceLine(q, a.Choice)))
	}
	out = append(out, chat.Paragraph{Text: chat.B("Model answer")})
	out = append(out, modelAnswer(q, false)...)
	if missing := missingPoints(q, a); len(missing) > 0 && a.Text != "" && a.Kind != store.DontKnow {
		checks := chat.Checks{Action: action("ticks", m.key), Label: "Did you say these?", Ticked: a.Ticks}
		for _, p := range missing {
			checks.Choices = append(checks.Choices, chat.Choice{Value: p.ID, Label: p.Say})
		}
		out = append(out, checks)
	}
	if a.Text != "" {
		title := "Your answer"
		if a.Before != "" {
			title += ", revised after the answer"
		}
		out = append(out, chat.Paragraph{Text: chat.B(title)}, chat.Quote{Text: chat.T(a.Text)})
	}
	if a.Kind == store.DontKnow {
		out = append(out, note(sayBackNote(m)))
	}
	out = append(out, b.comparedButtons(m))
	out = append(out, b.offers(m)...)
	if head == "" {
		head = "The model answer to: " + q.Title
	}
	return message(head, out...)
}

func sayBackNote(m matter) string {
	if m.practice() || m.answer.Counting {
		return "Saying it back in a sentence or two, in your own words, is what makes it stay."
	}
	return "Say it back in a sentence or two, in your own words: that makes it stay, and it counts for your streak."
}

func (b *Bot) comparedButtons(m matter) chat.Buttons {
	var r []chat.Button
	switch {
	case m.answer.Kind == store.DontKnow:
		r = append(r, primary(b.button("Say it back", "sayback", m.key)))
	default:
		r = append(r, b.button("Revise", "try", m.key))
	}
	if n := listedFor(m); n > 0 {
		r = append(r, b.button(fmt.Sprintf("Others' answers (%d)", n), "others", "0", m.key))
	}
	if len(m.question.Followups) > 0 {
		r = append(r, b.button("Follow-up", "follow", m.key))
	}
	if m.practice() {
		return chat.Buttons{Row: append(r, b.button("Another", "again", m.key), b.button("More", "mine", m.key))}
	}
	return chat.Buttons{Row: append(r, b.button("More", "mine", m.key))}
}

// listedFor is how many shared answers of others the person can read, as of the round's last count.
func listedFor(m matter) int {
	if m.round == nil {
		return 0
	}
	n := listed(*m.round)
	a := *m.answer
	mine := readable(a) && (a.Visibility == store.WithName || m.round.Nameless >= 3)
	if mine && !a.Late && !a.Edited.After(m.round.Refreshed) {
		n--
	}
	return n
}

func missingPoints(q *questions.Question, a *store.Answer) []questions.Point {
	var out []questions.Point
	for _, p := range q.Points {
		if !slices.Contains(a.Found, p.ID) {
			out = append(out, p)
		}
	}
	return out
}

// pressShow shows the model answer: from now on the text is compared, not improved.
func (b *Bot) pressShow(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	if m.answer == nil || (m.answer.Kind == store.Asked && m.round != nil) {
		return b.pressDontKnow(ctx, c)
	}
	if m.answer.Kind == store.Asked {
		return b.giveUpOn(ctx, c, m, given{event: c, kind: store.DontKnow})
	}
	if m.answer.Shown.IsZero() {
		_, err = b.write(ctx, c, "show the model answer", func(tx store.Tx) error {
			m, err := readMatter(tx, c, m.key)
			if err != nil || m.answer == nil {
				return err
			}
			m.answer.Shown = m.now
			return tx.PutAnswer(*m.answer)
		})
		if err != nil {
			return chat.Response{}, err
		}
		if m, err = b.matter(ctx, c, m.key); err != nil {
			return chat.Response{}, err
		}
	}
	return update(b.compared(m, "")), nil
}

// pressTicks corrects the detection: the points that the person said in other words.
func (b *Bot) pressTicks(ctx context.Context, c call) (chat.Response, error) {
	key := c.arg(-1)
	ticked := c.What.(chat.Press).Values
	m, err := b.matter(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	q := m.question
	_, err = b.write(ctx, c, "tick points", func(tx store.Tx) error {
		m, err := readMatter(tx, c, key)
		if err != nil {
			return err
		}
		if m.answer == nil || m.answer.Shown.IsZero() {
			return sorry("Please look at the model answer first.")
		}
		m.answer.Ticks = nil
		for _, p := range missingPoints(q, m.answer) {
			if slices.Contains(ticked, p.ID) {
				m.answer.Ticks = append(m.answer.Ticks, p.ID)
			}
		}
		return tx.PutAnswer(*m.answer)
	})
	if err != nil {
		return chat.Response{}, err
	}
	if m, err = b.matter(ctx, c, key); err != nil {
		return chat.Response{}, err
	}
	n := len(said(*m.answer))
	return update(b.compared(m, fmt.Sprintf("You had %d of %d points.", n, len(m.question.Points)))), nil
}

// pressHint shows one more hint at a time.
func (b *Bot) pressHint(ctx context.Context, c call) (chat.Response, error) {
	key := c.arg(-1)
	m, err := b.pressed(ctx, c, key)
	if err != nil {
		return chat.Response{}, err
	}
	n, _ := strconv.Atoi(c.arg(-2))
	hints := m.question.Hints
	n = min(max(n, 1), len(hints))
	if n == 0 {
		return sentence("This question has no hints. What would you check first?"), nil
	}
	l := chat.List{Ordered: true}
	for _, h := range hints[:n] {
		l.Items = append(l.Items, spans(h))
	}
	out := []chat.Block{chat.Paragraph{Text: chat.B(fmt.Sprintf("Hint %d of %d", n, len(hints)))}, l}
	r := chat.Buttons{}
	if n < len(hints) {
		r.Row = append(r.Row, b.button("Another hint", "nexthint", strconv.Itoa(n+1), key))
	}
	if m.answer == nil || m.answer.Kind == store.Asked {
		r.Row = append(r.Row, primary(b.button("Answer", "answer", key)))
	} else if m.answer.Shown.IsZero() {
		r.Row = append(r.Row, primary(b.button("Try again", "try", key)))
	}
	if len(r.Row) > 0 {
		out = append(out, r)
	}
	return reply(message(fmt.Sprintf("Hint %d: %s", n, spans(hints[n-1]).Plain()), out...)), nil
}

// pressNextHint is pressHint on a hint: it replaces the one before.
func (b *Bot) pressNextHint(ctx context.Context, c call) (chat.Response, error) {
	r, err := b.pressHint(ctx, c)
	return chat.Response{Update: r.Reply}, err
}

// pressFollow asks what an interviewer would ask next.
func (b *Bot) pressFollow(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	l := chat.List{}
	for _, f := range m.question.Followups {
		l.Items = append(l.Items, spans(f))
	}
	return reply(message("An interviewer might go on with this.", chat.Paragraph{Text: chat.B("An interviewer might go on with")}, l,
		note("Try to answer each aloud, in under a minute."))), nil
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
