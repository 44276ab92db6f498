package archive_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/archive"
)

// records is a store.Mover that holds a list.
type records []store.Record

func (r records) Dump(_ context.Context, f func(store.Record) error) error {
	for _, rec := range r {
		if err := f(rec); err != nil {
			return err
		}
	}
	return nil
}

func (records) Restore(context.Context, []store.Record) error { return errors.New("not used") }

func made() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

func sample() records {
	return records{
		store.Space{ID: "slack:T1", Owners: []string{"slack:T1:U1"}, Created: made()},
		store.Deck{Track: "aaaaaaaa", Used: map[string]int{"b": 2, "a": 1}},
		store.Answer{Seq: 3, User: "slack:T1:U1", Text: "a <b> & \"c\"\nline \u2028 日本 ✓", Sent: made().Add(time.Microsecond), Choice: []int{0, 2}},
		store.LedgerLine{Track: "aaaaaaaa", Entry: store.Entry{No: 1, Line: store.Line{Round: 4, Freezes: -1}}},
		store.SpaceValue{Space: "slack:T1", Value: store.Value{Key: "k", Data: []byte{0, 255, '\n'}}},
		store.Handled{Event: "e", At: made()},
		store.Stamped{Platform: "slack", Replica: "r", Span: store.Span{From: made(), To: made()}},
	}
}

func written(t *testing.T) ([]byte, archive.Sums) {
	t.Helper()
	var b bytes.Buffer
	sums, err := archive.Write(t.Context(), &b, sample(), made(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), sums
}

func TestAnArchiveGivesBackItsRecords(t *testing.T) {
	data, sums := written(t)
	var got records
	read, when, err := archive.Read(t.Context(), bytes.NewReader(data), func(r store.Record) error { got = append(got, r); return nil })
	if err != nil || !when.Equal(made()) {
		t.Fatalf("read: made at %v, %v", when, err)
	}
	want := append(sample()[:5:5], sample()[6]) // an archive holds no events
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read\n%+v\nwant\n%+v", got, want)
	}
	if len(read.Differ(sums)) > 0 || sums.Total() != 6 || sums["answer"].Count != 1 {
		t.Errorf("the sums are %v, written were %v", read, sums)
	}
}

func TestOnlyLateEventsCountInSums(t *testing.T) {
	for hours, want := range map[int]int{0: 1, 46: 1, 48: 0} {
		sums, err := archive.Summed(t.Context(), sample(), made().Add(time.Duration(hours)*time.Hour), nil)
		if err != nil || sums["event"].Count != want {
			t.Errorf("%d hours after the event %d are counted (%v), want %d", hours, sums["event"].Count, err, want)
		}
	}
}

// Whatever is changed in an archive, it is refused.
func TestADamagedArchiveIsRefused(t *testing.T) {
	data, _ := written(t)
	head := bytes.IndexByte(data, '\n')
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		_, _, err := archive.Read(t.Context(), bytes.NewReader(bad), nil)
		if err == nil && i > head && i < len(data)-1 { // the time in the head, and the very last line feed, say nothing of the records
			t.Errorf("byte %d was changed, and nobody saw it", i)
		}
	}
	for i := range len(data) - 1 {
		if _, _, err := archive.Read(t.Context(), bytes.NewReader(data[:i]), nil); err == nil {
			t.Errorf("cut at byte %d, and nobody saw it", i)
		}
	}
	if _, _, err := archive.Read(t.Context(), bytes.NewReader(append(bytes.Clone(data), "more\n"...)), nil); !errors.Is(err, archive.ErrSum) {
		t.Errorf("with something behind its end: %v", err)
	}
}

func TestWhatIsNoArchiveSaysSo(t *testing.T) {
	data, _ := written(t)
	newer := strings.Replace(string(data), `"version":1`, `"version":2`, 1)
	kind := strings.Replace(string(data), `"kind":"deck"`, `"kind":"dock"`, 1)
	cut := string(data[:bytes.LastIndexByte(data[:len(data)-1], '\n')+1])
	for what, c := range map[string]struct {
		in   string
		want error
	}{
		"nothing": {"", archive.ErrForm}, "text": {"hello\n", archive.ErrForm}, "other JSON": {"{}\n", archive.ErrForm},
		"a newer version": {newer, archive.ErrNewer}, "a kind of a newer version": {kind, archive.ErrNewer}, "no end": {cut, archive.ErrCut},
		"a line that is no record": {strings.Replace(string(data), `"record"`, `"rekord"`, 1), archive.ErrForm},
		"an unknown field":         {strings.Replace(string(data), `"Owners"`, `"Owner"`, 1), archive.ErrNewer},
	} {
		if _, _, err := archive.Read(t.Context(), strings.NewReader(c.in), nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
}

// An older version's archive lacks fields that this one has; it is restored all the same, and compared with what then is there.
func TestAnOlderArchiveIsRead(t *testing.T) {
	const record = `{"kind":"space","record":{"ID":"slack:T1"}}` + "\n"
	text := `{"interviewbot":"archive","version":1,"made":"2026-03-02T08:00:00Z"}` + "\n" + record +
		fmt.Sprintf(`{"end":{"space":{"count":1,"sum":"%x"}}}`, sha256.Sum256([]byte(record))) + "\n"
	var got records
	sums, _, err := archive.Read(t.Context(), strings.NewReader(text), func(r store.Record) error { got = append(got, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	then, err := archive.Summed(t.Context(), got, time.Time{}, nil)
	if err != nil || len(then.Differ(sums)) > 0 || sums["space"].Count != 1 {
		t.Errorf("the sums are %v, and of what was restored %v (%v)", sums, then, err)
	}
}

func TestAnEmptyArchiveIsRead(t *testing.T) {
	var b bytes.Buffer
	if _, err := archive.Write(t.Context(), &b, records{}, made(), nil); err != nil {
		t.Fatal(err)
	}
	if sums, _, err := archive.Read(t.Context(), &b, nil); err != nil || sums.Total() != 0 {
		t.Error(sums, err)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if _, err := archive.Write(context.Background(), &b, sample(), made(), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got records
		if _, when, err := archive.Read(t.Context(), bytes.NewReader(data), func(r store.Record) error { got = append(got, r); return nil }); err == nil {
			var again bytes.Buffer
			if _, err := archive.Write(t.Context(), &again, got, when, nil); err != nil {
				t.Errorf("what was read cannot be written: %v", err)
			}
		}
	})
}
