package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

const (
	lease    = time.Minute      // how long a replica may work on a task before another takes it over
	nap      = 30 * time.Second // the longest sleep of the loop: wall clocks jump, machines are suspended
	inFlight = 32               // tasks at once on one platform; paced fan-out needs at least 16 to reach its limit
	batch    = 4096             // due tasks looked at together
	look     = time.Second      // between looks at what is due while tasks are under way: some of them may hang
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

// ready is when the task's channel can be spoken to.
func (b *Bot) ready(task store.Task, kind chat.Kind) time.Time {
	p, err := b.platform(task.Space)
	if err != nil {
		return b.now().Add(nap) // its adapter is not connected in this process
	}
	return p.Ready(chat.ChannelID(task.Arg), kind)
}
