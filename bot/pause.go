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
	for _, s := range p.Pauses {
		switch zone := location(p.Zone); {
		case s.From.After(now):
			planned = append(planned, chat.Paragraph{Text: chat.Join(chat.T("A pause is planned from "), chat.At(s.From, chat.DateClock, zone), chat.T(" to "), chat.At(s.To, chat.DateClock, zone), chat.T("."))})
		case s.To.After(now):
			m := message("You are paused.", chat.Paragraph{Text: chat.Join(chat.T("You are paused until "), chat.At(s.To, chat.DateClock, location(p.Zone)), chat.T(". Answering still counts."))},
				row(primary(b.button("I am back", "pausefor", "off"))), note(fmt.Sprintf("%s of 30 left in these 90 days.", plural(left, "day"))))
			return reply(m), nil
		}
	}
	for _, d := range []int{1, 3, 7, 14} {
		if d <= left {
			r.Row = append(r.Row, b.button(plural(d, "day"), "pausefor", strconv.Itoa(d)))
		}
	}
	out := append([]chat.Block{para(say)}, planned...)
	if len(planned) > 0 {
		r.Row = append(r.Row, b.button("Drop what is planned", "pausefor", "off"))
	}
	if len(r.Row) > 0 {
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

func (b *Bot) makePause(ctx context.Context, c call, how string) (chat.Response, error) {
	var made store.Pause
	var left int
	var covered backDated
	var ended bool
	again, err := b.write(ctx, c, "pause", func(tx store.Tx) error {
		covered, ended = backDated{}, false
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		now := tx.Now()
		if strings.EqualFold(how, "off") || strings.EqualFold(how, "end") || strings.EqualFold(how, "back") {
			ended = endPause(&p, now)
			left = streak.PauseLeft(pauseSpans(p), now)
			return tx.PutPerson(p)
		}
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
	zone := location(c.Actor.Zone)
	if made.To.IsZero() {
		if !ended {
			return sentence("You are not paused."), nil
		}
		return sentence("Welcome back. The pause ends now; unused days are back in your budget."), nil
	}
	text := chat.Join(chat.T("Paused until "), chat.At(made.To, chat.DateClock, zone), chat.T(fmt.Sprintf(". %s left of 30 in these 90 days.", plural(left, "day"))))
	if covered.rounds > 0 {
		text = chat.Join(text, chat.T(fmt.Sprintf(" It also covers %s that closed in the last 48 hours.", plural(covered.rounds, "round"))))
	}
	if covered.used {
		text = chat.Join(text, chat.T(" What closed before now stays as it is: "+lowerFirst(string(streak.ErrCorrected))))
	}
	return reply(message(text.Plain(), chat.Paragraph{Text: text}, row(b.button("I am back", "pausefor", "off")))), nil
}

// endPause ends what is in force, and drops what is still to come.
func endPause(p *store.Person, now time.Time) (ended bool) {
	kept := p.Pauses[:0:0]
	for _, s := range p.Pauses {
		if s.To.After(now) {
			ended = true
			s.To = now
			if !s.From.Before(now) {
				continue
			}
		}
		kept = append(kept, s)
	}
	p.Pauses = kept
	return ended
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
