package civil

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Preset is a choice of days for people who do not want to write cron fields.
type Preset struct {
	Days string // what Daily takes: cron's day of week
	Name string // for a menu
}

// Presets returns the choices of days, the usual first.
func Presets() []Preset {
	return []Preset{
		{"1-5", "Monday to Friday"},
		{"*", "Every day"},
		{"1,3,5", "Monday, Wednesday and Friday"},
		{"1", "Weekly, on Monday"},
	}
}

// Daily returns the cron fields for one time on the given days: a Preset's Days, or whatever cron takes as day of week.
// The clock may be written 9, 9:00, 09.00, 0900, 9am or 9:30 pm. The error is a Refusal.
func Daily(days, clock string) (string, error) {
	dow := strings.Join(strings.Fields(days), "")
	if _, err := fieldTable()[4].check(dow); err != nil {
		return "", err
	}
	form := regexp.MustCompile(`^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(?:([ap])\.?m\.?)?$`)
	m := form.FindStringSubmatch(strings.ToLower(strings.TrimSpace(clock)))
	refused := say("The time %s cannot be read. Write it as hours and minutes, such as 09:00 or 17:30.", quote(clock))
	if m == nil {
		return "", refused
	}
	hour, _ := strconv.Atoi(m[1]) // digits by the expression above
	minute, _ := strconv.Atoi("0" + m[2])
	if m[3] != "" {
		if hour < 1 || hour > 12 {
			return "", refused
		}
		hour %= 12
		if m[3] == "p" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 {
		return "", refused
	}
	return fmt.Sprintf("%d %d * * %s", minute, hour, dow), nil
}

// Simple is the reverse of Daily, for filling in a form: the day of week as it was written and the time as 15:04. False
// when the schedule has several times a day, or days of the month or months.
func (s Schedule) Simple() (days, clock string, ok bool) {
	parts := strings.Fields(s.text)
	if len(parts) != 5 || !s.everyMonth() || !s.everyDate() || len(s.clock()) != 1 {
		return "", "", false
	}
	return parts[4], s.times()[0], true
}

// Describe says for people when the schedule is due, so that it fits after "a question": "Mon–Fri at 09:00 Berlin time",
// "every day at 08:30 UTC". What has no short name is shown as its fields.
func (s Schedule) Describe() string {
	days, place := s.days(), zoneWords(s.Zone())
	if times := s.times(); days != "" && len(times) <= 4 {
		return days + " at " + join(times) + " " + place
	}
	return "on the schedule " + s.text + ", " + place
}

// days says on which days the schedule is due; "" when there is no short way.
func (s Schedule) days() string {
	switch {
	case s.spec == nil || !s.everyMonth():
		return ""
	case s.everyDate():
		return weekdays(uint8(s.spec.Dow & 0x7f))
	}
	var dates []string
	for d := 1; d <= 31; d++ {
		if s.spec.Dom&(1<<d) != 0 {
			dates = append(dates, ordinal(d))
		}
	}
	if len(dates) > 4 {
		return ""
	}
	return "on the " + join(dates) + " of every month"
}

func (s Schedule) everyMonth() bool { return bits.OnesCount64(s.spec.Month&(1<<13-2)) == 12 }
func (s Schedule) everyDate() bool  { return bits.OnesCount64(s.spec.Dom&(1<<32-2)) == 31 }

// clock returns the times of day at which the schedule is due, since midnight and ascending. Every day that matches at
// all has all of them.
func (s Schedule) clock() []time.Duration {
	if s.spec == nil {
		return nil
	}
	var times []time.Duration
	for h := range 24 {
		for m := range 60 {
			if s.spec.Hour&(1<<h) != 0 && s.spec.Minute&(1<<m) != 0 {
				times = append(times, time.Duration(h)*time.Hour+time.Duration(m)*time.Minute)
			}
		}
	}
	return times
}

// times is clock as 15:04.
func (s Schedule) times() []string {
	var texts []string
	for _, t := range s.clock() {
		texts = append(texts, time.Time{}.Add(t).Format("15:04"))
	}
	return texts
}

// weekdays names a set of days, bit 0 being Sunday.
func weekdays(set uint8) string {
	on := func(d int) bool { return set&(1<<(d%7)) != 0 }
	name := func(d int) string { return time.Weekday(d % 7).String() }
	var names []string
	first, runs := 0, 0
	for d := 1; d <= 7; d++ { // the week begins on Monday
		if !on(d) {
			continue
		}
		names = append(names, name(d)[:3])
		if !on(d + 6) { // the day before
			first, runs = d, runs+1
		}
	}
	switch n := len(names); {
	case n == 7:
		return "every day"
	case n == 1:
		return "every " + name(first)
	case n > 2 && runs == 1:
		return name(first)[:3] + "–" + name(first + n - 1)[:3]
	}
	return join(names)
}

// zoneWords is how people call a zone's time: by its city, or by its name where that is no place.
func zoneWords(zone string) string {
	city := strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
	switch {
	case city == "UTC":
		return city
	case city == strings.ToUpper(city):
		return zone
	}
	return city + " time"
}

func ordinal(n int) string {
	endings := [4]string{"th", "st", "nd", "rd"}
	last := n % 10
	if last > 3 || n/10 == 1 {
		last = 0
	}
	return strconv.Itoa(n) + endings[last]
}

func join(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
