package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	// bodyLimit bounds a request; Slack's largest, a dialog full of text, has a tenth of it.
	bodyLimit = 1 << 20
	// signatureFor is how far a request's time may be from ours.
	// https://docs.slack.dev/authentication/verifying-requests-from-slack
	signatureFor = 5 * time.Minute
)

// Handler serves what Slack sends over HTTP: events, commands and interactivity, at any path under /slack/. It answers
// 503 while Run does not run; it takes nothing that is not signed with the signing secret.
func (a *Adapter) Handler() http.Handler { return http.HandlerFunc(a.serveHTTP) }

func (a *Adapter) serveHTTP(w http.ResponseWriter, r *http.Request) {
	at := a.now()
	if r.Method != http.MethodPost {
		http.Error(w, "Slack posts here.", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		http.Error(w, "The request could not be read.", http.StatusBadRequest)
		return
	}
	stamp, signature := r.Header.Get("X-Slack-Request-Timestamp"), r.Header.Get("X-Slack-Signature")
	if !signed(a.opt.SigningSecret, stamp, signature, body, at) {
		a.unsigned(stamp, signature, body, at)
		http.Error(w, "The signature does not fit.", http.StatusUnauthorized)
		return
	}
	in, challenge, err := a.readHTTP(body)
	switch {
	case challenge != "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, challenge)
	case errors.Is(err, errNotRunning):
		http.Error(w, "Not ready yet.", http.StatusServiceUnavailable)
	case err != nil:
		a.skip(err) // acknowledged, for it would be no different the next time
	default:
		in.at = at
		a.acknowledgeHTTP(w, in)
	}
}

func (a *Adapter) readHTTP(body []byte) (in inbound, challenge string, err error) {
	var e wireEvent
	isEvent := len(body) > 0 && body[0] == '{'
	if isEvent {
		if err := json.Unmarshal(body, &e); err != nil {
			return inbound{}, "", err
		}
		if e.Type == "url_verification" {
			return inbound{}, e.Challenge, nil
		}
	}
	r, ok := a.reading()
	switch {
	case !ok:
		return inbound{}, "", errNotRunning
	case !isEvent:
		in, err = r.form(body)
	case e.Type == "event_callback":
		in, err = r.subscription(e)
	default:
		err = errIgnored
		if e.Type == "app_rate_limited" {
			a.log.Warn("Slack holds back events: there were more than 30,000 in a minute")
		}
	}
	return in, "", err
}

func (a *Adapter) acknowledgeHTTP(w http.ResponseWriter, in inbound) {
	t := a.begin(in, 0)
	if t == nil {
		http.Error(w, "Too much to do; please deliver it again.", http.StatusServiceUnavailable)
		return
	}
	v := t.wait(a.now())
	if !v.ok {
		w.WriteHeader(http.StatusServiceUnavailable)
		t.tell(nil)
		return
	}
	if v.body != nil {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(v.body)))
	_, err := w.Write(v.body)
	if err == nil {
		err = http.NewResponseController(w).Flush()
	}
	t.tell(err)
}

// reading returns the reader while Run runs.
func (a *Adapter) reading() (reader, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.run == nil {
		return reader{}, false
	}
	return a.run.reader, true
}

// unsigned tells the operator why Slack's own requests may be refused: of strangers' requests, which anybody can make, at
// most once an hour, and not at all of those that bear no signature.
func (a *Adapter) unsigned(stamp, signature string, body []byte, at time.Time) {
	why := "a request was not signed with SLACK_SIGNING_SECRET; if Slack says that this address does not answer, " +
		"copy the Signing Secret from Basic Information once more"
	secs, err := strconv.ParseInt(stamp, 10, 64)
	if err == nil && signed(a.opt.SigningSecret, stamp, signature, body, time.Unix(secs, 0)) {
		why = "a request of Slack's came with a time more than five minutes from this machine's: is its clock right?"
	}
	if _, told := a.told.get(why, at); told || signature == "" {
		return
	}
	a.told.put(why, struct{}{}, at.Add(time.Hour))
	a.log.Warn(why)
}

// skip notes what could not be read; what is simply none of the bot's business is not worth a line.
func (a *Adapter) skip(err error) {
	if !errors.Is(err, errIgnored) {
		a.log.Warn("could not read a delivery", "error", err)
	}
}

// signed says whether the body was signed with the secret at about now.
func signed(secret, stamp, signature string, body []byte, now time.Time) bool {
	secs, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || secret == "" {
		return false
	}
	if age := now.Sub(time.Unix(secs, 0)); age > signatureFor || age < -signatureFor {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	want := "v0=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(signature))
}
