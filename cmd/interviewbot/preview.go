package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/adapters/playground"
	"github.com/interviewbot/interviewbot/questions"
)

// previewCommand shows a question as the platforms would.
func previewCommand(content cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "preview", Usage: "show a question as Slack and Discord would, in the browser", ArgsUsage: "ID|FILE",
		Description: "A file is read again when it changes, and what the lint says of it stands above.",
		Flags: []cli.Flag{content,
			&cli.IntFlag{Name: "port", Usage: "`PORT` on this machine; 0 picks a free one"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Len() != 1 {
				return errors.New("give one id or one file: interviewbot questions preview ID")
			}
			if p := c.Int("port"); p < 0 || p > 65535 {
				return fmt.Errorf("--port: %d is not a port; they go from 0 to 65535", p)
			}
			bank, err := loadBank(c.String("content"))
			if err != nil {
				return err
			}
			v, err := newPreviewer(bank, c.Args().First())
			if err != nil {
				return err
			}
			return servePreview(ctx, c, v)
		},
	}
}

func servePreview(ctx context.Context, c *cli.Command, v *previewer) error {
	routes, err := playground.PreviewRoutes(func(r *http.Request) (playground.Preview, error) { return v.current(r.Context()) })
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", c.Int("port")))
	if err != nil {
		return fmt.Errorf("listen: %w; leave --port out for a free one", err)
	}
	address := listener.Addr().String()
	server := &http.Server{Handler: playground.Guard(routes, address), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // nothing is under way that could be lost
	defer stop()
	if _, err := fmt.Fprintf(c.Root().Writer, "The preview is ready: http://%s/\nCtrl-C ends it.\n", address); err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the preview: %w", err)
	}
	return nil
}

// previewer makes the preview of a question, anew when its file has changed.
type previewer struct {
	file string // "" = the question does not change
	q    *questions.Question
	lock chan struct{} // holds one while it is made

	seen string
	made playground.Preview
}

// newPreviewer takes the id of a question, or the path of a file, which need not be in order yet.
func newPreviewer(bank *questions.Bank, what string) (*previewer, error) {
	v := &previewer{lock: make(chan struct{}, 1)}
	if isFile(what) {
		v.file = what
		_, err := v.content()
		return v, err
	}
	q, err := questionIn(bank, what)
	v.q = q
	return v, err
}

// isFile tells a path from an id: ids have neither dots nor slashes.
func isFile(what string) bool { return strings.ContainsAny(what, `./\`) }

// current is the preview as of now. One request makes it, the others wait.
func (v *previewer) current(ctx context.Context) (playground.Preview, error) {
	select {
	case v.lock <- struct{}{}:
		defer func() { <-v.lock }()
	case <-ctx.Done():
		return playground.Preview{}, ctx.Err()
	}
	content, err := v.content()
	if err != nil {
		return playground.Preview{}, err
	}
	version := questions.Hash(content)
	if version == v.seen {
		return v.made, nil
	}
	p, err := v.make(ctx, content)
	if err != nil {
		return p, err
	}
	p.Version = version
	v.seen, v.made = version, p
	return p, nil
}

func (v *previewer) content() ([]byte, error) {
	if v.file == "" {
		return v.q.YAML()
	}
	return readLimited("preview", v.file)
}

// make reads the question, asks the lint and lets the bot show it. A question that cannot be read has only problems to show.
func (v *previewer) make(ctx context.Context, content []byte) (playground.Preview, error) {
	name := v.file
	if name == "" {
		name = v.q.File()
	}
	q, problems := questions.Parse(name, content)
	p := playground.Preview{Title: name}
	if q == nil {
		for _, problem := range problems {
			p.Findings = append(p.Findings, problem.Error())
		}
		return p, nil
	}
	p.Title = q.Title
	dir, err := os.MkdirTemp("", "interviewbot-preview-")
	if err != nil {
		return p, fmt.Errorf("make room for the preview: %w", err)
	}
	err = v.show(ctx, &p, q, dir, content)
	return p, errors.Join(err, os.RemoveAll(dir))
}

func (v *previewer) show(ctx context.Context, p *playground.Preview, q *questions.Question, dir string, content []byte) error {
	folder := filepath.Join(dir, "content")
	for name, text := range map[string][]byte{q.File(): content, "first.yaml": []byte("- " + q.ID + "\n")} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
			return fmt.Errorf("make room for the preview: %w", err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			return fmt.Errorf("make room for the preview: %w", err)
		}
	}
	alone, err := questions.Load(os.DirFS(folder))
	if err != nil {
		return err
	}
	if p.Findings, err = v.findings(q, folder, alone); err != nil {
		return err
	}
	p.Shown, err = rehearse(ctx, alone, q, filepath.Join(dir, "preview.db"))
	return err
}

// findings are the lint's: of a question of the bank that is built in all, of others what it says of own content.
func (v *previewer) findings(q *questions.Question, folder string, alone *questions.Bank) (lines []string, err error) {
	built, err := questions.Embedded()
	if err != nil {
		return nil, err
	}
	bank, own := alone, false
	if _, taken := built.Question(q.ID); !taken {
		if bank, err = built.With(os.DirFS(folder)); err != nil {
			return nil, err
		}
		own = true
	}
	problems := bank.LintFiles(func(file string) bool { return file == q.File() })
	for _, p := range append(problems, bank.Stale(time.Now(), own)...) {
		if v.file == "" {
			p.Line = 0 // there is no file whose lines these are
		}
		lines = append(lines, graded(p))
	}
	if want := filepath.Base(v.file); v.file != "" && want != q.ID+".yaml" {
		lines = append(lines, fmt.Sprintf("%s: name the file %s.yaml, after its id, and put it into the folder %s", want, q.ID, q.Topic))
	}
	return lines, nil
}
