package civil_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/civil"
)

// The oracle knows nothing of cron, of Next or of ZoneBounds: it scans a zone's offsets, walks the calendar and looks for
// the instant of every civil time by trying each offset.

const (
	oracleFrom = "2025-01-01"
	oracleTo   = "2035-12-31"
)

// span is a time in which the zone's offset, in seconds east of UTC, was the same: from <= instant < to, Unix seconds.
type span struct{ from, to, offset int64 }

// scan finds the spans by looking every three hours and halving where two looks differ.
func scan(zone *time.Location, from, to time.Time) []span {
	look := func(unix int64) int64 {
		_, offset := time.Unix(unix, 0).In(zone).Zone()
		return int64(offset)
	}
	const stride = 3 * 60 * 60
	spans := []span{{from.Unix(), to.Unix(), look(from.Unix())}}
	for t := from.Unix(); t < to.Unix(); t += stride {
		last := &spans[len(spans)-1]
		after := look(t + stride)
		if after == last.offset {
			continue
		}
		low, high := t, t+stride // the change is after low, at or before high
		for high-low > 1 {
			if mid := (low + high) / 2; look(mid) == last.offset {
				low = mid
			} else {
				high = mid
			}
		}
		last.to = high
		spans = append(spans, span{high, to.Unix(), after})
	}
	return spans
}

// moment finds the one instant of a civil time, given as if it were UTC: the first that reads it, else the end of the gap
// that skips it.
func moment(spans []span, civil int64) int64 {
	for i, s := range spans {
		if t := civil - s.offset; s.from <= t && t < s.to {
			return t
		}
		if i > 0 && spans[i-1].to+spans[i-1].offset <= civil && civil < s.from+s.offset {
			return s.from
		}
	}
	return 0
}

func TestEveryZoneFiresOnceOnEachDate(t *testing.T) {
	tests := []struct {
		cron  string
		clock int64 // minutes since midnight
		on    func(time.Time) bool
	}{
		{"30 2 * * *", 150, func(time.Time) bool { return true }},
		{"30 23 * * *", 1410, func(time.Time) bool { return true }},
		{"0 0 * * *", 0, func(time.Time) bool { return true }},
		{"0 9 * * *", 540, func(time.Time) bool { return true }},
		{"0 9 * * 1-5", 540, func(d time.Time) bool { return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday }},
		{"0 9 * * 7", 540, func(d time.Time) bool { return d.Weekday() == time.Sunday }},
		{"0 0 1 * *", 0, func(d time.Time) bool { return d.Day() == 1 }},
	}
	begin, _ := time.Parse(time.DateOnly, oracleFrom)
	end, _ := time.Parse(time.DateOnly, oracleTo)

	check := func(zone *time.Location, spans []span) error {
		for _, tt := range tests {
			s, err := civil.In(tt.cron, zone)
			if err != nil {
				return err
			}
			var want []civil.Slot
			for d := begin; !d.After(end); d = d.AddDate(0, 0, 1) {
				if tt.on(d) {
					wall := d.Unix() + 60*tt.clock
					want = append(want, civil.Slot{
						Civil: time.Unix(wall, 0).UTC().Format("2006-01-02T15:04"),
						At:    time.Unix(moment(spans, wall), 0).UTC(),
					})
				}
			}
			got, err := s.Dates(oracleFrom, oracleTo)
			if err != nil {
				return err
			}
			if !slices.Equal(got, want) {
				return fmt.Errorf("%s in %s: %s", tt.cron, zone, firstDifference(got, want))
			}
			// By instants the same slots come as by dates.
			first, last := want[0].At, want[len(want)-1].At
			if n := len(s.Between(first, last, 0)); n != len(want)-1 {
				return fmt.Errorf("%s in %s: %d slots between %v and %v, want %d", tt.cron, zone, n, first, last, len(want)-1)
			}
		}
		return nil
	}

	// A schedule sees nothing of a zone but its offsets, so of names with the same offsets (most are aliases, or parted
	// long ago) one is enough.
	var (
		mu   sync.Mutex
		seen = map[string]string{}
		wait sync.WaitGroup
		room = make(chan struct{}, 4)
	)
	names := civil.ZoneNames()
	for _, name := range names {
		wait.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			zone, err := civil.FindZone(name)
			if err != nil {
				t.Error(err)
				return
			}
			spans := scan(zone, begin.AddDate(0, 0, -2), end.AddDate(0, 0, 2))
			mu.Lock()
			_, done := seen[fmt.Sprint(spans)]
			seen[fmt.Sprint(spans)] = name
			mu.Unlock()
			if done {
				return
			}
			if err := check(zone, spans); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(names) < 590 || len(seen) < 60 {
		t.Errorf("checked %d zones with %d different offsets: too few to be the tz database", len(names), len(seen))
	}
	t.Logf("%d zones, %d different", len(names), len(seen))
}

func firstDifference(got, want []civil.Slot) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("nothing for %v", want[i])
		case i >= len(want):
			return fmt.Sprintf("more than wanted: %v", got[i])
		case got[i] != want[i]:
			return fmt.Sprintf("got %v, want %v", got[i], want[i])
		}
	}
	return "no difference"
}
