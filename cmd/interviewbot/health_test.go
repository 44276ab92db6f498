package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/bottest"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/questions"
)

// A replica that waits for another's connection is well: who asks /readyz must not restart it. One whose platform refuses
// it is not.
func TestReadyzTellsStandingByFromTrouble(t *testing.T) {
	bank, err := questions.Load()
	if err != nil {
		t.Fatal(err)
	}
	platform := bottest.New(time.Now, nil)
	s := bottest.NewStore(time.Now)
	w := &world{name: "self", store: s, platforms: []chat.Platform{platform}, bot: bot.New(bot.Options{Store: s, Bank: bank, Now: time.Now})}
	mux := http.NewServeMux()
	health(mux, []*world{w}, slog.New(slog.DiscardHandler))

	for _, c := range []struct {
		state error
		code  int
		part  string
	}{
		{nil, http.StatusOK, `"self/test":"ok"`},
		{fmt.Errorf("five others hold it: %w", chat.ErrStandby), http.StatusOK, `"self/test":"five others hold it: standing by`},
		{chat.ErrRevoked, http.StatusServiceUnavailable, `"self/test":"the bot's access`},
	} {
		platform.Down(c.state)
		got := httptest.NewRecorder()
		mux.ServeHTTP(got, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if got.Code != c.code || !strings.Contains(got.Body.String(), c.part) {
			t.Errorf("with %v: %d %s; want %d with %s", c.state, got.Code, got.Body, c.code, c.part)
		}
	}
}
