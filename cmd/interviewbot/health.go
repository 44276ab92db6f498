package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/bot"
	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
)

// health answers machines: /healthz while the process lives, /readyz while it can do its work, with the reason when not,
// /metrics with what was handled.
func health(mux *http.ServeMux, worlds []*world, log *slog.Logger) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "ok")
	})
	bots := map[string]*bot.Bot{}
	for _, x := range worlds {
		bots[x.name] = x.bot
	}
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = bot.WriteMetrics(w, bots) // the other side is gone
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { readyz(w, r, worlds, log) })
}

// readyz answers with 503 while any part cannot do its work. A platform whose connection another process has is in order.
func readyz(w http.ResponseWriter, r *http.Request, worlds []*world, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	parts, ready := map[string]string{}, true
	for _, x := range worlds {
		troubles := x.troubles(ctx)
		if r.Context().Err() != nil {
			return // whoever asked has gone, and what failed may be that alone
		}
		for part, err := range troubles {
			parts[x.name+"/"+part] = told(part, err)
			if err != nil && !errors.Is(err, chat.ErrStandby) {
				ready = false
				log.Warn("not ready", "world", x.name, "part", part, "error", err.Error())
			}
		}
	}
	replicas, warnings, err := companions(ctx, worlds[0])
	for _, warning := range warnings {
		log.Warn(warning)
	}
	if err != nil {
		warnings = append(warnings, "the other replicas cannot be listed; the log says why")
		if ready { // else it says so already
			log.Warn("list the replicas", "error", err.Error())
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if !ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": ready, "replica": worlds[0].bot.Replica(), "version": worlds[0].version, "bank": worlds[0].bot.Bank().Hash(), "parts": parts, "replicas": replicas, "warnings": warnings})
}

// told is what /readyz says of a part. A store's error names hosts and users, which whoever asks need not know.
func told(part string, err error) string {
	switch {
	case err == nil:
		return "ok"
	case part == "store":
		return "cannot be read; the log says why"
	}
	return err.Error()
}

// companion is another replica, as /readyz shows it.
type companion struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Bank    string `json:"bank"`
	Seen    string `json:"seen"`
}

// companions lists the other replicas on the same store, and what is not as it should be: that they ask other questions, or are another
// version, which is right only while a new one is being rolled out.
func companions(ctx context.Context, w *world) (others []companion, warnings []string, err error) {
	others, warnings = []companion{}, []string{}
	all, err := w.bot.Replicas(ctx)
	if err != nil {
		return others, warnings, err
	}
	for _, r := range all {
		if r.ID == w.bot.Replica() {
			continue
		}
		others = append(others, companion{r.ID, r.Version, r.Bank, r.Seen.Format(time.RFC3339)})
		if r.Version != w.version {
			warnings = append(warnings, fmt.Sprintf("replica %s is version %s, this one is %s: they should be the same but for the time of an update", r.ID, r.Version, w.version))
		}
		if r.Bank != w.bot.Bank().Hash() {
			warnings = append(warnings, fmt.Sprintf("replica %s has another question bank: give every replica the same version and the same --content", r.ID))
		}
	}
	return others, warnings, nil
}

// troubles says for each part of the world what is wrong with it, nil when nothing is.
func (w *world) troubles(ctx context.Context) map[string]error {
	out := map[string]error{"store": w.store.View(ctx, func(tx store.Tx) error {
		_, err := tx.Due(tx.Now(), 1)
		return err
	})}
	for _, p := range w.platforms {
		out[p.Name()] = nil
		if h, ok := p.(chat.Health); ok {
			out[p.Name()] = h.Healthy()
		}
	}
	return out
}

// healthcheckCommand asks a running bot, for container engines that have no shell to ask with.
func healthcheckCommand() *cli.Command {
	return &cli.Command{
		Name: "healthcheck", Usage: "ask the running bot whether it is well, and print what it says; exits with 1 when not",
		Flags: []cli.Flag{&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", Usage: "`ADDRESS` it listens on", Sources: env("LISTEN", false)}},
		Action: func(ctx context.Context, c *cli.Command) error {
			host, port, err := net.SplitHostPort(c.String("listen"))
			if err != nil {
				return fmt.Errorf("--listen: %q is not an address; write host:port", c.String("listen"))
			}
			if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
				host = "127.0.0.1"
			}
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return fmt.Errorf("the bot does not answer: %w", err)
			}
			defer resp.Body.Close()
			said, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
			if err != nil {
				return fmt.Errorf("the bot does not answer: %w", err)
			}
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("the bot is not ready: %s\n%s", resp.Status, said)
			}
			_, err = fmt.Fprintf(c.Root().Writer, "ok\n%s", said)
			return err
		},
	}
}
