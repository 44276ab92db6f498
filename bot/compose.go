package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
	"github.com/interviewbot/interviewbot/questions"
)

// The messages in the channel: the daily post (MESSAGES.md, M1), and the same post once it is closed (M4).

// face is all that a round's message is made of.
type face struct {
	track    store.Track
	round    store.Round
	question *questions.Question // nil for tips and projects
	body     []byte              // of the snapshot
	before   *store.Round        // the round before, when it is closed
	beforeQ  *questions.Question
	quorum   int // more answers that keep the group's streak; -1 = not known
}

func readFace(tx store.Tx, track string, no int) (f face, err error) {
	if f.track, err = tx.Track(track); err != nil {
		return f, err
	}
	if f.round, err = tx.Round(track, no); err != nil {
		return f, err
	}
	s, err := tx.Snapshot(f.round.Question)
	if err != nil {
		return f, err
	}
	f.body, f.quorum = s.Body, -1
	if f.round.Kind != kindQuestion {
		return f, nil
	}
	if f.question, err = questions.Read(s.Body); err != nil {
		return f, err
	}
	before, err := tx.RoundsBefore(track, no, 1)
	if err != nil || len(before) == 0 || before[0].State != store.Closed || !posted(before[0]) {
		return f, err
	}
	f.before = &before[0]
	f.beforeQ, err = questionOf(tx, before[0].Question)
	return f, err
}

// composePost makes the message of a round that is about to be posted.
func (b *Bot) composePost(ctx context.Context, r store.Round) (chat.Message, error) {
	var f face
	err := b.view(ctx, "read what a post is made of", func(tx store.Tx) (err error) {
		if f, err = readFace(tx, r.Track, r.No); err != nil || f.track.Group.Current == 0 {
			return err
		}
		f.quorum, err = tally(tx, &r)
		return err
	})
	if err != nil {
		return chat.Message{}, err
	}
	return b.faceOf(f), nil
}

func (b *Bot) faceOf(f face) chat.Message {
	switch f.round.Kind {
	case kindTip:
		return chat.Message{Summary: "Tip: " + string(f.body), Blocks: []chat.Block{chat.Paragraph{Text: chat.Join(chat.B("Tip  "), spans(string(f.body)))},
			row(b.button("Another, just for me", "moretip", onPost, roundKey(f.round.Track, f.round.No)))}}
	case kindProject:
		return b.projectPost(f)
	}
	return b.dailyPost(f)
}

func (b *Bot) dailyPost(f face) chat.Message {
	q, r := f.question, f.round
	key := roundKey(r.Track, r.No)
	m := chat.Message{Summary: fmt.Sprintf("Today's question: %s About %d min. %s", asSentence(q.Title), q.Minutes, plainOf(q.Prompt))}
	m.Blocks = append(m.Blocks, heading(q.Title), chat.Note{Text: chat.Join(
		chat.T(fmt.Sprintf("%s · level %d · about %d min · open until ", b.topicTitle(q.Topic), q.Level, q.Minutes)),
		chat.At(r.Ends, chat.DayClock, location(f.track.Zone)))})
	m.Blocks = append(m.Blocks, promptOf(q)...)
	m.Blocks = append(m.Blocks, row(
		primary(b.button("Answer privately", "answer", onPost, key)),
		b.button("Hint", "hint", onPost, "1", key),
		b.button("I don't know", "idk", onPost, key),
		b.button("More", "more", onPost, key)))
	m.Blocks = append(m.Blocks, note(counterLine(f)))
	if f.before != nil {
		m.Blocks = append(m.Blocks, note(lastTime(*f.before, r)+": "+resultLine(f.track, *f.before, f.beforeQ)),
			row(b.button("See the answer", "see", onPost, roundKey(f.before.Track, f.before.No), key)))
	}
	if r.Tip != "" {
		m.Blocks = append(m.Blocks, chat.Note{Text: chat.Join(chat.B("Tip  "), spans(r.Tip))})
	}
	if r.No <= 3 {
		m.Blocks = append(m.Blocks, note("New here? Three bullet points are plenty. Only you see what you send."))
	}
	return m
}

// lastTime says when the round before was: "Yesterday", or the day of the week.
func lastTime(before, r store.Round) string {
	day, err := time.Parse("2006-01-02", before.Slot[:10])
	today, err2 := time.Parse("2006-01-02", r.Slot[:10])
	switch apart := today.Sub(day); {
	case err != nil || err2 != nil || apart < 0 || apart > 6*24*time.Hour:
		return "Last time"
	case apart == 0:
		return "Earlier today"
	case apart == 24*time.Hour:
		return "Yesterday"
	}
	return day.Weekday().String()
}

// counterLine is the line of the post that is kept up to date.
func counterLine(f face) string {
	if f.track.Direct {
		return alone(f.round) + "."
	}
	parts := []string{fmt.Sprintf("%d answered", f.round.Answered)}
	if f.track.Group.Current > 0 {
		s := fmt.Sprintf("group streak %d", f.track.Group.Current)
		switch {
		case f.quorum == 0:
			s += ", kept today"
		case f.quorum > 0:
			s += fmt.Sprintf(", %d more keep it", f.quorum)
			if f.quorum == 1 {
				s = strings.Replace(s, "keep", "keeps", 1)
			}
		}
		parts = append(parts, s)
	}
	if f.round.Protected != "" {
		parts = append(parts, "protected: "+f.round.Protected)
	}
	return strings.Join(append(parts, "no spoilers in the thread until it closes"), " · ")
}

// alone says how a round of one person stands.
func alone(r store.Round) string {
	if r.Answered > 0 {
		return "Answered"
	}
	return "Not answered yet"
}

// resultLine is what a closed round came to, in one line.
func resultLine(t store.Track, r store.Round, q *questions.Question) string {
	if t.Direct {
		return fmt.Sprintf("“%s”, %s.", q.Title, map[bool]string{true: "answered", false: "not answered"}[r.Answered > 0])
	}
	parts := []string{fmt.Sprintf("%d answered", r.Answered)}
	if p, ok := leastSaid(r, q); ok {
		parts[0] += "."
		parts = append(parts, fmt.Sprintf("Often missed: “%s” (%d of %d).", p.Say, count(r, p.ID), r.Answered))
		return strings.Join(parts, " ")
	}
	return parts[0] + "."
}

func count(r store.Round, point string) int {
	for _, h := range r.Had {
		if h.Point == point {
			return h.N
		}
	}
	return 0
}

// leastSaid and mostSaid name the point that the fewest and the most answers had; the fewest only when less than half
// had it, and neither when nobody answered.
func leastSaid(r store.Round, q *questions.Question) (least questions.Point, ok bool) {
	n := r.Answered
	if len(r.Swapped) > 0 {
		return least, false // some answers may be to a question before
	}
	for _, p := range q.Points {
		if c := count(r, p.ID); r.Answered > 0 && 2*c < r.Answered && (c < n || !ok) {
			least, n, ok = p, c, true
		}
	}
	return least, ok
}

func mostSaid(r store.Round, q *questions.Question) (most questions.Point, ok bool) {
	n := 0
	for _, p := range q.Points {
		if c := count(r, p.ID); c > n {
			most, n, ok = p, c, true
		}
	}
	return most, ok
}

// closedPost is the post of a closed round; it is also what "See the answer" opens.
func (b *Bot) closedPost(f face, private bool) chat.Message {
	q, r := f.question, f.round
	key := roundKey(r.Track, r.No)
	m := chat.Message{Summary: "Closed: " + q.Title + " " + resultLine(f.track, r, q)}
	parts := []string{fmt.Sprintf("%d answered", r.Answered)}
	if f.track.Direct {
		parts[0] = strings.TrimSuffix(alone(r), " yet")
	}
	switch {
	case f.track.Direct:
	case r.Protected != "":
		parts = append(parts, "protected: "+r.Protected)
	case r.GroupLine == streak.Answered || r.GroupRun > 0:
		parts = append(parts, fmt.Sprintf("group streak %d", r.GroupRun))
	}
	if p, ok := mostSaid(r, q); ok && !f.track.Direct {
		parts = append(parts, fmt.Sprintf("most had: “%s”", p.Say))
	}
	if p, ok := leastSaid(r, q); ok && !f.track.Direct {
		parts = append(parts, fmt.Sprintf("often missed: “%s” (%d of %d)", p.Say, count(r, p.ID), r.Answered))
	}
	title := "Closed · " + q.Title
	m.Blocks = append(m.Blocks, heading(title), note(strings.Join(parts, " · ")))
	if private {
		m.Blocks = append(m.Blocks, promptOf(q)...)
	}
	m.Blocks = append(m.Blocks, modelAnswer(q, !private && !f.track.Direct)...)
	buttons := chat.Buttons{}
	if n := listed(r); n > 0 {
		buttons.Row = append(buttons.Row, b.button("Read "+plural(n, "shared answer"), "others", onPost, "0", key))
	}
	buttons.Row = append(buttons.Row, b.button("Practise a similar one", "similar", onPost, key), b.button("Answer late", "answer", onPost, key))
	m.Blocks = append(m.Blocks, buttons)
	return m
}

// listed is how many shared answers are shown: those without a name only when there are three or more of them.
func listed(r store.Round) int {
	if r.Nameless < 3 {
		return r.Shared - r.Nameless
	}
	return r.Shared
}

// modelAnswer is the answer, the common mistake and the source; in public it hides behind a spoiler where the platform
// can.
func modelAnswer(q *questions.Question, public bool) []chat.Block {
	out := blocks(q.Answer)
	if q.Kind == questions.Choice {
		out = append(choiceKey(q), out...)
	}
	if public {
		out = hidden(out)
	}
	if len(q.Mistakes) > 0 {
		out = append(out, chat.Paragraph{Text: chat.Join(chat.B("Common mistake: "), spans(q.Mistakes[0]))})
	}
	if len(q.Sources) > 0 {
		s := q.Sources[0]
		out = append(out, chat.Note{Text: chat.Join(chat.T("Source: "), chat.Text{{Text: s.Title, Link: s.URL}})})
	}
	return out
}

// choiceKey says which options are right, and why.
func choiceKey(q *questions.Question) []chat.Block {
	l := chat.List{}
	for i, o := range q.Options {
		mark := "○ "
		if o.Right {
			mark = "✓ "
		}
		l.Items = append(l.Items, chat.Join(chat.T(mark+letter(i)+" "), spans(o.Text), chat.T(": "), spans(o.Why)))
	}
	return []chat.Block{l}
}

func letter(i int) string { return string(rune('A' + i)) }

// hidden puts text behind spoilers.
func hidden(in []chat.Block) []chat.Block {
	hide := func(t chat.Text) chat.Text {
		out := make(chat.Text, len(t))
		for i, s := range t {
			s.Style |= chat.Spoiler
			out[i] = s
		}
		return out
	}
	out := make([]chat.Block, len(in))
	for i, bl := range in {
		switch x := bl.(type) {
		case chat.Paragraph:
			bl = chat.Paragraph{Text: hide(x.Text)}
		case chat.List:
			l := chat.List{Ordered: x.Ordered}
			for _, it := range x.Items {
				l.Items = append(l.Items, hide(it))
			}
			bl = l
		case chat.Code:
			x.Hidden = true
			bl = x
		}
		out[i] = bl
	}
	return out
}

// promptOf is the question as people are asked it, with its options when it has any.
func promptOf(q *questions.Question) []chat.Block {
	out := blocks(q.Prompt)
	if q.Kind != questions.Choice {
		return out
	}
	l := chat.List{}
	for i, o := range q.Options {
		l.Items = append(l.Items, chat.Join(chat.B(letter(i)+" "), spans(o.Text)))
	}
	return append(out, l)
}

// projectPost is one project brief.
func (b *Bot) projectPost(f face) chat.Message {
	p, err := questions.ReadProject(f.body)
	if err != nil {
		p = &questions.Project{Title: "Project", Brief: string(f.body)}
	}
	return chat.Message{Summary: "Project: " + p.Title, Blocks: append(projectBlocks(p),
		row(b.button("Another, just for me", "project", onPost, p.Size, roundKey(f.round.Track, f.round.No))))}
}

func (b *Bot) topicTitle(id string) string {
	for _, t := range b.bank.Load().Topics() {
		if t.ID == id {
			return t.Title
		}
	}
	return id
}

// plainOf is a Markdown text as one plain line.
func plainOf(md string) string {
	var words []string
	for _, bl := range blocks(md) {
		switch x := bl.(type) {
		case chat.Paragraph:
			words = append(words, x.Text.Plain())
		case chat.List:
			for _, it := range x.Items {
				words = append(words, it.Plain())
			}
		case chat.Code:
			words = append(words, x.Source)
		}
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// asSentence ends a title with a full stop unless it ends by itself.
func asSentence(s string) string {
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
