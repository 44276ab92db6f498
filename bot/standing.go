package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/civil"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// The streak as a person sees it (MESSAGES.md, M5), and why it is what it is.

func itoa(n int) string { return strconv.Itoa(n) }

// commandStreak shows the streak: here, or everywhere in a direct conversation. With "why" it shows the history.
func (b *Bot) commandStreak(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	list, err := b.standings(ctx, c, "")
	if err != nil {
		return chat.Response{}, err
	}
	if len(list) == 0 {
		return b.noStreak(ctx, c)
	}
	if args["show"] == "why" {
		return b.why(ctx, c, list[0].track.ID, 0)
	}
	return reply(b.streakMessage(list)), nil
}

// pressStreak shows the streak in one track.
func (b *Bot) pressStreak(ctx context.Context, c call) (chat.Response, error) {
	list, err := b.standings(ctx, c, c.arg(-1))
	if err != nil {
		return chat.Response{}, err
	}
	if len(list) == 0 {
		return b.noStreak(ctx, c)
	}
	return reply(b.streakMessage(list)), nil
}

// place is a person's place in one track.
type place struct {
	track  store.Track
	member store.Member
	open   *store.Round
	rate   [2]int         // answered of the last rounds that counted
	frozen string         // the day that a freeze covered, when the newest line says so
	repair *store.Round   // a missed round that can still be repaired
	until  time.Time      // by when
	zone   *time.Location // the person's
}

// standings reads the person's places: in the one track, in the channel's, or everywhere from a direct conversation.
func (b *Bot) standings(ctx context.Context, c call, track string) (list []place, err error) {
	err = b.view(ctx, "read a streak", func(tx store.Tx) error {
		list = nil
		all, err := tx.Memberships(c.user())
		if err != nil {
			return err
		}
		p, err := person(tx, c)
		if err != nil {
			return err
		}
		for _, m := range all {
			if !m.Left.IsZero() || (track != "" && m.Track != track) {
				continue
			}
			t, err := tx.Track(m.Track)
			if err != nil {
				return err
			}
			if t.State == store.TrackRemoved || (track == "" && !c.Direct && t.Channel != string(c.Channel)) {
				continue
			}
			one, err := readPlace(tx, c, t, m, p)
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return nil
	})
	return list, err
}

// rateOf is over how many rounds the rate is told.
const rateOf = 30

func readPlace(tx store.Tx, c call, t store.Track, m store.Member, p store.Person) (place, error) {
	one := place{track: t, member: m, zone: location(t.Zone)}
	if p.Zone != "" {
		one.zone = location(p.Zone)
	}
	entries, err := tx.Lines(t.ID, m.User, 0, 2*rateOf)
	if err != nil {
		return one, err
	}
	lines := make([]streak.Line, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		lines = append(lines, entries[i].Line)
	}
	if len(lines) > 0 {
		if one.frozen, err = frozenDay(tx, t.ID, &lines[len(lines)-1], tx.Now()); err != nil {
			return one, err
		}
	}
	effective := streak.Effective(lines)
	one.rate[0], one.rate[1] = streak.Rate(effective, rateOf)
	if t.Open != 0 {
		r, err := tx.Round(t.ID, t.Open)
		if err != nil {
			return one, err
		}
		if accepts(r) {
			one.open = &r
		}
	}
	rounds, err := tx.RoundsBefore(t.ID, 0, 3)
	if err != nil {
		return one, err
	}
	for _, r := range rounds {
		missed := slices.ContainsFunc(effective, func(l streak.Line) bool { return l.Round == r.No && l.Outcome == streak.Missed })
		if !missed || r.State != store.Closed || !posted(r) {
			continue // what was not missed needs no look at the whole ledger
		}
		x, err := readMatter(tx, c, roundKey(t.ID, r.No))
		if err != nil {
			if errors.As(err, new(sorry)) {
				continue
			}
			return one, err
		}
		if x.repairable() == "" {
			one.repair, one.until = &r, repairUntil(t, r, rounds)
			break
		}
	}
	return one, nil
}

// repairUntil is when the second round after a missed one closes; newest are the track's newest rounds.
func repairUntil(t store.Track, missed store.Round, newest []store.Round) time.Time {
	last, at := missed.No, missed.Ends
	for _, r := range newest {
		if r.No > last && r.No <= missed.No+2 {
			last, at = r.No, r.Ends
		}
	}
	sched, err := civil.Parse(t.Cron, t.Zone)
	if err != nil {
		return at
	}
	for ; last < missed.No+2; last++ {
		if next, ok := sched.After(at); ok {
			at = next.At
		}
	}
	return at
}

func (b *Bot) streakMessage(list []place) *chat.Message {
	if len(list) > 1 {
		return b.manyStreaks(list)
	}
	p := list[0]
	s, now := p.member.Streak, shown(p.track, p.member)
	var head string
	if now == 0 && s.Total > 0 { // after a break: total, best and rate first
		head = fmt.Sprintf("%d answered in all · best %d · %d of the last %d.", s.Total, s.Best, p.rate[0], p.rate[1])
	} else {
		parts := []string{fmt.Sprintf("%d in a row", now), fmt.Sprintf("best %d", max(s.Best, now)), fmt.Sprintf("%d answered in all", s.Total+now-s.Current)}
		if p.rate[1] > 0 {
			parts = append(parts, fmt.Sprintf("%d of the last %d", p.rate[0], p.rate[1]))
		}
		parts = append(parts, freezeLine(s))
		head = strings.Join(parts, " · ")
	}
	out := []chat.Block{chat.Paragraph{Text: chat.B(head)}}
	if p.frozen != "" {
		out = append(out, paraf("A freeze covered %s. Still %d.", p.frozen, s.Current))
	}
	r := chat.Buttons{}
	if p.repair != nil {
		r.Row = append(r.Row, b.button("Answer "+roundDay(*p.repair, b.now())+"'s question", "answer", roundKey(p.track.ID, p.repair.No)))
		out = append(out, chat.Paragraph{Text: chat.Join(chat.T(roundDay(*p.repair, b.now())+" is open for repair until "), chat.At(p.until, chat.DayClock, p.zone),
			chat.T(". Or just go on: your next answer starts a new run."))})
	}
	out = append(out, todayLine(p))
	if p.open != nil && p.member.Answered != p.open.No {
		r.Row = append(r.Row, primary(b.button("Answer now", "answer", roundKey(p.track.ID, p.open.No))))
	}
	r.Row = append(r.Row, b.button("Why "+itoa(now)+"?", "why", "0", p.track.ID), b.button("Pause", "pause"))
	return message(head, append(out, r)...)
}

func freezeLine(s streak.State) string {
	line := fmt.Sprintf("freezes %d of 2", s.Freezes)
	if n := s.NextFreeze(); n > 0 {
		line += " (next in " + plural(n, "answer") + ")"
	}
	return line
}

func todayLine(p place) chat.Block {
	switch {
	case p.open == nil && p.track.NextAt.IsZero():
		return para("No question is open, and none is planned.")
	case p.open == nil:
		return chat.Paragraph{Text: chat.Join(chat.T("No question is open. The next comes "), chat.At(p.track.NextAt, chat.DayClock, p.zone), chat.T("."))}
	case p.member.Answered == p.open.No:
		return chat.Paragraph{Text: chat.Join(chat.T("Today: answered. The round is open until "), chat.At(p.open.Ends, chat.DayClock, p.zone), chat.T("."))}
	}
	return chat.Paragraph{Text: chat.Join(chat.T("Today: not answered yet, open until "), chat.At(p.open.Ends, chat.DayClock, p.zone), chat.T(". Nothing is lost."))}
}

func (b *Bot) manyStreaks(list []place) *chat.Message {
	var out []chat.Block
	for _, p := range list {
		now := shown(p.track, p.member)
		out = append(out, b.streakLine(p))
		r := chat.Buttons{}
		if p.open != nil && p.member.Answered != p.open.No {
			r.Row = append(r.Row, primary(b.button("Answer now", "answer", roundKey(p.track.ID, p.open.No))))
		}
		r.Row = append(r.Row, b.button("Details", "streak", p.track.ID), b.button("Why "+itoa(now)+"?", "why", "0", p.track.ID))
		out = append(out, r)
	}
	return message(fmt.Sprintf("Your streaks in %d groups", len(list)), out...)
}

// streakLine is one track's streak in one line.
func (b *Bot) streakLine(p place) chat.Block {
	now := shown(p.track, p.member)
	return chat.Paragraph{Text: chat.Join(chat.InChannel(chat.ChannelID(p.track.Channel)), chat.T(fmt.Sprintf(": %d in a row · best %d · %d answered in all", now, max(p.member.Streak.Best, now), p.member.Streak.Total+now-p.member.Streak.Current)))}
}

// noStreak tells a newcomer how one begins.
func (b *Bot) noStreak(ctx context.Context, c call) (chat.Response, error) {
	open, err := b.openHere(ctx, c)
	if err != nil {
		return chat.Response{}, err
	}
	if len(open) == 0 {
		return sentence("No streak yet: it begins with your first answer to a daily question. None is open here; " + b.typed(c.Space) + "practice gives you one to try."), nil
	}
	say := "No streak yet: it begins with your first answer."
	return reply(message(say, para(say), row(primary(b.button("Answer today's question", "answer", roundKey(open[0].Track, open[0].No)))))), nil
}

const whyPage = 10

// pressWhy turns the pages of the history.
func (b *Bot) pressWhy(ctx context.Context, c call) (chat.Response, error) {
	before, _ := strconv.Atoi(c.arg(-2))
	return b.why(ctx, c, c.arg(-1), max(before, 0))
}

// pressWhyAt is pressWhy in place.
func (b *Bot) pressWhyAt(ctx context.Context, c call) (chat.Response, error) {
	r, err := b.pressWhy(ctx, c)
	return chat.Response{Update: r.Reply}, err
}

// why shows what each round did, the latest first: those below the round number before (0 = all).
func (b *Bot) why(ctx context.Context, c call, track string, before int) (chat.Response, error) {
	var m matter
	var lines []streak.Line
	days := map[int]string{}
	err := b.view(ctx, "read a ledger", func(tx store.Tx) (err error) {
		if m, err = trackMatter(tx, c, track); err != nil {
			return err
		}
		all, err := ledger(tx, track, c.user())
		if err != nil {
			return err
		}
		lines = streak.Effective(all)
		if before > 0 {
			for len(lines) > 0 && lines[len(lines)-1].Round >= before {
				lines = lines[:len(lines)-1]
			}
		}
		for _, l := range lines[max(0, len(lines)-whyPage):] {
			r, err := tx.Round(track, l.Round)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			days[l.Round] = roundDay(r, m.now)
		}
		return nil
	})
	if err != nil {
		return chat.Response{}, err
	}
	if m.member == nil {
		return b.noStreak(ctx, c)
	}
	list := chat.List{}
	if before == 0 && m.track.Open != 0 && m.member.Answered == m.track.Open {
		list.Items = append(list.Items, chat.T("Today: answered, +1. It is settled when the round closes."))
	}
	if before == 0 && streak.Benched(m.member.Streak) {
		list.Items = append(list.Items, chat.T("Since then rounds pass you by: after three in a row without an answer no more are missed. Your next answer starts a new run."))
	}
	from := max(0, len(lines)-whyPage)
	for i := len(lines) - 1; i >= from; i-- {
		list.Items = append(list.Items, chat.T(days[lines[i].Round]+": "+streak.Explain(lines[i])))
	}
	if len(list.Items) == 0 {
		return sentence("Nothing is settled yet: each round adds its line here when it closes."), nil
	}
	out := []chat.Block{chat.Paragraph{Text: chat.B("Why " + itoa(shown(*m.track, *m.member)) + "?")}, list}
	if from > 0 {
		out = append(out, row(b.button("Earlier", "whyat", itoa(lines[from].Round), track)))
	}
	out = append(out, note("Each line was written when its round closed; only a repair or a later pause adds another. Nothing is ever recomputed."))
	return reply(message("Why "+itoa(shown(*m.track, *m.member)), out...)), nil
}
