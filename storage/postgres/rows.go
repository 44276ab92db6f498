package postgres

import (
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// The three largest tables.

func tracksTable() *table[store.Track] {
	type r = store.Track
	type dates struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	return &table[r]{name: "tracks", ways: one("id", func(r *r) string { return r.ID }), columns: []column[r]{
		text("id", func(r *r) *string { return &r.ID }),
		textOrNull("space", func(r *r) *string { return &r.Space }),
		text("channel", func(r *r) *string { return &r.Channel }),
		flag("direct", func(r *r) *bool { return &r.Direct }),
		text("kind", func(r *r) *string { return &r.Kind }),
		choice("state", func(r *r) *store.TrackState { return &r.State }, "active", "paused", "ended", "removed"),
		text("cron", func(r *r) *string { return &r.Cron }),
		text("zone", func(r *r) *string { return &r.Zone }),
		texts("topics", func(r *r) *[]string { return &r.Topics }),
		integers("levels", func(r *r) *[]int { return &r.Levels }),
		flag("tips", func(r *r) *bool { return &r.Tips }),
		flag("thread", func(r *r) *bool { return &r.Thread }),
		whole("catch_up_ns", "bigint", func(r *r) *time.Duration { return &r.CatchUp }),
		integer("quorum", func(r *r) *int { return &r.Quorum }),
		integer("keep_days", func(r *r) *int { return &r.Keep }),
		texts("owners", func(r *r) *[]string { return &r.Owners }),
		moment("created", func(r *r) *time.Time { return &r.Created }),
		text("created_by", func(r *r) *string { return &r.CreatedBy }),
		momentOrNull("removed", func(r *r) *time.Time { return &r.Removed }),
		text("next_slot", func(r *r) *string { return &r.NextSlot }),
		momentOrNull("next_at", func(r *r) *time.Time { return &r.NextAt }),
		text("last_slot", func(r *r) *string { return &r.LastSlot }),
		momentOrNull("last_at", func(r *r) *time.Time { return &r.LastAt }),
		integer("skip_next", func(r *r) *int { return &r.SkipNext }),
		nested("skip_ranges", func(r *r) *[]store.Range { return &r.SkipRanges }, listed(func(s store.Range) dates { return dates(s) }),
			unlisted(func(s dates) store.Range { return store.Range(s) })),
		texts("queue", func(r *r) *[]string { return &r.Queue }),
		text("theme", func(r *r) *string { return &r.Theme }),
		text("theme_ends", func(r *r) *string { return &r.ThemeEnds }),
		text("ends", func(r *r) *string { return &r.Ends }),
		integer("rounds", func(r *r) *int { return &r.Rounds }),
		integer("open_round", func(r *r) *int { return &r.Open }),
		integer("deck_from", func(r *r) *int { return &r.DeckFrom }),
		integer("group_current", func(r *r) *int { return &r.Group.Current }),
		integer("group_best", func(r *r) *int { return &r.Group.Best }),
		integer("group_met", func(r *r) *int { return &r.Group.Met }),
		integer("group_run", func(r *r) *int { return &r.Group.Run }),
		integer("group_freezes", func(r *r) *int { return &r.Group.Freezes }),
		flag("warned", func(r *r) *bool { return &r.Warned }),
		integer("purged", func(r *r) *int { return &r.Purged }),
	}}
}

func roundsTable() *table[store.Round] {
	type r = store.Round
	type count struct {
		Point string `json:"point"`
		N     int    `json:"answers"`
	}
	byNo := func(r *r) (id, bool) { return id{a: r.Track, n: int64(r.No)}, true }
	bySlot := func(r *r) (id, bool) { return id{a: r.Track, b: r.Slot}, true }
	return &table[r]{name: "rounds", ways: []way[r]{
		{parts: []part{{"track", 'a'}, {"no", 'n'}}, of: byNo},
		{parts: []part{{"track", 'a'}, {"slot", 'b'}}, of: bySlot},
	}, columns: []column[r]{
		text("track", func(r *r) *string { return &r.Track }),
		integer("no", func(r *r) *int { return &r.No }),
		text("slot", func(r *r) *string { return &r.Slot }),
		momentOrNull("at", func(r *r) *time.Time { return &r.At }),
		text("space", func(r *r) *string { return &r.Space }),
		text("channel", func(r *r) *string { return &r.Channel }),
		text("kind", func(r *r) *string { return &r.Kind }),
		flag("manual", func(r *r) *bool { return &r.Manual }),
		text("question_hash", func(r *r) *string { return &r.Question }),
		text("question", func(r *r) *string { return &r.QuestionID }),
		texts("swapped", func(r *r) *[]string { return &r.Swapped }),
		text("tip", func(r *r) *string { return &r.Tip }),
		choice("state", func(r *r) *store.RoundState { return &r.State }, "claimed", "sending", "open", "uncertain", "closing", "closed"),
		text("owner", func(r *r) *string { return &r.Owner }),
		momentOrNull("lease", func(r *r) *time.Time { return &r.Lease }),
		momentOrNull("deadline", func(r *r) *time.Time { return &r.Deadline }),
		text("message", func(r *r) *string { return &r.Message }),
		momentOrNull("claimed", func(r *r) *time.Time { return &r.Claimed }),
		momentOrNull("opened", func(r *r) *time.Time { return &r.Opened }),
		momentOrNull("ends", func(r *r) *time.Time { return &r.Ends }),
		momentOrNull("close_at", func(r *r) *time.Time { return &r.CloseAt }),
		flag("early", func(r *r) *bool { return &r.Early }),
		momentOrNull("refreshed", func(r *r) *time.Time { return &r.Refreshed }),
		momentOrNull("roster_at", func(r *r) *time.Time { return &r.RosterAt }),
		text("line_cursor", func(r *r) *string { return &r.Cursor }),
		integer("answered", func(r *r) *int { return &r.Answered }),
		integer("counted", func(r *r) *int { return &r.Counted }),
		integer("met", func(r *r) *int { return &r.Met }),
		integer("shared", func(r *r) *int { return &r.Shared }),
		integer("nameless", func(r *r) *int { return &r.Nameless }),
		nested("had", func(r *r) *[]store.PointCount { return &r.Had }, listed(func(p store.PointCount) count { return count(p) }),
			unlisted(func(p count) store.PointCount { return store.PointCount(p) })),
		choice("group_outcome", func(r *r) *outcome { return (*outcome)(&r.GroupLine) }, outcomes()...),
		integer("group_run", func(r *r) *int { return &r.GroupRun }),
		text("protected", func(r *r) *string { return &r.Protected }),
		momentOrNull("closed_at", func(r *r) *time.Time { return &r.ClosedAt }),
	}}
}

func answersTable() *table[store.Answer] {
	type r = store.Answer
	bySeq := func(r *r) (id, bool) { return id{n: int64(r.Seq)}, true }
	byRound := func(r *r) (id, bool) { return id{a: r.Track, b: r.User, n: int64(r.Round)}, r.Track != "" }
	return &table[r]{name: "answers", ways: []way[r]{
		{parts: []part{{"seq", 'n'}}, of: bySeq},
		{parts: []part{{"track", 'a'}, {"round", 'n'}, {"person", 'b'}}, of: byRound},
	}, columns: []column[r]{
		whole("seq", "bigint", func(r *r) *uint64 { return &r.Seq }),
		text("person", func(r *r) *string { return &r.User }),
		text("space", func(r *r) *string { return &r.Space }),
		text("name", func(r *r) *string { return &r.Name }),
		textOrNull("track", func(r *r) *string { return &r.Track }),
		integer("round", func(r *r) *int { return &r.Round }),
		text("question_hash", func(r *r) *string { return &r.Question }),
		choice("kind", func(r *r) *store.AnswerKind { return &r.Kind }, "asked", "written", "chosen", "dont_know", "said_back"),
		text("text", func(r *r) *string { return &r.Text }),
		text("before", func(r *r) *string { return &r.Before }),
		integers("choice", func(r *r) *[]int { return &r.Choice }),
		flag("counting", func(r *r) *bool { return &r.Counting }),
		flag("late", func(r *r) *bool { return &r.Late }),
		choice("visibility", func(r *r) *store.Visibility { return &r.Visibility }, visibilities()...),
		texts("found", func(r *r) *[]string { return &r.Found }),
		texts("opposite", func(r *r) *[]string { return &r.Check }),
		texts("ticks", func(r *r) *[]string { return &r.Ticks }),
		whole("rating", "smallint", func(r *r) *uint8 { return &r.Rating }),
		integer("hints", func(r *r) *int { return &r.Hints }),
		momentOrNull("shown", func(r *r) *time.Time { return &r.Shown }),
		moment("sent", func(r *r) *time.Time { return &r.Sent }),
		momentOrNull("edited", func(r *r) *time.Time { return &r.Edited }),
		flag("deleted", func(r *r) *bool { return &r.Deleted }),
		text("day", func(r *r) *string { return &r.Day }),
		text("zone", func(r *r) *string { return &r.Zone }),
		integer("utc_offset", func(r *r) *int { return &r.Offset }),
		whole("previous", "bigint", func(r *r) *uint64 { return &r.Prev }),
	}}
}
