package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

func (a *Adapter) routes() http.Handler {
	base := "/" + a.o.Name + "/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"{$}", a.servePage)
	mux.HandleFunc("GET "+base+"events", a.serveEvents)
	mux.HandleFunc("POST "+base+"say", deedRoute(a, func(ctx context.Context, s scene, b struct{ Text string }) outcome {
		return a.say(ctx, s, b.Text)
	}))
	mux.HandleFunc("POST "+base+"press", deedRoute(a, func(ctx context.Context, s scene, b struct {
		Message int
		Action  string
		Values  []string
	}) outcome {
		s.on(b.Message)
		return a.press(ctx, s, b.Action, b.Values)
	}))
	mux.HandleFunc("POST "+base+"submit", deedRoute(a, func(ctx context.Context, s scene, b struct {
		Message int
		Form    string
		Values  map[string][]string
	}) outcome {
		s.on(b.Message)
		return a.submit(ctx, s, b.Form, b.Values)
	}))
	mux.HandleFunc("POST "+base+"complete", deedRoute(a, func(ctx context.Context, s scene, b struct{ Text string }) outcome {
		return a.complete(ctx, s, b.Text)
	}))
	mux.HandleFunc("POST "+base+"person", deedRoute(a, a.changePerson))
	mux.HandleFunc("POST "+base+"channel", deedRoute(a, a.changeChannel))
	mux.HandleFunc("POST "+base+"clock", deedRoute(a, func(ctx context.Context, s scene, b struct{ To string }) outcome {
		return a.move(ctx, s, b.To)
	}))
	mux.HandleFunc("POST "+base+"over", deedRoute(a, func(ctx context.Context, s scene, _ struct{}) outcome {
		if s.room.kind == Self {
			return outcome{Say: plain("Only the demo team can be started over. What is here is yours, and stays.")}
		}
		if err := a.startOver(ctx, s.room); err != nil {
			a.log.Error("the space could not be started over", "space", s.room.space, "err", err)
			return outcome{Say: plain("Starting over did not work, so everything is as it was. Try again in a moment.")}
		}
		return outcome{}
	}))
	return mux
}

// deedRoute reads a deed, does it apart from the request, and answers with its outcome; a request that cannot be taken is
// answered with a sentence as plain text.
func deedRoute[B any](a *Adapter, do func(ctx context.Context, s scene, b B) outcome) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var d struct {
			deedOf
			Body B
		}
		s, err := scene{}, decode(r, &d)
		if err == nil {
			s, err = a.scene(d.deedOf)
		}
		var o outcome
		if err == nil {
			o, err = a.deeds.once(r.Context(), s.event.ID, func(ctx context.Context) outcome { return do(ctx, s, d.Body) })
		}
		var p problem
		switch {
		case errors.As(err, &p):
			refuse(w, p.status, p.sentence)
		case errors.Is(err, chat.ErrBusy):
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusServiceUnavailable, "The bot is just starting or stopping. Nothing was done; press again in a moment.")
		case err != nil:
			return // the page went away; the deed goes on
		default:
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			if err := json.NewEncoder(w).Encode(o); err != nil {
				a.log.Debug("an outcome was not taken", "err", err)
			}
		}
	}
}

// decode reads a JSON body; its errors are problems.
func decode(r *http.Request, into any) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return problem{http.StatusUnsupportedMediaType, "The page sent something that could not be read. Reload it and try again."}
	}
	err := json.NewDecoder(r.Body).Decode(into)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return problem{http.StatusRequestEntityTooLarge, "That is more than 1 MiB, which is more than anything here can hold. Nothing was sent, and your text is still in place: shorten it and send it again."}
	case err != nil:
		return problem{http.StatusBadRequest, "The page sent something that could not be read. Reload it and try again."}
	}
	return nil
}

// heartbeat keeps idle streams alive through proxies, and finds out which pages are gone.
const heartbeat = 15 * time.Second

// serveEvents is the stream of changes for one person, as server-sent events. It goes on after Last-Event-ID, or ?since.
func (a *Adapter) serveEvents(w http.ResponseWriter, r *http.Request) {
	room, as := a.current(), r.FormValue("as")
	_, known := room.who().person(as)
	known = known && r.FormValue("space") == string(room.space)
	since := r.Header.Get("Last-Event-ID")
	if since == "" {
		since = r.FormValue("since")
	}
	out := newStream(w, a.hub.boot)
	at := a.hub.at()
	if !known {
		out.change(told{rev: at, data: []byte(reset)}) // hears nothing but that it must read anew
		return
	}
	missed, e, ok := a.hub.listen(as, since)
	defer a.hub.leave(e)
	if !ok {
		missed = []told{{rev: at, data: []byte(reset)}}
	}
	for _, t := range missed {
		out.change(t)
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for out.err == nil {
		select {
		case <-r.Context().Done():
			return
		case t, ok := <-e.news:
			if !ok {
				return
			}
			out.change(t)
		case <-beat.C:
			out.send(": here\n\n")
		}
	}
}

const reset = `{"kind":"reset"}`

// stream writes server-sent events; after its first error it writes nothing.
type stream struct {
	w    http.ResponseWriter
	out  *http.ResponseController
	boot string
	err  error
}

func newStream(w http.ResponseWriter, boot string) *stream {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	s := &stream{w: w, out: http.NewResponseController(w), boot: boot}
	s.send("retry: 1000\n\n")
	return s
}

func (s *stream) change(t told) { s.send("id: %s.%d\ndata: %s\n\n", s.boot, t.rev, t.data) }

func (s *stream) send(format string, args ...any) {
	if s.err != nil {
		return
	}
	_ = s.out.SetWriteDeadline(time.Now().Add(2 * heartbeat)) // a server that cannot has no deadlines
	if _, s.err = fmt.Fprintf(s.w, format, args...); s.err == nil {
		s.err = s.out.Flush()
	}
}

// servePage renders the whole page: who acts, where, and what is there.
func (a *Adapter) servePage(w http.ResponseWriter, r *http.Request) {
	before, _ := strconv.Atoi(r.FormValue("before"))
	v := a.pageView(r.Context(), r.FormValue("as"), r.FormValue("in"), before)
	html, err := a.fragment("page", v)
	if err != nil {
		a.log.Error("the page could not be rendered", "err", err)
		refuse(w, http.StatusInternalServerError, "The page could not be drawn. Reload it; if it stays so, tell whoever runs the bot.")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(html)) // the page went away
}
