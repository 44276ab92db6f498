package playground

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/http"
	"strings"
	"time"
)

// Preview is one question as two platforms would show it.
type Preview struct {
	Title    string
	Findings []string // what the lint says, a line each; shown above all
	Shown    []Shown
	Version  string // the page reloads when /version answers another
}

// Shown is one message on its way out, as the adapters wrote it: Slack's list of blocks and Discord's body, both JSON.
type Shown struct {
	Title          string
	Private        bool
	Slack, Discord []byte
}

// PreviewRoutes serves a preview: its page at "/", its version at "/version" and the files that the page needs. current is asked for every
// request; an error of it is shown in the page's place. Put Guard in front of it.
func PreviewRoutes(current func(*http.Request) (Preview, error)) (http.Handler, error) {
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	files, err := Doors()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", files)
	mux.Handle("GET /favicon.ico", files)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, r *http.Request) {
		p, err := current(r)
		if err != nil {
			p.Version = "error"
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, p.Version) // the page went away
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		p, err := current(r)
		if err != nil {
			p = Preview{Title: "The preview cannot be made", Findings: []string{err.Error()}, Version: "error"}
		}
		var page strings.Builder
		view, err := p.view()
		if err == nil {
			err = pages.ExecuteTemplate(&page, "preview", view)
		}
		if err != nil {
			refuse(w, http.StatusInternalServerError, "The preview cannot be shown: "+err.Error())
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, page.String()) // the page went away
	})
	return mux, nil
}

// previewView is what the template shows.
type previewView struct {
	Title, Version string
	Findings       []string
	Rows           []previewRow
}

type previewRow struct {
	Title          string
	Private        bool
	Slack, Discord template.HTML
}

func (p Preview) view() (previewView, error) {
	v := previewView{Title: p.Title, Version: p.Version, Findings: p.Findings}
	for _, s := range p.Shown {
		row := previewRow{Title: s.Title, Private: s.Private}
		var err error
		if row.Slack, err = slackHTML(s.Slack); err == nil {
			row.Discord, err = discordHTML(s.Discord)
		}
		if err != nil {
			return v, fmt.Errorf("show %q: %w", s.Title, err)
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// markup collects HTML; whatever text goes into it is escaped.
type markup struct{ strings.Builder }

func (m *markup) text(s string) { m.WriteString(html.EscapeString(s)) }

// in writes something between the tags of an element.
func (m *markup) in(element, class string, inside func()) {
	m.WriteString("<" + element)
	if class != "" {
		m.WriteString(` class="` + html.EscapeString(class) + `"`)
	}
	m.WriteString(">")
	inside()
	m.WriteString("</" + element + ">")
}

func (m *markup) link(address, text string) {
	if !httpLink(address) {
		m.text(text)
		return
	}
	m.WriteString(`<a href="` + html.EscapeString(address) + `" target="_blank" rel="noopener noreferrer">`)
	m.text(text)
	m.WriteString("</a>")
}

// button shows a button that does nothing.
func (m *markup) button(class, label string) {
	m.in("span", "button "+class, func() { m.text(label) })
}

// instant shows a time as a client in UTC would.
func (m *markup) instant(unix int64, layout string) {
	at := time.Unix(unix, 0).UTC()
	m.WriteString(`<time datetime="` + at.Format(time.RFC3339) + `">`)
	m.text(at.Format(layout))
	m.WriteString("</time>")
}

func readJSON(body []byte, into any) error {
	if len(body) == 0 {
		return nil
	}
	return json.Unmarshal(body, into)
}
