package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/interviewbot/interviewbot/adapters/playground"
)

// stopTime bounds a graceful stop: what is under way is finished, nothing new begins.
const stopTime = 10 * time.Second

// Serve runs the bot until ctx ends. It prints one line with its address once it is ready.
func Serve(ctx context.Context, cfg Config, out, errOut io.Writer) (err error) {
	log := newLog(cfg, errOut)
	bank, err := loadBank(cfg.Content)
	if err != nil {
		return fmt.Errorf("the question bank cannot be read:\n%w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w\nAnother program may be using the port; --listen 127.0.0.1:0 picks a free one", cfg.Listen, err)
	}
	defer listener.Close()

	worlds, err := openWorlds(ctx, cfg, bank, log)
	if err != nil {
		return err
	}
	defer func() {
		for _, w := range worlds {
			err = errors.Join(err, w.close())
		}
	}()
	address := listener.Addr().String()
	handler, err := site(cfg, worlds, address, log)
	if err != nil {
		return err
	}
	return serve(ctx, cfg, worlds, listener, handler, out, log)
}

func serve(ctx context.Context, cfg Config, worlds []*world, listener net.Listener, handler http.Handler, out io.Writer, log *slog.Logger) error {
	address := listener.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	group, ctx := errgroup.WithContext(ctx)
	for _, w := range worlds {
		group.Go(func() error { return w.run(ctx) })
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", address, err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime-2*time.Second)
		defer cancel()
		if err := server.Shutdown(limited); err != nil { // a request that would not end
			return server.Close()
		}
		return nil
	})
	if cfg.Content != "" {
		group.Go(func() error { return watchContent(ctx, cfg.Content, worlds, log) })
	}
	if cfg.Playground {
		fmt.Fprintf(out, "Interviewbot is ready: http://%s/\n", browserAddress(address))
	} else {
		fmt.Fprintf(out, "Interviewbot is ready on %s\n", address)
	}
	if cfg.Playground && public(cfg.Listen) {
		log.Warn("ANYBODY WHO CAN REACH THIS ADDRESS CAN USE THE PLAYGROUND AS ANY PERSON IN IT: it has no accounts. Listen on 127.0.0.1 unless that is what you want, or put something with a login before it", "listen", cfg.Listen)
	}
	return group.Wait()
}

// browserAddress is the address as a browser on this machine opens it.
func browserAddress(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err == nil && net.ParseIP(host).IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// site is all that is served: health for machines, the platforms' own routes, and the playground behind its guard.
func site(cfg Config, worlds []*world, address string, log *slog.Logger) (http.Handler, error) {
	mux := http.NewServeMux()
	health(mux, worlds, log)
	var rooms []*playground.Adapter
	for _, w := range worlds {
		if w.room != nil {
			rooms = append(rooms, w.room)
		}
		for pattern, h := range w.routes {
			mux.Handle(pattern, prompt(h))
		}
	}
	if !cfg.Playground {
		return mux, nil
	}
	pages := http.NewServeMux()
	for _, a := range rooms {
		pages.Handle("/"+a.Name()+"/", a.Handler())
	}
	doors, err := playground.Doors(rooms...)
	if err != nil {
		return nil, err
	}
	pages.Handle("/", doors)
	mux.Handle("/", playground.Guard(pages, address, cfg.Hosts...))
	return mux, nil
}

// promptly is how long a platform may take to send one request: a slow one holds no connection.
const promptly = 10 * time.Second

func prompt(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(promptly)) // only a connection that is no socket has none
		h.ServeHTTP(w, r)
	})
}

func newLog(cfg Config, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
