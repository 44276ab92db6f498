package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// rest makes requests through discordgo's client, with bodies, limits and outcomes of our own: discordgo's limiter
// ignores contexts and keeps a bucket for every interaction, its decoding throws replies away for odd headers, and it
// repeats what a gateway in between may already have passed on.
type rest struct {
	session *discordgo.Session
	base    string // with /v10
	limits  *limits
	now     func() time.Time
	refused atomic.Bool // the token, at the last call
}

// request is one call. A route without name is in the interactions' lane: outside the global limit.
type request struct {
	method, path string
	route        route
	body         any
	files        []file
	into         any // decoded from the reply; nil = not wanted
}

// refusal is Discord's answer to what it does not do.
type refusal struct {
	Status  int      `json:"-"`
	Code    int      `json:"code"`
	Message string   `json:"message"`
	Retry   *float64 `json:"retry_after"`
}

func (r *refusal) Error() string {
	return fmt.Sprintf("discord refused it: %d, code %d: %s", r.Status, r.Code, r.Message)
}

// callTimeout bounds one request.
const callTimeout = 10 * time.Second

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func newRest(token, base string, transport http.RoundTripper, now func() time.Time) (*rest, error) {
	s, err := discordgo.New("Bot " + token)
	if err != nil {
		return nil, fmt.Errorf("make a client of Discord: %w", err)
	}
	s.Client = &http.Client{Timeout: callTimeout, Transport: watch{transport}, CheckRedirect: noRedirect}
	s.ShouldRetryOnRateLimit, s.MaxRestRetries, s.LogLevel = false, 0, -1
	s.UserAgent = "DiscordBot (https://github.com/interviewbot/interviewbot, 1)"
	return &rest{session: s, base: strings.TrimSuffix(base, "/") + "/v10", limits: newLimits(now), now: now}, nil
}

// try makes the request if the limits allow it now, else it returns chat.Later at once.
func (r *rest) try(ctx context.Context, q request) error {
	if q.route.name == "" {
		return r.send(ctx, q)
	}
	if at, ok := r.limits.take(q.route); !ok {
		return chat.Later{At: at}
	}
	return r.send(ctx, q)
}

// turn is how long a post waits for its turn: of the 32 that the bot makes at once the last has its own within 0.7 s. To refuse them
// instead would cost the bot two transactions each time.
const turn = time.Second

// soon makes the request within its turn; if the limits do not allow it by then, it returns chat.Later at once.
func (r *rest) soon(ctx context.Context, q request) error {
	end := r.now().Add(turn)
	for {
		err := r.try(ctx, q)
		var wait chat.Later
		if !errors.As(err, &wait) || wait.At.After(end) {
			return err
		}
		if err := sleep(ctx, wait.At.Sub(r.now())); err != nil {
			return fmt.Errorf("wait for the rate limit: %w", err)
		}
	}
}

// call makes the request when the limits allow it, waiting for as long as ctx lives; what a limit refused after all is
// made again.
func (r *rest) call(ctx context.Context, q request) error {
	for {
		err := r.try(ctx, q)
		var wait chat.Later
		if !errors.As(err, &wait) {
			return err
		}
		if err := sleep(ctx, wait.At.Sub(r.now())); err != nil {
			return fmt.Errorf("wait for the rate limit: %w", err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// send writes the request once and tells its outcome in the words of the port.
func (r *rest) send(ctx context.Context, q request) error {
	contentType, body, err := encode(q)
	if err != nil {
		return err
	}
	seen := &outcome{}
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { seen.written.Store(true) },
	}), outcomeKey{}, seen)
	idle := new(discordgo.Bucket) // ours are in limits; this one only satisfies the signature
	idle.Lock()
	reply, err := r.session.RequestWithLockedBucket(q.method, r.base+q.path, contentType, body, idle, 0, discordgo.WithContext(ctx))
	no, ours := seen.refusal(reply)
	r.limits.done(q.route, seen.status, seen.header, no.Retry)
	if seen.status == 0 || !seen.whole.Load() {
		if seen.status == 0 && !seen.written.Load() {
			return fmt.Errorf("reach Discord: %w", bare(err))
		}
		return fmt.Errorf("%w: %w", chat.ErrUncertain, bare(err))
	}
	if q.route.name != "" { // in the other lane it is an interaction's token that counts
		r.refused.Store(seen.status == http.StatusUnauthorized)
	}
	if seen.status >= 300 {
		return r.outcome(q, seen, no, ours)
	}
	if q.into == nil || len(reply) == 0 {
		return nil
	}
	if err := json.Unmarshal(reply, q.into); err != nil {
		return fmt.Errorf("%w: read the reply: %w", chat.ErrUncertain, err)
	}
	return nil
}

// bare drops the address from an error of net/http: it can hold an interaction's token.
func bare(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil || !strings.Contains(err.Error(), "/") {
			break
		}
		err = inner
	}
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// refusal reads the reply of a request that was refused; ours says that they are Discord's own words: what stands before
// it answers with pages.
func (seen *outcome) refusal(reply []byte) (no *refusal, ours bool) {
	no = &refusal{}
	if seen.status >= 300 {
		ours = json.Unmarshal(reply, no) == nil
	}
	no.Status = seen.status
	if !ours {
		no.Message = http.StatusText(seen.status)
	}
	return no, ours
}

// outcome tells what a refusal means: surely not done, but for the errors of a server that may have done it.
func (r *rest) outcome(q request, seen *outcome, no *refusal, ours bool) error {
	switch {
	case seen.status >= 500:
		return fmt.Errorf("%w: %w", chat.ErrUncertain, no)
	case seen.status == http.StatusTooManyRequests, seen.status == http.StatusForbidden && !ours, no.Code == codeOldEdits:
		wait := retryAfter(seen.header, no.Retry)
		if !ours {
			r.limits.pause(max(wait, restTime)) // a ban of the address
		}
		at := r.now().Add(wait)
		if q.route.name != "" { // the limits must not say another time
			at = later(at, r.limits.at(q.route))
		}
		return chat.Later{At: at}
	case seen.status == http.StatusUnauthorized && q.route.name != "":
		return fmt.Errorf("%w: %w", chat.ErrRevoked, no)
	case seen.status == http.StatusForbidden, no.Code == codeNoRecipient, seen.status == http.StatusNotFound && ours && no.Code != 0:
		return fmt.Errorf("%w: %w", chat.ErrGone, no)
	}
	return no
}

// Codes that have a meaning of their own here:
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
const (
	codeUnknownMessage     = 10008
	codeUnknownWebhook     = 10015
	codeUnknownInteraction = 10062
	codeOldEdits           = 30046
	codeAnswered           = 40060
	codeWrongKind          = 50024
	codeNoRecipient        = 50033 // whom to open a conversation with: a 400 all the same
	codeHasThread          = 160004
	codeManyThreads        = 160006
)

// code returns Discord's code of a refusal, 0 for any other error.
func code(err error) int {
	var no *refusal
	if errors.As(err, &no) {
		return no.Code
	}
	return 0
}

func encode(q request) (contentType string, body []byte, err error) {
	if q.body == nil {
		return "", nil, nil
	}
	body, err = json.Marshal(q.body)
	if err != nil || len(q.files) == 0 {
		return "application/json", body, err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err = writePart(w, `form-data; name="payload_json"`, "application/json", body)
	for i, f := range q.files {
		err = errors.Join(err, writePart(w, fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.name), f.contentType, f.content))
	}
	err = errors.Join(err, w.Close())
	return w.FormDataContentType(), b.Bytes(), err
}

func writePart(w *multipart.Writer, disposition, contentType string, content []byte) error {
	p, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {contentType}})
	if err != nil {
		return err
	}
	_, err = p.Write(content)
	return err
}

// outcome is what the transport saw of one request.
type outcome struct {
	written, whole atomic.Bool
	status         int
	header         http.Header
}

type outcomeKey struct{}

// watch is a transport that notes status and headers for limits and outcomes, and hides from discordgo the headers it
// stumbles over.
type watch struct{ http.RoundTripper }

func (w watch) RoundTrip(q *http.Request) (*http.Response, error) {
	reply, err := w.RoundTripper.RoundTrip(q)
	seen, ok := q.Context().Value(outcomeKey{}).(*outcome)
	if err != nil || !ok {
		return reply, err
	}
	seen.status, seen.header = reply.StatusCode, reply.Header.Clone()
	for _, h := range []string{"X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Global", "X-RateLimit-Reset-After"} {
		reply.Header.Del(h)
	}
	reply.Body = &bounded{reply.Body, maxReply, &seen.whole}
	return reply, nil
}

// maxReply bounds what is read of a reply: a page of 100 messages is the longest.
const maxReply = 8 << 20

// bounded reads at most so much of a body, and notes that its end was reached.
type bounded struct {
	io.ReadCloser
	left  int
	whole *atomic.Bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, io.ErrShortBuffer
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	if errors.Is(err, io.EOF) {
		b.whole.Store(true)
	}
	return n, err
}
