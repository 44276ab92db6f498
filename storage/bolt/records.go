package bolt

import (
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// The fields of each record, in ascending order of their numbers. Numbers are never changed and never used again.

func spaceFields(c *coder, r *store.Space) {
	c.str(1, &r.ID)
	c.str(2, &r.Role)
	c.strs(3, &r.Owners)
	c.time(4, &r.Created)
	c.time(5, &r.Removed)
}

func trackFields(c *coder, r *store.Track) {
	c.str(1, &r.ID)
	c.str(2, &r.Space)
	c.str(3, &r.Channel)
	c.bool(4, &r.Direct)
	c.str(5, &r.Kind)
	number(c, 6, &r.State)
	c.str(7, &r.Cron)
	c.str(8, &r.Zone)
	c.strs(9, &r.Topics)
	c.ints(10, &r.Levels)
	c.bool(11, &r.Tips)
	c.bool(12, &r.Thread)
	number(c, 13, &r.CatchUp)
	number(c, 14, &r.Quorum)
	number(c, 15, &r.Keep)
	c.strs(16, &r.Owners)
	c.time(17, &r.Created)
	c.str(18, &r.CreatedBy)
	c.time(19, &r.Removed)
	c.str(20, &r.NextSlot)
	c.time(21, &r.NextAt)
	c.str(22, &r.LastSlot)
	c.time(23, &r.LastAt)
	number(c, 24, &r.SkipNext)
	list(c, 25, &r.SkipRanges, func(c *coder, r *store.Range) {
		c.str(1, &r.From)
		c.str(2, &r.To)
	})
	c.strs(26, &r.Queue)
	c.str(27, &r.Theme)
	c.str(28, &r.ThemeEnds)
	c.str(29, &r.Ends)
	number(c, 30, &r.Rounds)
	number(c, 31, &r.Open)
	number(c, 32, &r.DeckFrom)
	number(c, 33, &r.Group.Current)
	number(c, 34, &r.Group.Best)
	number(c, 35, &r.Group.Met)
	number(c, 36, &r.Group.Run)
	number(c, 37, &r.Group.Freezes)
	c.bool(38, &r.Warned)
	number(c, 39, &r.Purged)
}

func deckFields(c *coder, r *store.Deck) {
	c.str(1, &r.Track)
	dict(c, 2, &r.Used, func(c *coder, round *int) { number(c, 2, round) })
}

func snapshotFields(c *coder, r *store.Snapshot) {
	c.str(1, &r.Hash)
	c.str(2, &r.ID)
	c.bytes(3, &r.Body)
}

func roundFields(c *coder, r *store.Round) {
	c.str(1, &r.Track)
	number(c, 2, &r.No)
	c.str(3, &r.Slot)
	c.time(4, &r.At)
	c.str(5, &r.Space)
	c.str(6, &r.Channel)
	c.str(7, &r.Kind)
	c.bool(8, &r.Manual)
	c.str(9, &r.Question)
	c.str(10, &r.QuestionID)
	c.strs(11, &r.Swapped)
	c.str(12, &r.Tip)
	number(c, 13, &r.State)
	c.str(14, &r.Owner)
	c.time(15, &r.Lease)
	c.time(16, &r.Deadline)
	c.str(17, &r.Message)
	c.time(18, &r.Claimed)
	c.time(19, &r.Opened)
	c.time(20, &r.Ends)
	c.time(21, &r.CloseAt)
	c.bool(22, &r.Early)
	c.time(23, &r.Refreshed)
	c.time(24, &r.RosterAt)
	c.str(25, &r.Cursor)
	number(c, 26, &r.Answered)
	number(c, 27, &r.Counted)
	number(c, 28, &r.Met)
	number(c, 29, &r.Shared)
	number(c, 30, &r.Nameless)
	list(c, 31, &r.Had, func(c *coder, r *store.PointCount) {
		c.str(1, &r.Point)
		number(c, 2, &r.N)
	})
	number(c, 32, &r.GroupLine)
	number(c, 33, &r.GroupRun)
	c.str(34, &r.Protected)
	c.time(35, &r.ClosedAt)
}

func skipFields(c *coder, r *store.Skip) {
	c.str(1, &r.Track)
	c.str(2, &r.Slot)
	c.time(3, &r.At)
	c.str(4, &r.Why)
}

func answerFields(c *coder, r *store.Answer) {
	c.uint(1, &r.Seq)
	c.str(2, &r.User)
	c.str(3, &r.Space)
	c.str(4, &r.Name)
	c.str(5, &r.Track)
	number(c, 6, &r.Round)
	c.str(7, &r.Question)
	number(c, 8, &r.Kind)
	c.str(9, &r.Text)
	c.str(10, &r.Before)
	c.ints(11, &r.Choice)
	c.bool(12, &r.Counting)
	c.bool(13, &r.Late)
	number(c, 14, &r.Visibility)
	c.strs(15, &r.Found)
	c.strs(16, &r.Check)
	c.strs(17, &r.Ticks)
	number(c, 18, &r.Rating)
	number(c, 19, &r.Hints)
	c.time(20, &r.Shown)
	c.time(21, &r.Sent)
	c.time(22, &r.Edited)
	c.bool(23, &r.Deleted)
	c.str(24, &r.Day)
	c.str(25, &r.Zone)
	number(c, 26, &r.Offset)
	c.uint(27, &r.Prev)
}

func memberFields(c *coder, r *store.Member) {
	c.str(1, &r.Track)
	c.str(2, &r.User)
	c.str(3, &r.Space)
	c.str(4, &r.Name)
	c.time(5, &r.Joined)
	c.time(6, &r.Left)
	number(c, 7, &r.Streak.Current)
	number(c, 8, &r.Streak.Best)
	number(c, 9, &r.Streak.Total)
	number(c, 10, &r.Streak.Run)
	number(c, 11, &r.Streak.Freezes)
	number(c, 12, &r.Streak.Misses)
	c.uint(13, &r.Head)
	number(c, 14, &r.Answered)
	number(c, 15, &r.DontKnow)
	number(c, 17, &r.Closed)
}

func lineFields(c *coder, r *streak.Line) {
	number(c, 1, &r.Round)
	number(c, 2, &r.Outcome)
	number(c, 3, &r.Freezes)
	c.bool(4, &r.Repair)
	c.time(5, &r.At)
	c.str(6, &r.Reason)
}

func personFields(c *coder, r *store.Person) {
	c.str(1, &r.User)
	c.str(2, &r.Space)
	c.str(3, &r.Name)
	c.str(4, &r.Zone)
	number(c, 5, &r.Visibility)
	list(c, 6, &r.Pauses, func(c *coder, r *store.Pause) {
		c.time(1, &r.From)
		c.time(2, &r.To)
		c.time(3, &r.Made)
	})
	c.uint(7, &r.Practice)
	c.strs(8, &r.Recent)
	c.time(9, &r.Seen)
	c.strs(10, &r.Avoid)
}

func draftFields(c *coder, r *store.Draft) {
	c.str(1, &r.User)
	c.str(2, &r.Key)
	c.str(3, &r.Text)
	dict(c, 4, &r.Values, func(c *coder, v *[]string) { c.strs(2, v) })
	c.time(5, &r.Until)
}

func taskFields(c *coder, r *store.Task) {
	c.str(1, &r.Key)
	c.str(2, &r.Kind)
	c.str(3, &r.Space)
	c.str(4, &r.Track)
	number(c, 5, &r.Round)
	c.str(6, &r.User)
	c.str(7, &r.Arg)
	c.time(8, &r.Due)
	c.str(9, &r.Owner)
	c.time(10, &r.Lease)
	number(c, 11, &r.Tries)
	c.time(12, &r.Made)
}

func valueFields(c *coder, r *store.Value) {
	c.str(1, &r.Key)
	c.bytes(2, &r.Data)
}

func leaseFields(c *coder, r *store.Lease) {
	c.str(1, &r.Owner)
	c.time(2, &r.Until)
}

func spanFields(c *coder, r *store.Span) {
	c.time(1, &r.From)
	c.time(2, &r.To)
}
