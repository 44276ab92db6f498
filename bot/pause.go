package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// Pauses (RULES.md, section 5): a round that closes while one is in force is not missed. They cost days of a budget of
// 30 in any 90, one for all tracks.

// commandPause shows the budget, or makes a pause of some days, or ends one.
func (b *Bot) commandPause(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	if args["for"] == "" {
		return b.pauseStatus(ctx, c)
	}
	return b.makePause(ctx, c, args["for"])
}

// pressPause shows the budget.
func (b *Bot) pressPause(ctx context.Context, c call) (chat.Response, error) {
	return b.pauseStatus(ctx, c)
}

// pressPauseFor makes a pause from a button.
func (b *Bot) pressPauseFor(ctx context.Context, c call) (chat.Response, error) {
	r, err := b.makePause(ctx, c, c.arg(-1))
	return chat.Response{Update: r.Reply}, err
}

func (b *Bot) pauseStatus(ctx context.Context, c call) (chat.Response, error) {
	var p store.Person
	now := b.now()
	err := b.view(ctx, "read a person", func(tx store.Tx) (err error) {
		p, err = person(tx, c)
		return err
	})
	if err != nil {
		return chat.Response{}, err
	}
	left := streak.PauseLeft(pauseSpans(p), now)
	say := fmt.Sprintf("A pause keeps your streaks while you are away, in all your groups. You have %s of 30 left in these 90 days.", plural(left, "day"))
	r := chat.Buttons{}
	var planned []chat.Block
	var drop []chat.Button
	for _, s := range p.Pauses {
		text := pauseNews(s, now, location(p.Zone))
		switch {
		case s.From.After(now):
			planned, drop = append(planned, chat.Paragraph{Text: text}), []chat.Button{b.pauseEnd(s, now)}
		case s.To.After(now):
			m := message("You are paused.", chat.Paragraph{Text: chat.Join(text, chat.T(" Answering still counts."))},
				row(primary(b.pauseEnd(s, now))), note(fmt.Sprintf("%s of 30 left in these 90 days.", plural(left, "day"))))
			return reply(m), nil
		}
	}
	for _, d := range []int{1, 3, 7, 14} {
		if d <= left {
			r.Row = append(r.Row, b.button(plural(d, "day"), "pausefor", strconv.Itoa(d)))
		}
	}
	out := append([]chat.Block{para(say)}, planned...)
	if r.Row = append(r.Row, drop...); len(r.Row) > 0 {
		out = append(out, r)
	}
	out = append(out, note("Also: "+b.typed(c.Space)+"pause 5, or "+b.typed(c.Space)+"pause 2026-12-24..2027-01-02. It may begin up to 48 hours back."))
	return reply(message(say, out...)), nil
}

func pauseSpans(p store.Person) []streak.Span {
	out := make([]streak.Span, len(p.Pauses))
	for i, s := range p.Pauses {
		out[i] = streak.Span{From: s.From, To: s.To}
	}
	return out
}

// backdate is how far back a pause may begin.
const backdate = 48 * time.Hour

// pauseNews says what a pause means now: it is to come, in force, or over.
func pauseNews(p store.Pause, now time.Time, zone *time.Location) chat.Text {
	from, to := chat.At(p.From, chat.DateClock, zone), chat.At(p.To, chat.DateClock, zone)
	switch {
	case p.From.After(now):
		return chat.Join(chat.T("A pause is planned from "), from, chat.T(" to "), to, chat.T("."))
	case p.To.After(now):
		return chat.Join(chat.T("You are paused until "), to, chat.T("."))
	}
	return chat.Join(chat.T("A pause is noted from "), from, chat.T(" to "), to, chat.T("."))
}

// pauseEnd is the button that ends a pause, or drops one that is to come.
func (b *Bot) pauseEnd(p store.Pause, now time.Time) chat.Button {
	label := "I am back"
	if p.From.After(now) {
		label = "Drop what is planned"
	}
	return b.button(label, "pausefor", "off")
}

func (b *Bot) makePause(ctx context.Context, c call, how string) (chat.Response, error) {
	switch strings.ToLower(how) {
	case "off", "end", "back":
		return b.endPauses(ctx, c)
	}
	var made store.Pause
	var now time.Time
	var left int
	var covered backDated
	again, err := b.write(ctx, c, "pause", func(tx store.Tx) error {
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		now = tx.Now()
		if made, err = readPause(how, now, location(p.Zone)); err != nil {
			return err
		}
		for _, s := range p.Pauses {
			if s.From.Before(made.To) && made.From.Before(s.To) {
				return sorry("You are paused in that time already. " + b.typed(c.Space) + "pause off ends a pause early.")
			}
		}
		cost := int((made.To.Sub(made.From) + 24*time.Hour - 1) / (24 * time.Hour))
		if left = streak.PauseLeft(pauseSpans(p), made.From); cost > left {
			return sorryf("That would take %s, and %s are left of the 30 in any 90. A shorter pause works, and answering when you can counts all the same.", plural(cost, "day"), plural(left, "day"))
		}
		left -= cost
		p.Pauses = append(recentPauses(p.Pauses, now), made)
		if covered, err = backDatePause(tx, c, made); err != nil {
			return err
		}
		return tx.PutPerson(p)
	})
	if err != nil {
		return chat.Response{}, err
	}
	if again {
		return b.pauseStatus(ctx, c)
	}
	text := chat.Join(pauseNews(made, now, location(c.Actor.Zone)), chat.T(fmt.Sprintf(" %s left of 30 in these 90 days.", plural(left, "day"))), covered.news())
	out := []chat.Block{chat.Paragraph{Text: text}}
	if made.To.After(now) {
		out = append(out, row(b.pauseEnd(made, now)))
	}
	return reply(message(text.Plain(), out...)), nil
}

// endPauses ends what is in force, and drops what is still to come.
func (b *Bot) endPauses(ctx context.Context, c call) (chat.Response, error) {
	say := ""
	again, err := b.write(ctx, c, "end a pause", func(tx store.Tx) error {
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		switch ended, dropped := endPause(&p, tx.Now()); {
		case ended:
			say = "Welcome back. The pause ends now; unused days are back in your budget."
		case dropped:
			say = "What was planned is dropped; its days are back in your budget."
		default:
			say = "You are not paused."
		}
		return tx.PutPerson(p)
	})
	if err != nil {
		return chat.Response{}, err
	}
	if again {
		return b.pauseStatus(ctx, c)
	}
	return sentence(say), nil
}

func endPause(p *store.Person, now time.Time) (ended, dropped bool) {
	kept := p.Pauses[:0:0]
	for _, s := range p.Pauses {
		switch {
		case !s.From.Before(now):
			dropped = true
			continue
		case s.To.After(now):
			ended = true
			s.To = now
		}
		kept = append(kept, s)
	}
	p.Pauses = kept
	return ended, dropped
}

// recentPauses drops what no budget asks about any more.
func recentPauses(all []store.Pause, now time.Time) []store.Pause {
	kept := all[:0:0]
	for _, s := range all {
		if s.To.After(now.AddDate(0, 0, -100)) {
			kept = append(kept, s)
		}
	}
	return kept
}

// readPause reads "5", "5 days", "2026-12-24", "2026-12-24..2027-01-02", "yesterday".
func readPause(how string, now time.Time, zone *time.Location) (store.Pause, error) {
	const help = "A pause is a number of days, such as 5, or dates, such as 2026-12-24..2027-01-02."
	how = strings.ToLower(strings.TrimSpace(how))
	local := now.In(zone)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	p := store.Pause{From: now, Made: now}
	if days, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(how, "s"), "day"))); err == nil {
		if days < 1 || days > 30 {
			return p, sorry("A pause can have 1 to 30 days.")
		}
		p.To = now.AddDate(0, 0, days)
		return p, nil
	}
	from, to, both := strings.Cut(strings.ReplaceAll(how, " to ", ".."), "..")
	if !both {
		to = from
	}
	day := func(s string) (time.Time, error) {
		switch s = strings.TrimSpace(s); s {
		case "today":
			return today, nil
		case "yesterday":
			return today.AddDate(0, 0, -1), nil
		case "tomorrow":
			return today.AddDate(0, 0, 1), nil
		}
		return time.ParseInLocation("2006-01-02", s, zone)
	}
	f, err := day(from)
	if err != nil {
		return p, sorry(help)
	}
	t, err := day(to)
	if err != nil {
		return p, sorry(help)
	}
	p.From, p.To = f.UTC(), t.AddDate(0, 0, 1).UTC()
	switch {
	case !p.From.Before(p.To):
		return p, sorry("That pause would end before it begins. " + help)
	case p.From.Before(now.Add(-backdate - 24*time.Hour)):
		return p, sorry("A pause may begin at most 48 hours back.")
	case p.From.After(now.AddDate(1, 0, 0)):
		return p, sorry("A pause may begin within a year from now.")
	}
	return p, nil
}

// backDatePause covers rounds that closed within the last 48 hours and within the pause. It takes the one correction that
// repair and back-dating share.
func backDatePause(tx store.Tx, c call, made store.Pause) (done backDated, err error) {
	if !made.From.Before(tx.Now()) {
		return done, nil
	}
	from := made.From
	if limit := tx.Now().Add(-backdate); from.Before(limit) {
		from = limit // the day it begins on is older than what can still be changed
	}
	members, err := tx.Memberships(c.user())
	if err != nil {
		return done, err
	}
	for _, m := range members {
		if !m.Left.IsZero() {
			continue
		}
		lines, err := ledger(tx, m.Track, m.User)
		if err != nil {
			return done, err
		}
		covered, err := streak.Backdate(lines, from, tx.Now(), "a pause that began earlier")
		if errors.Is(err, streak.ErrCorrected) {
			done.used = true
			continue
		}
		if err != nil {
			return done, err
		}
		if len(covered) == 0 {
			continue
		}
		if err := correct(tx, m, lines, covered...); err != nil {
			return done, err
		}
		done.rounds += len(covered)
	}
	return done, nil
}

// backDated is what a pause did to rounds that were closed already.
type backDated struct {
	rounds int  // that it covers
	used   bool // in some track the one correction was used up before
}

func (d backDated) news() (out chat.Text) {
	if d.rounds > 0 {
		out = append(out, chat.T(fmt.Sprintf(" It also covers %s that closed in the last 48 hours.", plural(d.rounds, "round")))...)
	}
	if d.used {
		out = append(out, chat.T(" What closed before now stays as it is: "+lowerFirst(string(streak.ErrCorrected)))...)
	}
	return out
}
