package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
	"github.com/interviewbot/interviewbot/questions/rubric"
)

// How an answer comes in (RULES.md, section 4; MESSAGES.md, M2): what counts, and what is stored.

// pressAnswer opens the dialog; once something was sent it shows that with its feedback instead.
func (b *Bot) pressAnswer(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.pressed(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	if m.answer != nil && m.answer.Kind != store.Asked && !m.answer.Deleted {
		return reply(b.feedback(m)), nil
	}
	return chat.Response{Form: b.answerForm(m)}, nil
}

// pressTry opens the dialog with what was sent last, to change it.
func (b *Bot) pressTry(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	return chat.Response{Form: b.answerForm(m)}, nil
}

// given is an answer as it came out of the dialog.
type given struct {
	text   string
	choice []int
	vis    store.Visibility
	kind   store.AnswerKind
	counts bool // is long enough in the person's own words
	found  []string
	check  []string
	marked rubric.Result
	event  call
}

// submitAnswer stores what was sent and answers with the first step of feedback.
func (b *Bot) submitAnswer(ctx context.Context, c call, s chat.Submit) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return handBack(s, err)
	}
	g, problems := b.read(c, m, s)
	if len(problems) > 0 {
		return chat.Response{Errors: problems}, nil
	}
	if !g.counts && !m.practice() && !m.late() && (m.answer == nil || !m.answer.Counting) {
		return b.tooShort(ctx, c, m, g, s)
	}
	return b.keepAnswer(ctx, c, m, g)
}

// read checks what was sent and marks it; problems are sentences by input.
func (b *Bot) read(c call, m matter, s chat.Submit) (given, map[string]string) {
	g := given{event: c, kind: store.Written, vis: visibilityOf(s.Value("who"))}
	g.text = clean(s.Value("text"))
	if n := utf8.RuneCountInString(g.text); n > answerMax {
		return g, map[string]string{"text": fmt.Sprintf("That is %d characters; an answer can have %d. Please shorten it a little.", n, answerMax)}
	}
	if m.question.Kind == questions.Choice {
		for _, v := range s.Values["choice"] {
			i, err := strconv.Atoi(v)
			if err == nil && i >= 0 && i < len(m.question.Options) && !slices.Contains(g.choice, i) {
				g.choice = append(g.choice, i)
			}
		}
		if len(g.choice) == 0 {
			return g, map[string]string{"choice": "Please choose one of the options."}
		}
		slices.Sort(g.choice)
		g.kind, g.counts = store.Chosen, true
	} else if g.text == "" {
		return g, map[string]string{"text": "There is nothing here yet. A few bullet points are enough."}
	}
	r := b.rubric(m)
	g.marked = r.Mark(g.text)
	for _, f := range g.marked.Findings {
		switch f.State {
		case rubric.Found:
			g.found = append(g.found, f.Point)
		case rubric.Check:
			g.check = append(g.check, f.Point)
		}
	}
	if g.marked.Counts() {
		g.counts = true
	}
	return g, nil
}

// clean makes a text storable: valid UTF-8, no control characters but line ends and tabs, no white space around it.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' })
}

// tooShort keeps a text as a draft and asks whether to add to it.
func (b *Bot) tooShort(ctx context.Context, c call, m matter, g given, s chat.Submit) (chat.Response, error) {
	_, err := b.write(ctx, c, "keep a draft", func(tx store.Tx) error {
		d := store.Draft{User: c.user(), Key: draftKey(m.key), Text: g.text, Values: map[string][]string{"who": s.Values["who"]}, Until: tx.Now().Add(draftTime)}
		return errors.Join(tx.PutDraft(d), tx.PutTask(store.Task{Key: "draft:" + d.User + ":" + d.Key, Kind: "draft", Space: string(c.Space), User: d.User, Arg: d.Key, Due: d.Until, Made: tx.Now()}))
	})
	if err != nil {
		return chat.Response{}, err
	}
	words := g.marked.Own
	head := fmt.Sprintf("Only %s so far that are not the question's.", plural(words, "word"))
	if words == 0 {
		head = "So far these are the question's own words."
	}
	return reply(message(head, para(head+" Three bullet points are plenty; your text is kept."), chat.Quote{Text: chat.T(g.text)},
		row(primary(b.button("Add more", "try", m.key)), b.button("Send as is", "asis", m.key)),
		note("Sent as it is, it is the same as I don't know: you see the model answer next."))), nil
}

// pressAsIs sends a draft as I don't know.
func (b *Bot) pressAsIs(ctx context.Context, c call) (chat.Response, error) {
	m, err := b.matter(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	g := given{event: c, kind: store.DontKnow}
	if m.draft != nil {
		g.text = m.draft.Text
		if v := m.draft.Values["who"]; len(v) == 1 {
			g.vis = visibilityOf(v[0])
		}
	}
	return b.giveUpOn(ctx, c, m, g)
}

// keepAnswer stores an answer and replies with its feedback. It is safe to repeat.
func (b *Bot) keepAnswer(ctx context.Context, c call, m matter, g given) (chat.Response, error) {
	hash := m.hash
	_, err := b.write(ctx, c, "store an answer", func(tx store.Tx) error { return b.storeAnswer(tx, m.key, g) })
	if err != nil {
		if g.text != "" {
			var say sorry
			if errors.As(err, &say) {
				return handBackText(g.text, say), nil
			}
		}
		return chat.Response{}, err
	}
	m, err = b.matter(ctx, c, m.key)
	if err != nil {
		return chat.Response{}, err
	}
	b.wake()
	if m.answer.Shown.IsZero() && m.answer.Text == g.text && m.hash == hash {
		return reply(b.firstStep(m, g.marked)), nil
	}
	return reply(b.feedback(m)), nil
}

// storeAnswer is the one place where an answer is written: with all checks, in the caller's Update.
func (b *Bot) storeAnswer(tx store.Tx, key string, g given) error {
	m, err := readMatter(tx, g.event, key)
	if err != nil {
		return err
	}
	if m.track != nil && m.track.State == store.TrackRemoved {
		return sorry("This track was removed, so there is no place to keep your answer. Here is your text back.")
	}
	a := store.Answer{User: m.user, Space: string(g.event.Space), Question: m.hash, Sent: m.now}
	if m.round != nil {
		a.Track, a.Round, a.Space, a.Question = m.track.ID, m.round.No, m.round.Space, m.round.Question
	}
	if m.answer != nil {
		a = *m.answer
	}
	late := m.late()
	firstCount := b.fill(&a, m, g, late)
	if err := b.rememberPerson(tx, &m, g, a); err != nil {
		return err
	}
	if m.answer != nil {
		if err := tx.PutAnswer(a); err != nil {
			return err
		}
	} else if err := b.addAnswer(tx, &m, a, firstCount); err != nil {
		return err
	}
	if m.answer != nil && firstCount {
		m.join(a.Name)
		m.member.Answered = max(m.member.Answered, a.Round)
		if err := tx.PutMember(*m.member); err != nil {
			return err
		}
	}
	if m.draft != nil {
		if err := tx.DeleteDraft(m.user, draftKey(key)); err != nil {
			return err
		}
	}
	if firstCount {
		return b.wantRefresh(tx, *m.round)
	}
	return nil
}

// fill puts what was given into the answer; it says whether this is the round's first counting submit.
func (b *Bot) fill(a *store.Answer, m matter, g given, late bool) (firstCount bool) {
	a.Name, a.Edited = clip(g.event.Actor.Name, 80), m.now
	if a.Kind == store.Asked || a.Kind == store.DontKnow || a.Sent.IsZero() {
		a.Kind = g.kind
	}
	if !a.Shown.IsZero() && a.Before == "" && a.Kind != store.DontKnow && a.Text != g.text {
		a.Before = a.Text // what the coverage is of; the new text is marked as revised
	}
	if a.Shown.IsZero() {
		a.Found, a.Check = g.found, g.check
	}
	a.Text, a.Choice, a.Visibility, a.Deleted = g.text, g.choice, g.vis, false
	switch {
	case m.round == nil:
		a.Counting = a.Counting || g.counts
	case g.counts && !a.Counting:
		a.Counting, a.Late = true, late
		firstCount = !late
	case m.answer == nil:
		a.Late = late
	}
	if a.Day == "" {
		a.Zone = m.zone()
		a.Day, a.Offset = dayOf(m.now, a.Zone)
	}
	return firstCount
}

// addAnswer stores a new answer at the head of the person's chain: the member's, or that of practice for somebody who is
// no member.
func (b *Bot) addAnswer(tx store.Tx, m *matter, a store.Answer, firstCount bool) error {
	if firstCount {
		m.join(a.Name)
	}
	if m.member != nil {
		a.Prev = m.member.Head
	} else if m.person != nil {
		a.Prev = m.person.Practice
	}
	seq, err := tx.AddAnswer(a)
	if err != nil {
		return err
	}
	if m.member == nil {
		m.person.Practice = seq
		return tx.PutPerson(*m.person)
	}
	m.member.Head = seq
	if firstCount {
		m.member.Answered = max(m.member.Answered, a.Round)
	}
	if a.Kind == store.DontKnow && m.round != nil {
		m.member.DontKnow = max(m.member.DontKnow, a.Round)
	}
	return tx.PutMember(*m.member)
}

// join makes the person a member of the track, or a member again.
func (m *matter) join(name string) {
	if m.member == nil {
		m.member = newMember(*m.track, m.user, m.now)
	}
	if !m.member.Left.IsZero() {
		m.member.Left, m.member.Joined = time.Time{}, m.now
		if m.round != nil && m.member.Answered < m.round.No { // left and came back with an answer while it is open
			m.member.Closed = min(m.member.Closed, m.round.No-1)
		}
	}
	m.member.Name = name
}

// rememberPerson makes or changes the person's record when there is something new to remember.
func (b *Bot) rememberPerson(tx store.Tx, m *matter, g given, a store.Answer) error {
	fresh := m.person == nil
	if fresh {
		m.person = &store.Person{User: m.user, Space: a.Space, Zone: g.event.Actor.Zone, Seen: m.now}
	}
	changed := fresh
	if m.round != nil && !m.track.Direct && m.person.Visibility != g.vis && g.kind != store.DontKnow {
		m.person.Visibility, changed = g.vis, true
	}
	if name := clip(g.event.Actor.Name, 80); name != m.person.Name {
		m.person.Name, changed = name, true
	}
	if !changed {
		return nil
	}
	return tx.PutPerson(*m.person)
}

// wantRefresh makes the task that brings the post's counter up to date: at most once a minute in the first hour, then
// once in 15 minutes. Answers only read it when it is there already.
func (b *Bot) wantRefresh(tx store.Tx, r store.Round) error {
	key, now := "refresh:"+roundKey(r.Track, r.No), tx.Now()
	t, err := tx.Task(key)
	if err == nil && t.Owner == "" || err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	every := time.Minute
	if now.Sub(r.Opened) > time.Hour {
		every = 15 * time.Minute
	}
	due := now
	if at := r.Refreshed.Add(every); at.After(due) {
		due = at
	}
	if err == nil && !due.After(t.Due) {
		due = t.Due.Add(every)
	}
	return tx.PutTask(store.Task{Key: key, Kind: "refresh", Space: r.Space, Track: r.Track, Round: r.No, Arg: r.Channel, Due: due, Made: now})
}

// handBack gives a text back that could not be stored, with the reason.
func handBack(s chat.Submit, err error) (chat.Response, error) {
	var say sorry
	if text := clean(s.Value("text")); text != "" && errors.As(err, &say) {
		return handBackText(text, say), nil
	}
	return chat.Response{}, err
}

func handBackText(text string, why sorry) chat.Response {
	return reply(message(string(why), para(string(why)), chat.Quote{Text: chat.T(clip(text, answerMax))}))
}
