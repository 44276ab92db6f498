package playground

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// Doors serves "/", the first page with a door to each adapter (the demo first), and the files under "/static/" that all pages share. Put
// Guard in front of it. It fails only when the embedded files are broken.
func Doors(adapters ...*Adapter) (http.Handler, error) {
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	type door struct {
		Href string
		Demo bool
	}
	var doors []door
	adapters = slices.Clone(adapters)
	slices.SortStableFunc(adapters, func(a, b *Adapter) int { return int(a.o.Kind) - int(b.o.Kind) })
	for _, a := range adapters {
		doors = append(doors, door{"/" + a.o.Name + "/", a.o.Kind == Demo})
	}
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, "doors", doors); err != nil {
		return nil, fmt.Errorf("render the first page: %w", err)
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, fmt.Errorf("read the playground's files: %w", err)
	}
	version, err := assetVersion()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(page.Bytes()) // the page went away
	})
	mux.HandleFunc("GET /static/{version}/{file}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		if strings.HasSuffix(name, ".html") {
			http.NotFound(w, r) // templates are no pages
			return
		}
		w.Header().Set("Cache-Control", "no-cache") // a page from before an upgrade asks for what is no more
		if r.PathValue("version") == version {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		http.ServeFileFS(w, r, files, name)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "icon.svg")
	})
	return mux, nil
}
