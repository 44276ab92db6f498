package slack_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/interviewbot/interviewbot/adapters/adaptertest"
	"github.com/interviewbot/interviewbot/adapters/slack"
	"github.com/interviewbot/interviewbot/adapters/slack/slacktest"
)

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack.
const (
	docSecret    = "8f742231b10e8888abcd99yyyzzz85a5"
	docStamp     = "1531420618"
	docBody      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	docSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
)

func TestSignature(t *testing.T) {
	then := time.Unix(1531420618, 0)
	for name, c := range map[string]struct {
		secret, stamp, signature, body string
		now                            time.Time
		want                           bool
	}{
		"the documented example":   {docSecret, docStamp, docSignature, docBody, then, true},
		"five minutes later":       {docSecret, docStamp, docSignature, docBody, then.Add(5 * time.Minute), true},
		"later than that":          {docSecret, docStamp, docSignature, docBody, then.Add(5*time.Minute + time.Second), false},
		"much too early":           {docSecret, docStamp, docSignature, docBody, then.Add(-5*time.Minute - time.Second), false},
		"another byte":             {docSecret, docStamp, docSignature, docBody + " ", then, false},
		"another time":             {docSecret, "1531420619", docSignature, docBody, then, false},
		"another secret":           {docSecret + "x", docStamp, docSignature, docBody, then, false},
		"no secret":                {"", docStamp, docSignature, docBody, then, false},
		"no signature":             {docSecret, docStamp, "", docBody, then, false},
		"no version":               {docSecret, docStamp, strings.TrimPrefix(docSignature, "v0="), docBody, then, false},
		"upper case":               {docSecret, docStamp, strings.ToUpper(docSignature), docBody, then, false},
		"no time":                  {docSecret, "", docSignature, docBody, then, false},
		"a time with a sign":       {docSecret, "+1531420618", docSignature, docBody, then, false},
		"a time beyond all bounds": {docSecret, "99999999999999999999", docSignature, docBody, then, false},
	} {
		if got := slack.Signed(c.secret, c.stamp, c.signature, []byte(c.body), c.now); got != c.want {
			t.Errorf("%s: signed %v, want %v", name, got, c.want)
		}
	}
}

func FuzzSignature(f *testing.F) {
	f.Add(docStamp, docSignature, []byte(docBody))
	f.Add("", "", []byte(nil))
	f.Add("-1", "v0=", []byte("{}"))
	f.Fuzz(func(t *testing.T, stamp, signature string, body []byte) {
		if slack.Signed(docSecret, stamp, signature, body, time.Unix(1531420618, 0)) && string(body) != docBody {
			t.Errorf("forged: %q %q %q", stamp, signature, body)
		}
	})
}

// What is not signed, too long, or not a post is refused, whatever it says; the handler never hears of it.
func TestUnsignedIsRefused(t *testing.T) {
	heard := &ears{}
	w := newWorld(t, true, slacktest.Options{}, heard.handle, adaptertest.Table())
	post := func(change func(*http.Request), body string) int {
		req, err := w.server.Signed(w.front.URL+"/slack/events", "application/json", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		change(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	const body = `{"type":"event_callback","team_id":"T0TEAM001","event_id":"Ev1","event":{"type":"app_uninstalled"}}`
	for name, c := range map[string]struct {
		change func(*http.Request)
		body   string
		want   int
	}{
		"no signature":  {func(r *http.Request) { r.Header.Del("X-Slack-Signature") }, body, 401},
		"half of one":   {func(r *http.Request) { r.Header.Set("X-Slack-Signature", "v0=") }, body, 401},
		"wrong one":     {func(r *http.Request) { r.Header.Set("X-Slack-Signature", docSignature) }, body, 401},
		"old":           {func(r *http.Request) { r.Header.Set("X-Slack-Request-Timestamp", docStamp) }, body, 401},
		"a GET":         {func(r *http.Request) { r.Method = http.MethodGet }, body, 405},
		"two megabytes": {func(*http.Request) {}, strings.Repeat("x", 2<<20), 400},
		"no JSON":       {func(*http.Request) {}, "{", 200},
		"nothing":       {func(*http.Request) {}, "", 200},
	} {
		if got := post(c.change, c.body); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	if n := heard.count(); n != 0 {
		t.Errorf("the handler heard of %d of them", n)
	}
	if logged := w.log.String(); strings.Count(logged, "SLACK_SIGNING_SECRET") != 1 || strings.Contains(logged, "clock") || strings.Contains(logged, w.server.SigningSecret) {
		t.Errorf("the operator is told: %s", logged)
	}
	if got := post(func(*http.Request) { w.Until(w.Now().Add(10 * time.Minute)) }, body); got != 401 {
		t.Errorf("one that is ten minutes old: status %d", got)
	}
	if logged := w.log.String(); strings.Count(logged, "clock") != 1 {
		t.Errorf("of a clock that is wrong the operator is told: %s", logged)
	}
}
