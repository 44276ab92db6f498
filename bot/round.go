package bot

import (
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// The life of a round, in one place (RULES.md, section 3). Each function below is one arrow; it says whether the arrow
// exists from where the round is, and changes only the record: the caller stores it in the same Update.
//
//	claim ─▶ Claimed ─send─▶ Sending ─sent─▶ Open ─close─▶ Closing ─closed─▶ Closed
//	           ▲  ▲            │ │             ▲  ▲
//	           │  └──refused───┘ └─doubt─▶ Uncertain┘ (there)
//	           └────────────postIt──────────────┘
//
// A Claimed round that cannot be posted any more is given up; if it has answers from a post in doubt, it is closed with
// them (closeUnsent). Sending, Open and Uncertain accept answers. A lease that ended in Claimed is taken over: nothing was sent. Sending for
// longer than settleAfter past its deadline is settled by the platform's history, or becomes Uncertain.
const (
	callTime    = 15 * time.Second // deadline of the wire call of a post
	settleAfter = 30 * time.Second // after that deadline, the call's outcome will not come any more
	catchUp     = 4 * time.Hour    // how late a slot may still be posted; a setting of the track
)

// accepts says whether an answer sent now belongs to the round, and is not late.
func accepts(r store.Round) bool {
	return r.State == store.Sending || r.State == store.Open || r.State == store.Uncertain
}

// send takes a claimed round to the wire: by its owner, or by anyone once the owner's lease ended.
func send(r *store.Round, replica string, now time.Time) bool {
	if r.State != store.Claimed || (r.Owner != replica && r.Lease.After(now)) {
		return false
	}
	r.State, r.Owner = store.Sending, replica
	r.Deadline = now.Add(callTime).Truncate(time.Microsecond) // compared after a round trip through a database
	r.Lease = r.Deadline.Add(settleAfter)
	return true
}

// sent records that the post is there. message is "" where its identifier is not known.
func sent(r *store.Round, message string, now time.Time) bool {
	switch r.State {
	case store.Sending, store.Uncertain:
		r.State = store.Open
	case store.Open:
		if r.Message != "" || message == "" {
			return false
		}
	default:
		return false
	}
	r.Message, r.Owner, r.Lease = message, "", time.Time{}
	if r.Opened.IsZero() {
		r.Opened = now
	}
	return true
}

// refused takes a round back whose call was surely not done.
func refused(r *store.Round) bool {
	if r.State != store.Sending {
		return false
	}
	r.State, r.Owner, r.Lease, r.Deadline = store.Claimed, "", time.Time{}, time.Time{}
	return true
}

// doubt: the call's outcome is unknown and the platform cannot settle it. It is not posted again by itself.
func doubt(r *store.Round, now time.Time) bool {
	if r.State != store.Sending {
		return false
	}
	r.State, r.Owner, r.Lease = store.Uncertain, "", time.Time{}
	r.Opened = now
	return true
}

// postIt: an owner says that the message is not there.
func postIt(r *store.Round) bool {
	if r.State != store.Uncertain {
		return false
	}
	r.State, r.Deadline, r.Opened = store.Claimed, time.Time{}, time.Time{}
	return true
}

// closeNow fixes the roster: members of later are not on it. A round that closes before its end is missed by nobody.
func closeNow(r *store.Round, now time.Time) bool {
	if !accepts(*r) {
		return false
	}
	r.State, r.RosterAt, r.Cursor = store.Closing, now, ""
	r.Answered, r.Shared, r.Nameless, r.Counted, r.Met, r.Had = 0, 0, 0, 0, 0, nil // counted again, once and for all
	r.Early = now.Before(r.Ends)
	return true
}

// closed ends the life.
func closed(r *store.Round, now time.Time) bool {
	if r.State != store.Closing {
		return false
	}
	r.State, r.ClosedAt = store.Closed, now
	return true
}

// closeUnsent is closeNow for a round that was never posted but has answers, from while its post was in doubt.
func closeUnsent(r *store.Round, why string, now time.Time) bool {
	if r.State != store.Claimed {
		return false
	}
	r.State, r.Protected = store.Uncertain, why
	return closeNow(r, now)
}

// giveUp ends the life of a round that was never posted.
func giveUp(r *store.Round, why string, now time.Time) bool {
	if r.State != store.Claimed {
		return false
	}
	r.State, r.ClosedAt, r.Protected = store.Closed, now, why
	return true
}

// posted says whether a round has been, or may have been, seen by people.
func posted(r store.Round) bool {
	return accepts(r) || r.State == store.Closing || (r.State == store.Closed && !r.Opened.IsZero())
}
