package postgres

import "runtime"

// rehearsal is one closure that is run only to learn what it reads. Many closures share a transaction, one after another;
// if each waited for its own reads, the time of a batch would be that of all their round trips. So all of a batch are
// first run side by side, each on the state before the batch: whenever all of them wait, what they want is fetched in one
// turn. What they write and return is thrown away. Then they run in earnest, in order, and nearly all they read is known.
// What a rehearsal guessed wrongly (because a closure before it changes what it reads, the time, that an event is new) costs a turn and
// nothing else.
//
// Only one of them runs at a time, so that closures may share what they capture as in any batch.
type rehearsal struct {
	goOn  chan error    // nil: what was wanted is there
	pause chan struct{} // the closure waits, or has ended
	want  want
	hoped []id // events that it took for new without waiting, to be fetched beside the next that it waits for
	ended bool
	drawn int // answers it numbered
}

// wait stops the closure until what it wants is known. When that cannot be had, its goroutine ends.
func (r *rehearsal) wait(w want) error {
	w.ids, r.hoped = append(w.ids, r.hoped...), nil
	r.want = w
	r.pause <- struct{}{}
	if <-r.goOn != nil {
		runtime.Goexit()
	}
	return nil
}

// number is a stand-in for the number of a new answer, beyond all that are real.
func (r *rehearsal) number() uint64 {
	r.drawn++
	return 1<<62 + uint64(r.drawn)
}

func (t *transaction) rehearse(f func(*tx) error) *rehearsal {
	r := &rehearsal{goOn: make(chan error), pause: make(chan struct{})}
	try := t.next()
	try.asking = r
	go func() {
		defer func() {
			recover() // it will panic in earnest, where somebody is told
			r.ended = true
			r.pause <- struct{}{}
		}()
		f(try)
	}()
	<-r.pause
	return r
}

// Rehearse is for the committer. An error stays with the transaction.
func (t *transaction) Rehearse(fs []func(*tx) error) {
	if len(fs) < 2 {
		return
	}
	var all, waiting []*rehearsal
	for _, f := range fs {
		all = append(all, t.rehearse(f))
	}
	for waiting = still(all); len(waiting) > 0; waiting = still(waiting) {
		wants := make([]want, len(waiting))
		for i, r := range waiting {
			wants[i] = r.want
		}
		err := t.fetch(wants)
		for _, r := range waiting {
			r.goOn <- err
			<-r.pause
		}
	}
	var rest want
	for _, r := range all {
		rest.numbers += r.drawn
		rest.ids = append(rest.ids, r.hoped...)
	}
	rest.numbers = max(0, rest.numbers-len(t.numbers))
	if rest.numbers > 0 || len(rest.ids) > 0 {
		t.fetch([]want{rest})
	}
}

func still(all []*rehearsal) []*rehearsal {
	var waiting []*rehearsal
	for _, r := range all {
		if !r.ended {
			waiting = append(waiting, r)
		}
	}
	return waiting
}
