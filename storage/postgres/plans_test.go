package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/storage/postgres"
)

// reads notes the queries of pipelines.
type reads struct {
	mu   sync.Mutex
	args map[string][]any // by statement
}

func (r *reads) TraceBatchQuery(_ context.Context, _ *pgx.Conn, q pgx.TraceBatchQueryData) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(q.SQL, "SELECT t.") || strings.HasPrefix(q.SQL, "WITH") {
		r.args[q.SQL] = q.Args
	}
}

func (*reads) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (*reads) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
func (*reads) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}
func (*reads) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Every read finds what it looks for by an index, both as the store's own connections plan it and as a server plans it that
// does not know their settings.
func TestEveryReadUsesAnIndex(t *testing.T) {
	where := fresh(t)
	seen := &reads{args: map[string][]any{}}
	s, err := postgres.OpenTraced(t.Context(), where, seen)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fillTables(t, where)
	if err := s.View(t.Context(), readAll); err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Once("new"); err != nil {
			return err
		}
		if _, err := tx.Hold("lease 5", "o", tx.Now()); err != nil {
			return err
		}
		if err := tx.AddRound(store.Round{Track: "track 7", No: 50_000, Slot: "new"}); err != nil {
			return err
		}
		return tx.Stamp("platform 3", "replica 5", tx.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen.args) < 30 {
		t.Fatalf("only %d different reads", len(seen.args))
	}
	ctx := t.Context()
	plain, err := pgx.Connect(ctx, where)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close(context.Background())
	own, err := s.Pool().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Release()
	for _, sql := range slices.Sorted(maps.Keys(seen.args)) {
		judge(t, "with arguments", sql, true, explain(t, plain, "EXPLAIN "+sql, seen.args[sql]...))
		if _, err := own.Exec(ctx, "PREPARE p AS "+sql); err != nil {
			t.Fatal(err)
		}
		execute := "EXPLAIN EXECUTE p"
		if n := len(seen.args[sql]); n > 0 {
			execute += "(NULL" + strings.Repeat(", NULL", n-1) + ")"
		}
		judge(t, "without", sql, false, explain(t, own.Conn(), execute))
		if _, err := own.Exec(ctx, "DEALLOCATE p"); err != nil {
			t.Fatal(err)
		}
	}
}

func explain(t *testing.T, conn *pgx.Conn, sql string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return plan
}

// judge looks for scans of whole tables, or of whole indexes, and for sorting all to return some. A planner that sees the
// arguments may sort, when it knows that there is little.
func judge(t *testing.T, how, sql string, sorts bool, plan []string) {
	t.Helper()
	scan := regexp.MustCompile(`(Index|Index Only|Bitmap Index) Scan`)
	sorts = sorts || strings.HasPrefix(sql, "WITH") || !strings.Contains(sql, "LIMIT $")
	for i, node := range plan {
		bad := strings.Contains(node, "Seq Scan") || strings.Contains(node, "Sort") && !sorts
		if scan.MatchString(node) && (i+1 == len(plan) || !strings.Contains(plan[i+1], "Index Cond")) {
			bad = true
		}
		if bad {
			t.Errorf("%s: %s\n%s", how, sql, strings.Join(plan, "\n"))
			return
		}
	}
}

// fillTables puts ten thousand rows and more into every table.
func fillTables(t *testing.T, where string) {
	t.Helper()
	const n = 12_000
	series := fmt.Sprintf(" FROM generate_series(1, %d) g", n)
	execute(t, where,
		"INSERT INTO spaces SELECT 'space ' || g, '', '{}', now(), NULL"+series,
		"INSERT INTO tracks SELECT 'track ' || g, 'space ' || g / 3 + 1, 'channel ' || g / 3, false, 'question', 'active', '', '', '{}', '{}', false, false, 0, 50, 365, '{}', now(), '', NULL, '', NULL, '', NULL, 0, '[]', '{}', '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, false, 0"+series,
		"INSERT INTO decks SELECT 'track ' || g, '{}'"+series,
		"INSERT INTO snapshots SELECT 'hash ' || g, '', ''"+series,
		"INSERT INTO rounds SELECT 'track ' || g % 40 + 1, g, 'slot ' || g, now(), '', '', '', false, '', '', '{}', '', 'open', '', NULL, NULL, '', NULL, NULL, NULL, NULL, false, NULL, NULL, '', 0, 0, 0, 0, 0, '[]', 'none', 0, '', NULL"+series,
		"INSERT INTO skips SELECT 'track ' || g % 40 + 1, 'skipped ' || g, now(), ''"+series,
		"INSERT INTO answers SELECT nextval('answer_numbers'), 'user ' || g % 500, '', '', 'track ' || g % 40 + 1, g, '', 'written', 'text', '', '{}', true, false, 'only_me', '{}', '{}', '{}', 0, 0, NULL, now() - g * interval '1 hour', NULL, false, '', '', 0, greatest(0, g - 40)"+series,
		"INSERT INTO members SELECT 'track ' || g % 40 + 1, 'user ' || g, '', '', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0"+series,
		"INSERT INTO ledger SELECT 'track ' || g % 40 + 1, 'user ' || g % 100, g, g, 'answered', 0, false, NULL, ''"+series,
		"INSERT INTO people SELECT 'user ' || g, 'space ' || g / 9, '', '', 'only_me', '[]', 0, '{}', '{}', NULL"+series,
		"INSERT INTO drafts SELECT 'user ' || g, 'key', '', '{}', NULL"+series,
		"INSERT INTO tasks SELECT 'task ' || g, 'kind ' || g % 5, '', '', 0, '', '', now() + (g - 6000) * interval '1 minute', '', NULL, 0, NULL"+series,
		"INSERT INTO remembered SELECT 'space ' || g / 9, 'key ' || g, ''"+series,
		"INSERT INTO leases SELECT 'lease ' || g, '', now()"+series,
		"INSERT INTO uptime SELECT 'platform ' || g % 20, 'replica ' || g % 50, now() - g * interval '5 minutes', now()"+series,
		"INSERT INTO events SELECT 'event ' || g, now()"+series,
		"ANALYZE")
}

// readAll reads once by each method, and with each of a method's statements.
func readAll(tx store.Tx) error {
	now := tx.Now()
	for _, read := range []func() error{
		func() error { _, err := tx.Answering("track 7", 6, "user 6"); return err },
		func() error { _, err := tx.Answer(77); return err },
		func() error { _, err := tx.RoundAnswers("track 7", 6, "a", 50); return err },
		func() error { _, err := tx.Chain(11_000, 10); return err },
		func() error { _, err := tx.AnswersBefore(now.AddDate(-1, 0, 0), 5, 100); return err },
		func() error { _, err := tx.Members("track 7", "user 1", 200); return err },
		func() error { _, err := tx.Memberships("user 7"); return err },
		func() error { _, err := tx.Lines("track 7", "user 6", 0, 10); return err },
		func() error { _, err := tx.Lines("track 7", "user 6", 0, 1); return err },
		func() error { _, err := tx.Lines("track 7", "user 6", 900, 10); return err },
		func() error { _, err := tx.Draft("user 8", "key"); return err },
		func() error { _, err := tx.Task("task 9"); return err },
		func() error { _, err := tx.Due(now, 100); return err },
		func() error { _, err := tx.NextTask(now); return err },
		func() error { _, err := tx.NextOfKind("kind 1", now); return err },
		func() error { _, err := tx.Value("space 5", "key 50"); return err },
		func() error { _, err := tx.ListValues("space 5", "key"); return err },
		func() error { _, err := tx.ListValues("space 5", ""); return err },
		func() error { _, err := tx.Up("platform 3", now.Add(-time.Hour), now); return err },
		func() error { _, err := tx.RoundsBefore("track 7", 0, 10); return err },
		func() error { _, err := tx.RoundsBefore("track 7", 900, 10); return err },
		func() error { _, err := tx.Skips("track 7", 10); return err },
		func() error { _, err := tx.ChannelTracks("channel 8"); return err },
		func() error { _, err := tx.SpaceTracks("space 9"); return err },
		func() error { _, err := tx.SpaceTracks(""); return err },
		func() error { _, err := tx.AllTracks("track 5", 100); return err },
		func() error { _, err := tx.Deck("track 7"); return err },
		func() error { _, err := tx.Snapshot("hash 7"); return err },
		func() error { _, err := tx.Space("space 7"); return err },
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// turns counts pipelines.
type turns struct {
	reads
	n atomic.Int32
}

func (c *turns) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.n.Add(1)
	return ctx
}

// What the bot reads of an answer costs one turn to the server.
func TestAnAnswerIsReadInOneTurn(t *testing.T) {
	seen := &turns{reads: reads{args: map[string][]any{}}}
	s, err := postgres.OpenTraced(t.Context(), fresh(t), seen)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Restore(t.Context(), append(restored(), store.Member{Track: "t", User: "u"})); err != nil {
		t.Fatal(err)
	}
	seen.n.Store(0)
	err = s.View(t.Context(), func(tx store.Tx) error {
		_, err := tx.Answering("t", 1, "u")
		_, errLines := tx.Lines("t", "u", 0, 1)
		return errors.Join(err, errLines)
	})
	if n := seen.n.Load(); err != nil || n != 1 {
		t.Errorf("%d turns, %v", n, err)
	}
}

// The newest line that was read ahead must not hide one that is written after, or not sent yet.
func TestTheNewestLineIsNew(t *testing.T) {
	s := open(t, fresh(t))
	if err := s.Restore(t.Context(), append(restored(), store.Member{Track: "t", User: "u"})); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				at := 0
				for range 3 {
					if _, err := tx.Answering("t", 1, "u"); err != nil {
						return err
					}
					newest, err := tx.Lines("t", "u", 0, 1)
					if err != nil || at > 0 && (len(newest) == 0 || newest[0].No != at) {
						return fmt.Errorf("%v instead of line %d, %w", newest, at, err)
					}
					if at = 1; len(newest) > 0 {
						at = newest[0].No + 1
					}
					if err := tx.AddLine("t", "u", store.Line{Round: at}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
