package bolt

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/bot/streak"
)

// kind is one kind of record with its type known to the test alone.
type kind struct {
	name   string
	zero   any
	encode func(any) []byte
	decode func([]byte) (any, error)
}

func kindOf[T any](fields func(*coder, *T)) kind {
	var zero T
	return kind{
		name:   reflect.TypeFor[T]().Name(),
		zero:   zero,
		encode: func(rec any) []byte { r := rec.(T); return encode(new(coder), fields, &r) },
		decode: func(b []byte) (any, error) { return decode(new(coder), fields, b) },
	}
}

func kinds() []kind {
	return []kind{kindOf(spaceFields), kindOf(trackFields), kindOf(deckFields), kindOf(snapshotFields), kindOf(roundFields),
		kindOf(skipFields), kindOf(answerFields), kindOf(memberFields), kindOf[streak.Line](lineFields), kindOf(personFields),
		kindOf(draftFields), kindOf(taskFields), kindOf(valueFields), kindOf(leaseFields), kindOf(spanFields)}
}

// fill sets every field to something that is not zero.
func fill(v reflect.Value, n *int64) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text \x00\xff %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(-*n << 20)
	case reflect.Int8:
		v.SetInt(-1)
	case reflect.Uint8:
		v.SetUint(3)
	case reflect.Uint64:
		v.SetUint(1<<63 + uint64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(k, n)
		fill(e, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(k, e)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMicro(*n * 1e12).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("fill: " + v.Type().String())
	}
}

func filled(k kind) any {
	rec := reflect.New(reflect.TypeOf(k.zero)).Elem()
	var n int64
	fill(rec, &n)
	return rec.Interface()
}

func TestEveryFieldOfEveryRecordIsKept(t *testing.T) {
	for _, k := range kinds() {
		for _, rec := range []any{k.zero, filled(k)} {
			got, err := k.decode(k.encode(rec))
			if err != nil || !reflect.DeepEqual(got, rec) {
				t.Errorf("%s: %v\n got %+v\nwant %+v", k.name, err, got, rec)
			}
		}
	}
}

// A record that a later version has written has fields that this one does not know, also in the middle.
func TestFieldsOfLaterVersionsArePassedOver(t *testing.T) {
	later := coder{writing: true, out: []byte{recordVersion}}
	owner, until, ignored, number := "me", time.UnixMicro(7).UTC(), "new", uint64(300)
	later.str(1, &owner)
	later.time(2, &until)
	later.str(90, &ignored)
	later.uint(1<<40, &number)
	got, err := decode(new(coder), leaseFields, later.out)
	if want := (store.Lease{Owner: owner, Until: until}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	// A reader that knows only every second field must find those.
	whole := filled(kindOf(taskFields)).(store.Task)
	some, err := decode(new(coder), func(c *coder, r *store.Task) { c.str(2, &r.Kind); number2(c, r); c.time(12, &r.Made) }, encode(new(coder), taskFields, &whole))
	if want := (store.Task{Kind: whole.Kind, Round: whole.Round, Made: whole.Made}); err != nil || some != want {
		t.Errorf("got %+v, %v", some, err)
	}
}

func number2(c *coder, r *store.Task) { number(c, 5, &r.Round) }

// What is in the files of those who use a released version must stay readable: these bytes never change.
func TestStoredFormIsFixed(t *testing.T) {
	member := store.Member{Track: "t", User: "u", Joined: time.UnixMicro(1e6).UTC(), Streak: streak.State{Current: 3, Best: 9}, Head: 300}
	const stored = "01" + "030174" + "050175" + "0a80897a" + "0e06" + "1012" + "1aac02"
	if got := hex.EncodeToString(encode(new(coder), memberFields, &member)); got != stored {
		t.Errorf("got  %s\nwant %s", got, stored)
	}
	pauses := store.Person{Pauses: []store.Pause{{}, {From: time.UnixMicro(-1).UTC()}}}
	const list = "01" + "0d04" + "00" + "020201"
	if got := hex.EncodeToString(encode(new(coder), personFields, &pauses)); got != list {
		t.Errorf("got  %s\nwant %s", got, list)
	}
}

func TestDamagedRecordsAreRefused(t *testing.T) {
	for _, k := range kinds() {
		whole := k.encode(filled(k))
		for n := range len(whole) {
			if got, err := k.decode(whole[:n]); err == nil && reflect.DeepEqual(got, filled(k)) {
				t.Errorf("%s cut to %d bytes reads as whole", k.name, n)
			}
		}
		if _, err := k.decode(nil); err != errDamaged {
			t.Errorf("%s: %v", k.name, err)
		}
		if _, err := k.decode([]byte{recordVersion + 1}); err != errVersion {
			t.Errorf("%s: %v", k.name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for i, k := range kinds() {
		f.Add(i, k.encode(filled(k)))
	}
	f.Fuzz(func(t *testing.T, i int, b []byte) {
		all := kinds()
		k := all[uint(i)%uint(len(all))]
		rec, err := k.decode(b)
		if err != nil {
			return
		}
		again, err := k.decode(k.encode(rec))
		if err != nil || !strings.HasPrefix(fmt.Sprintf("%#v", again), fmt.Sprintf("%#v", rec)) {
			t.Errorf("%v\n got %#v\nwant %#v", err, again, rec)
		}
	})
}

func TestKeysSortAsTheirParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Custom(func(t *rapid.T) string {
			return string(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 'b', 0xfe, 0xff}), 0, 4).Draw(t, "bytes"))
		})
		a, b := rapid.SliceOfN(part, 2, 2).Draw(t, "a"), rapid.SliceOfN(part, 2, 2).Draw(t, "b")
		order := strings.Compare(a[0], b[0])
		if order == 0 {
			order = strings.Compare(a[1], b[1])
		}
		ka, kb := newKey(a...), newKey(b...)
		if got := strings.Compare(string(ka), string(kb)); got != order {
			t.Fatalf("%q %q: %d, want %d", a, b, got, order)
		}
		first, rest := cutStr(ka)
		second, rest := cutStr(rest)
		if first != a[0] || second != a[1] || len(rest) != 0 {
			t.Fatalf("%q reads back as %q %q %q", a, first, second, rest)
		}
		if within := strings.HasPrefix(string(kb), string(newKey(a[0]))); within != (a[0] == b[0]) {
			t.Fatalf("%q is within %q: %t", b, a[0], within)
		}
		if a[0] == b[0] && string(kb) >= string(newKey(a[0]).end()) {
			t.Fatalf("%q is not before the end of %q", b, a[0])
		}
	})
}

func TestTimesInKeysSort(t *testing.T) {
	times := []time.Time{{}, time.UnixMicro(-1).UTC(), time.UnixMicro(0).UTC(), time.UnixMicro(1).UTC(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i, at := range times {
		k := key(nil).at(at)
		if got, _ := cutTime(k); !got.Equal(at) {
			t.Errorf("%s reads back as %s", at, got)
		}
		if i > 0 && string(key(nil).at(times[i-1])) >= string(k) {
			t.Errorf("%s does not sort before %s", times[i-1], at)
		}
	}
}
