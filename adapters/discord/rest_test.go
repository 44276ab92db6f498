package discord_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/discord"
	"github.com/interviewbot/interviewbot/bot/chat"
)

// canned is a transport that answers everything with one reply.
type canned struct {
	status int
	header http.Header
	body   io.Reader
	length int64
	err    error
	calls  int
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls++
	if c.err != nil {
		return nil, c.err
	}
	h := c.header
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: c.status, Status: http.StatusText(c.status), Header: h, Body: io.NopCloser(c.body), ContentLength: c.length, Request: r}, nil
}

// broken ends a body before its end.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// What a reply means for a post: done, perhaps done, or surely not done.
func TestRepliesOfAllKinds(t *testing.T) {
	const good = `{"id":"2","channel_id":"1"}`
	text := strings.NewReader
	done := func(err error) bool { return err == nil }
	unsure := func(err error) bool { return errors.Is(err, chat.ErrUncertain) }
	is := func(target error) func(error) bool {
		return func(err error) bool { return errors.Is(err, target) && !errors.Is(err, chat.ErrUncertain) }
	}
	no := func(err error) bool {
		return err != nil && !errors.Is(err, chat.ErrUncertain) && !errors.Is(err, chat.ErrGone) && !errors.Is(err, chat.ErrRevoked) && !errors.As(err, new(chat.Later))
	}
	later := func(err error) bool { return errors.As(err, new(chat.Later)) }
	for name, c := range map[string]struct {
		reply canned
		want  func(error) bool
	}{
		"right":             {canned{status: 200, body: text(good)}, done},
		"odd headers":       {canned{status: 200, body: text(good), header: http.Header{"X-Ratelimit-Reset": {"x"}, "X-Ratelimit-Reset-After": {"y"}, "X-Ratelimit-Remaining": {"z"}}}, done},
		"no Date":           {canned{status: 200, body: text(good), header: http.Header{"X-Ratelimit-Reset": {"1"}}}, done},
		"a global header":   {canned{status: 200, body: text(good), header: http.Header{"X-Ratelimit-Global": {"true"}, "X-Ratelimit-Reset-After": {"1"}}}, done},
		"no JSON":           {canned{status: 200, body: text(`<html>`)}, unsure},
		"no identifier":     {canned{status: 200, body: text(`{}`)}, unsure},
		"half a body":       {canned{status: 200, body: broken{text(`{"id":"2",`)}}, unsure},
		"half a refusal":    {canned{status: 403, body: broken{text(`{"code":5`)}}, unsure},
		"a flood":           {canned{status: 200, body: io.LimitReader(zeros{}, 64<<20)}, unsure},
		"a redirect":        {canned{status: 302, body: text(""), header: http.Header{"Location": {"https://elsewhere.example/"}}}, no},
		"a bad request":     {canned{status: 400, body: text(`{"code":50035,"message":"Invalid Form Body"}`)}, no},
		"no such path":      {canned{status: 404, body: text(`{"code":0,"message":"404: Not Found"}`)}, no},
		"a page":            {canned{status: 404, body: text(`<html>`)}, no},
		"unknown channel":   {canned{status: 404, body: text(`{"code":10003,"message":"Unknown Channel"}`)}, is(chat.ErrGone)},
		"no such person":    {canned{status: 400, body: text(`{"code":50033,"message":"Invalid Recipient(s)"}`)}, is(chat.ErrGone)},
		"missing access":    {canned{status: 403, body: text(`{"code":50001,"message":"Missing Access"}`)}, is(chat.ErrGone)},
		"unauthorized":      {canned{status: 401, body: text(`{"code":0,"message":"401: Unauthorized"}`)}, is(chat.ErrRevoked)},
		"429":               {canned{status: 429, body: text(`{"retry_after":1.5}`)}, later},
		"429 without words": {canned{status: 429, body: text(``), header: http.Header{"Retry-After": {"7"}}}, later},
		"429 of nonsense":   {canned{status: 429, body: text(`{"retry_after":"soon"}`)}, later},
		"500":               {canned{status: 500, body: text(`{"code":0,"message":"500: Internal Server Error"}`)}, unsure},
		"503":               {canned{status: 503, body: text(`upstream connect error`)}, unsure},
		"no connection":     {canned{err: errors.New("connection refused")}, no},
		"an ended context":  {canned{err: context.Canceled}, no},
	} {
		a, err := discord.New(discord.Options{
			Token: "t", ApplicationID: "1", Keep: adaptertest.NewKeep(time.Now), Clock: wall{}, Table: adaptertest.Table(), Transport: &c.reply,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Post(t.Context(), "discord:1", note("x"), "k-1"); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
		if c.reply.calls != 1 {
			t.Errorf("%s: %d calls", name, c.reply.calls)
		}
	}
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// An empty label would have a whole message refused.
func TestEmptyLabels(t *testing.T) {
	w := &canned{status: 200, body: strings.NewReader(`{"id":"2","channel_id":"1"}`)}
	var sent string
	a, err := discord.New(discord.Options{
		Token: "t", ApplicationID: "1", Keep: adaptertest.NewKeep(time.Now), Clock: wall{}, Table: adaptertest.Table(), Transport: reads{w, &sent},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Post(t.Context(), "discord:1", chat.Message{Summary: "x", Blocks: []chat.Block{
		chat.Heading{}, chat.Paragraph{}, chat.Quote{Text: chat.T(" \n ")}, chat.Note{}, chat.List{}, chat.Fields{}, chat.Code{}, chat.Buttons{}, chat.Menu{Action: "m"}, chat.Checks{Action: "c"},
		row(chat.Button{Label: "\u200b\x00", Action: "a"}), chat.Menu{Action: "m", Choices: []chat.Choice{{Value: "v", Label: ""}}},
	}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(sent, `"label":"…"`) != 2 || strings.Contains(sent, `"content":""`) || strings.Contains(sent, `"options":[]`) {
		t.Errorf("sent %s", sent)
	}
}

// reads keeps the body of the last request.
type reads struct {
	http.RoundTripper
	body *string
}

func (r reads) RoundTrip(q *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	*r.body = string(raw)
	return r.RoundTripper.RoundTrip(q)
}
