package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// callTimeout bounds one call of the Web API from its first byte to its last.
const callTimeout = 10 * time.Second

// newClient makes the HTTP client of all calls. It follows no redirect: Slack's methods have none, and a POST with a
// token must not be repeated elsewhere.
func newClient() *http.Client {
	return &http.Client{
		Timeout: callTimeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: callTimeout}).DialContext, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 32, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: callTimeout,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newAPI makes slack-go's client without its retries: an adapter never repeats a call that was written.
func newAPI(o Options, client *http.Client) *slack.Client {
	return slack.New(o.BotToken, slack.OptionAppLevelToken(o.AppToken), slack.OptionAPIURL(o.APIURL),
		slack.OptionHTTPClient(client), slack.OptionLog(log.New(io.Discard, "", 0)))
}

// call makes one call of a method and says what became of it, in the port's words.
func (a *Adapter) call(ctx context.Context, method string, do func(context.Context) error) error {
	if err := a.isRevoked(); err != nil {
		return err
	}
	if at := a.pace.paused(method); at.After(a.now()) {
		return chat.Later{At: at}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	ctx, written := traced(ctx)
	return a.outcome(method, do(ctx), written.Load())
}

// traced notes whether a request was written to a connection. A second attempt is only made by net/http when nothing
// was written at the first, so it starts anew.
func traced(ctx context.Context) (context.Context, *atomic.Bool) {
	var written atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { written.Store(false) },
		WroteHeaders: func() { written.Store(true) },
	}), &written
}

// outcome puts a call's error into one of the port's classes.
func (a *Adapter) outcome(method string, err error, written bool) error {
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	var refusal slack.SlackErrorResponse
	var transport *url.Error
	var later chat.Later
	switch {
	case err == nil:
		return nil
	case errors.As(err, &later):
		return later
	case errors.As(err, &limited):
		return a.pace.refused(method, limited.RetryAfter)
	case errors.As(err, &refusal):
		return a.refusal(method, refusal)
	case errors.As(err, &status):
		return a.status(method, status.Code)
	case errors.As(err, &transport):
		err = transport.Err // without the address, which can be a secret
	}
	if written {
		return fmt.Errorf("%s: %w: %w", method, chat.ErrUncertain, err)
	}
	return fmt.Errorf("%s: %w", method, err)
}

func (a *Adapter) status(method string, code int) error {
	switch {
	case code == http.StatusTooManyRequests:
		return a.pace.refused(method, 0)
	case code >= 500:
		return fmt.Errorf("%s: %w: Slack answered with status %d", method, chat.ErrUncertain, code)
	}
	return fmt.Errorf("%s: Slack answered with status %d", method, code)
}

// refused is a call that Slack answered with ok:false; nothing was done, but in the errors in which Slack does not know.
type refused struct {
	method, code, detail string
	class                error // of the port; nil when it has none for it
}

func (r refused) Error() string {
	s := r.method + ": "
	if r.class != nil {
		s += r.class.Error() + ": "
	}
	return strings.TrimSpace(s + "Slack refused with " + r.code + " " + r.detail)
}

func (r refused) Unwrap() error { return r.class }

// hasCode says whether Slack refused a call with that code.
func hasCode(err error, code string) bool {
	var r refused
	return errors.As(err, &r) && r.code == code
}

func (a *Adapter) refusal(method string, s slack.SlackErrorResponse) error {
	r := refused{method: method, code: s.Err, detail: strings.Join(s.ResponseMetadata.Messages, "; ")}
	if s.Needed != "" {
		r.detail = strings.TrimSpace(r.detail + " needs the scope " + s.Needed)
	}
	class, known := refusals()[s.Err]
	if known && class == nil {
		return a.pace.refused(method, 0)
	}
	r.class = class
	if class == chat.ErrRevoked {
		return a.revoke(r)
	}
	return r
}

// refusals maps Slack's error codes to the port's classes; nil is a rate limit.
// https://docs.slack.dev/reference/methods/chat.postMessage#errors
func refusals() map[string]error {
	m := map[string]error{}
	for class, codes := range map[error]string{
		chat.ErrGone: "channel_not_found not_in_channel is_archived channel_is_limited_access message_not_found cant_update_message " +
			"edit_window_closed user_not_found users_not_found user_not_visible user_disabled cannot_dm_bot is_inactive messages_tab_disabled " +
			"user_not_in_channel restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel " +
			"restricted_action_non_threadable_channel posting_to_channel_denied team_not_found",
		chat.ErrRevoked:     "invalid_auth not_authed account_inactive token_revoked token_expired team_access_not_granted",
		chat.ErrUnsupported: "missing_scope not_allowed_token_type method_not_supported_for_channel_type file_uploads_disabled",
		chat.ErrUncertain:   "fatal_error internal_error service_unavailable request_timeout update_failed",
	} {
		for c := range strings.FieldsSeq(codes) {
			m[c] = class
		}
	}
	for c := range strings.FieldsSeq("ratelimited rate_limited message_limit_exceeded") {
		m[c] = nil
	}
	return m
}

// isTooEarly says whether a call was refused because a picture in it is still being processed by Slack. That is not
// documented; it lasts about a second (slackapi/python-slack-sdk#1521).
func isTooEarly(err error) bool {
	var r refused
	return errors.As(err, &r) && strings.Contains(r.detail, "/slack_file")
}

// respond answers at a response_url: privately, or in place of the message. The address comes from outside, so only
// Slack's own hosts, and the server that all other calls go to, are spoken to.
func (a *Adapter) respond(ctx context.Context, address string, body any) error {
	if !a.mayRespond(address) {
		return fmt.Errorf("%s: the address is not one of Slack's", methodRespond)
	}
	return a.call(ctx, methodRespond, func(ctx context.Context) error {
		b, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("encode an answer: %w", err)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(b))
		if err != nil {
			return fmt.Errorf("make a request: %w", err)
		}
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		resp, err := a.client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		said, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
		if err != nil {
			return err
		}
		if resp.StatusCode == http.StatusTooManyRequests { // of this address alone, whatever the body says
			secs, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
			return chat.Later{At: a.now().Add(time.Duration(max(secs, 1)) * time.Second)}
		}
		var r slack.SlackResponse
		if json.Unmarshal(said, &r) == nil && r.Error != "" {
			return slack.SlackErrorResponse{Err: r.Error, ResponseMetadata: r.ResponseMetadata}
		}
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		return slack.StatusCodeError{Code: resp.StatusCode}
	})
}

func (a *Adapter) mayRespond(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == "https" && (u.Host == "hooks.slack.com" || u.Host == "hooks.slack-gov.com") {
		return true
	}
	api, err := url.Parse(a.opt.APIURL)
	return err == nil && a.opt.APIURL != slack.APIURL && u.Scheme == api.Scheme && u.Host == api.Host
}
