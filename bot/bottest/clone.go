package bottest

import (
	"iter"
	"reflect"
	"slices"
	"time"
)

// cut is a time as records keep it.
func cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// clone copies a record with all it leads to, as a trip to the disk and back would: times in UTC and microseconds, empty
// lists as nil.
func clone[T any](v T) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	deep(out, reflect.ValueOf(&v).Elem())
	return out.Interface().(T)
}

func deep(to, from reflect.Value) {
	if from.Type() == reflect.TypeFor[time.Time]() {
		to.Set(reflect.ValueOf(cut(from.Interface().(time.Time))))
		return
	}
	switch from.Kind() {
	case reflect.Struct:
		for i := range from.NumField() {
			deep(to.Field(i), from.Field(i))
		}
	case reflect.Slice:
		if from.Len() == 0 {
			return
		}
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		if k := from.Type().Elem().Kind(); k == reflect.Uint8 || k == reflect.String {
			reflect.Copy(to, from)
			return
		}
		for i := range from.Len() {
			deep(to.Index(i), from.Index(i))
		}
	case reflect.Map:
		if from.Len() == 0 {
			return
		}
		to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
		for k, v := range from.Seq2() {
			copied := reflect.New(v.Type()).Elem()
			addressed := reflect.New(v.Type()).Elem()
			addressed.Set(v)
			deep(copied, addressed)
			to.SetMapIndex(k, copied)
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			deep(to.Elem(), from.Elem())
		}
	default:
		to.Set(from)
	}
}

func sorted[V any](all iter.Seq[V], want func(V) bool, less func(a, b V) int) []V {
	var list []V
	for v := range all {
		if want == nil || want(v) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, less)
	return list
}

// first returns copies of the first limit values; 0 = all.
func first[V any](list []V, limit int) []V {
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	var out []V
	for _, v := range list {
		out = append(out, clone(v))
	}
	return out
}
