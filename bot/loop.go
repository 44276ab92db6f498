package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	lease     = time.Minute      // how long a replica may work on a task before another takes it over
	nap       = 30 * time.Second // the longest sleep of the loop: wall clocks jump, machines are suspended
	inFlight  = 32               // tasks at once on one platform; paced fan-out needs at least 16 to reach its limit
	batch     = 4096             // due tasks looked at together
	failures  = 5                // in a row, before a task becomes a notice to the owners
	stampTime = time.Minute      // how often a platform's working is noted

	look = time.Second // between looks at what is due while tasks are under way: some of them may hang
)

// job is how one kind of task is done. run ends the task, or moves its due time, in the same Update as its effect.
type job struct {
	leased bool      // taken by a lease before run; else run is conditional by itself
	wire   bool      // speaks to the task's channel: waits for Ready
	kind   chat.Kind // of the call
	run    func(context.Context, store.Task) error
}

// jobs is every kind of task.
func (b *Bot) jobs() map[string]job {
	return map[string]job{
		"slot":     {run: b.slot, wire: true, kind: chat.KindPost},
		"post":     {run: b.post, wire: true, kind: chat.KindPost},
		"close":    {run: b.closeRound},
		"closing":  {run: b.settleRound, leased: true},
		"reveal":   {run: b.reveal, leased: true, wire: true, kind: chat.KindEdit},
		"refresh":  {run: b.refresh, leased: true, wire: true, kind: chat.KindEdit},
		"thread":   {run: b.thread, leased: true},
		"notify":   {run: b.notify, leased: true},
		"purge":    {run: b.purgeTexts, leased: true},
		"practice": {run: b.purgeOldPractice, leased: true},
		"forget":   {run: b.forget, leased: true},
		"leave":    {run: b.purgeSpace, leased: true},
		"lost":     {run: b.purgeSpace, leased: true},
		"draft":    {run: b.dropDraft},
	}
}

// Run does what is due until ctx ends, then waits for what is under way. It sleeps at most 30 s at a time, so that a
// suspended machine or a stepped clock is noticed.
func (b *Bot) Run(ctx context.Context) error {
	var stamping sync.WaitGroup
	b.stamp(ctx) // before anything is closed, so that it counts what it was down for and no more
	stamping.Go(func() { b.keepStamping(ctx) })
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		stamping.Wait()
		if err := b.signOff(last); err != nil { // the others take it for gone soon
			b.log.Warn("tell the other replicas", "error", err.Error())
		}
	}()
	for ctx.Err() == nil {
		next, err := b.Tick(ctx)
		if err != nil && ctx.Err() == nil {
			b.log.Error("looking for due work", "error", err.Error())
			next = b.now().Add(b.nap)
		}
		timer := time.NewTimer(min(max(next.Sub(b.now()), 10*time.Millisecond), b.nap))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-b.poke:
		}
		timer.Stop()
	}
	return nil
}

// keepStamping stamps apart from the tasks: calls that hang on one platform must not make another look down.
func (b *Bot) keepStamping(ctx context.Context) {
	ticker := time.NewTicker(stampTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			b.stamp(ctx)
		}
	}
}

// Tick does all that is due now, and what becomes due by it, and returns when nothing is left that could start: the time
// at which to look again. Tasks run concurrently, in the order of their due times, round-robin over spaces.
func (b *Bot) Tick(ctx context.Context) (next time.Time, err error) {
	b.ticking.Lock()
	defer b.ticking.Unlock()
	t := ticker{b: b, jobs: b.jobs(), done: make(chan string, inFlight), busy: map[string]string{}, on: map[string]int{}}
	defer t.wait()
	for {
		found, err := t.start(ctx)
		if err != nil || ctx.Err() != nil {
			return time.Time{}, errors.Join(err, ctx.Err())
		}
		if len(t.busy) == 0 && !found {
			return t.next(ctx)
		}
		t.collect()
	}
}

// ticker is one run of Tick.
type ticker struct {
	b      *Bot
	jobs   map[string]job
	queue  []store.Task
	listed time.Time         // when queue was filled
	busy   map[string]string // keys under way, with their platforms: one that hangs must not take the others' room
	on     map[string]int    // how many on each platform
	done   chan string
	rest   time.Time // earliest time at which a task that must wait for its channel may start
}

func (t *ticker) wait() {
	for len(t.busy) > 0 {
		t.end(<-t.done)
	}
}

func (t *ticker) end(key string) {
	t.on[t.busy[key]]--
	delete(t.busy, key)
}

// collect waits until something has ended, or it is time to look again.
func (t *ticker) collect() {
	if len(t.busy) == 0 {
		return
	}
	timer := time.NewTimer(look)
	defer timer.Stop()
	select {
	case key := <-t.done:
		t.end(key)
	case <-timer.C:
	}
	for len(t.done) > 0 {
		t.end(<-t.done)
	}
}

// start starts what can start; found says whether it started anything.
func (t *ticker) start(ctx context.Context) (found bool, err error) {
	for round := 0; round < 2; round++ {
		t.queue = slices.DeleteFunc(t.queue, func(task store.Task) bool {
			on := chat.PlatformOf(task.Space)
			if t.on[on] >= inFlight || !t.may(task) {
				return false
			}
			t.busy[task.Key] = on
			t.on[on]++
			found = true
			go t.run(ctx, task)
			return true
		})
		waiting := len(t.queue) > 0 && len(t.busy) > 0 && time.Since(t.listed) < look // for a rate limit, or for room; what else fell due is seen at the next look
		if found || waiting {
			return found, nil
		}
		if err := t.load(ctx); err != nil {
			return false, err
		}
	}
	return false, nil
}

// may says whether a task can start now; what has to wait is remembered for next.
func (t *ticker) may(task store.Task) bool {
	now := t.b.now()
	at := t.b.resting.until(task.Key, now)
	if j := t.jobs[task.Kind]; j.wire && !at.After(now) {
		at = t.b.ready(task, j.kind)
	}
	if !at.After(now) {
		return true
	}
	if t.rest.IsZero() || at.Before(t.rest) {
		t.rest = at
	}
	return false
}

// load fills the queue with what is due and not under way.
func (t *ticker) load(ctx context.Context) error {
	t.rest, t.listed = time.Time{}, time.Now()
	var due []store.Task
	err := t.b.view(ctx, "list due tasks", func(tx store.Tx) error {
		now := tx.Now()
		all, err := tx.Due(now, batch)
		due = due[:0]
		for _, task := range all {
			held := task.Owner != "" && task.Owner != t.b.replica && task.Lease.After(now)
			if _, under := t.busy[task.Key]; !held && !under {
				due = append(due, task)
			}
		}
		return err
	})
	t.queue = fair(due)
	return err
}

// fair orders tasks round-robin over spaces, keeping the order of due times within each.
func fair(tasks []store.Task) []store.Task {
	var spaces []string
	by := map[string][]store.Task{}
	for _, t := range tasks {
		if _, ok := by[t.Space]; !ok {
			spaces = append(spaces, t.Space)
		}
		by[t.Space] = append(by[t.Space], t)
	}
	if len(spaces) < 2 {
		return tasks
	}
	out := make([]store.Task, 0, len(tasks))
	for i := 0; len(out) < len(tasks); i++ {
		for _, s := range spaces {
			if i < len(by[s]) {
				out = append(out, by[s][i])
			}
		}
	}
	return out
}

func (t *ticker) next(ctx context.Context) (time.Time, error) {
	next := t.b.now().Add(nap)
	err := t.b.view(ctx, "find the next task", func(tx store.Tx) error {
		task, err := tx.NextTask(tx.Now())
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if due := t.b.now().Add(task.Due.Sub(tx.Now())); due.Before(next) { // the store's clock may differ from this machine's
			next = due
		}
		return nil
	})
	if !t.rest.IsZero() && t.rest.Before(next) {
		next = t.rest
	}
	return next, err
}

func (t *ticker) run(ctx context.Context, task store.Task) {
	defer func() { t.done <- task.Key }()
	began := time.Now()
	err := t.b.do(ctx, t.jobs[task.Kind], task)
	if err == nil || ctx.Err() != nil {
		return
	}
	t.b.log.Warn("task", "kind", task.Kind, "key", task.Key, "tries", task.Tries, "took", time.Since(began).Round(time.Millisecond), "error", err.Error())
}

// do takes a task, runs it, and files what came of it.
func (b *Bot) do(ctx context.Context, j job, task store.Task) (err error) {
	if j.run == nil {
		return b.drop(ctx, task) // a kind of a later version, left by a downgrade
	}
	if j.leased {
		taken, err := b.take(ctx, &task)
		if err != nil || !taken {
			return err
		}
	}
	err = guard(func() error { return j.run(ctx, task) })
	var later chat.Later
	switch {
	case err == nil:
		b.resting.forget(task.Key)
	case errors.As(err, &later):
		b.resting.set(task.Key, later.At)
		err = nil
	case ctx.Err() == nil:
		err = errors.Join(err, b.retry(ctx, task, err))
	}
	return err
}

// guard turns a panic of one task into its error, so that it cannot stop the others.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// take leases a task to this replica; false when it is done, moved or another's meanwhile.
func (b *Bot) take(ctx context.Context, task *store.Task) (taken bool, err error) {
	err = b.store.Update(ctx, func(tx store.Tx) error {
		taken = false
		now := tx.Now()
		t, err := tx.Task(task.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Due.After(now) || (t.Owner != "" && t.Owner != b.replica && t.Lease.After(now)) {
			return nil
		}
		t.Owner, t.Lease = b.replica, now.Add(lease)
		t.Tries++
		*task, taken = t, true
		return tx.PutTask(t)
	})
	return taken, err
}

// retry moves a failed task to later, each time twice as far; after five failures it becomes a notice to the owners.
func (b *Bot) retry(ctx context.Context, task store.Task, cause error) error {
	gone := errors.Is(cause, chat.ErrGone) || errors.Is(cause, chat.ErrRevoked)
	return b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Task(task.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Tries < task.Tries {
			t.Tries = task.Tries
		}
		if task.Owner == "" { // not counted by take
			t.Tries++
		}
		t.Owner, t.Lease = "", time.Time{}
		if t.Kind == "notify" && (gone || t.Tries >= failures) {
			return tx.DeleteTask(t.Key)
		}
		if t.Kind != "slot" && (gone || t.Tries == failures) {
			if err := b.tellOwners(tx, t.Track, fmt.Sprintf("I could not %s after several tries; the platform's answer is in my log. %s", doing(t.Kind), nextStep(gone))); err != nil {
				return err
			}
		}
		if gone && t.Kind != "slot" && t.Kind != "post" && t.Kind != "closing" {
			return tx.DeleteTask(t.Key)
		}
		t.Due = tx.Now().Add(backoff(t.Tries))
		return tx.PutTask(t)
	})
}

// backoff is 15 s, doubling, at most an hour.
func backoff(tries int) time.Duration {
	return min(15*time.Second<<min(max(tries-1, 0), 10), time.Hour)
}

func doing(kind string) string {
	switch kind {
	case "post", "slot":
		return "post a question"
	case "reveal":
		return "show the model answer under a closed question"
	case "refresh":
		return "update the counter of a question"
	case "closing", "close":
		return "close a round"
	}
	return "finish a piece of work"
}

func nextStep(gone bool) string {
	if gone {
		return "I seem to have lost access: please check that I am in the channel and may write there."
	}
	return "I go on trying, less often."
}

// drop ends a task, unless it was made again for later while it was being done.
func (b *Bot) drop(ctx context.Context, task store.Task) error {
	return b.store.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Task(task.Key)
		if errors.Is(err, store.ErrNotFound) || (err == nil && !t.Due.Equal(task.Due)) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.DeleteTask(task.Key)
	})
}

// ready is when the task's channel can be spoken to.
func (b *Bot) ready(task store.Task, kind chat.Kind) time.Time {
	p, err := b.platform(task.Space)
	if err != nil {
		return b.now().Add(nap) // its adapter is not connected in this process
	}
	return p.Ready(chat.ChannelID(task.Arg), kind)
}

// stamp notes for each platform that works that it does.
func (b *Bot) stamp(ctx context.Context) {
	if err := b.store.Update(ctx, b.register); err != nil && ctx.Err() == nil {
		b.log.Error("tell the other replicas", "error", err.Error())
	}
	for name, p := range b.platforms {
		if h, ok := p.(chat.Health); ok && h.Healthy() != nil {
			continue
		}
		err := b.store.Update(ctx, func(tx store.Tx) error { return tx.Stamp(name, b.replica, tx.Now()) })
		if err != nil && ctx.Err() == nil {
			b.log.Error("stamp", "platform", name, "error", err.Error())
		}
	}
}

// resting remembers, in this process only, which tasks have to wait for a rate limit: writing it down would cost more
// than forgetting it.
type resting struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (r *resting) until(key string, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.at[key]
	if !at.After(now) {
		delete(r.at, key)
	}
	return at
}

func (r *resting) set(key string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		r.at = map[string]time.Time{}
	}
	r.at[key] = at
}

func (r *resting) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.at, key)
}
