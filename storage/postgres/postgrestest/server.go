// Package postgrestest finds or starts a PostgreSQL server for tests. It knows nothing of the bot.
package postgrestest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// Server is a server in a folder of its own, on a port of its own, that can be stopped and started. Its administrator has the
// password secret.
type Server struct {
	Address string // of its database postgres, as the administrator

	bin, folder string
	port        int
	user        *syscall.Credential
}

// Own starts a server for this test alone; it skips the test where PostgreSQL is not installed the way Debian does.
func Own(t testing.TB) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("a database server takes its time: it is left out of a short run")
	}
	bin := installed()
	if bin == "" {
		t.Skip("PostgreSQL is not installed the way Debian does")
	}
	s, err := start(bin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	return s
}

// installed is the folder of the newest server's programs, "" when there is none.
func installed() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return ""
	}
	return slices.Max(found)
}

func start(bin string) (*Server, error) {
	folder, err := os.MkdirTemp("", "interviewbot-postgres-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, folder: folder}
	if err := s.setUp(); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

func (s *Server) setUp() error {
	if os.Getuid() == 0 { // as whom it refuses to run
		if err := s.becomeSomebody(); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	l.Close()
	s.Address = fmt.Sprintf("postgres://postgres:secret@127.0.0.1:%d/postgres", s.port)
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o644); err != nil {
		return err
	}
	// A collation that is not that of bytes, to see that nothing depends on it.
	if err := s.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"); err != nil {
		return err
	}
	return s.Start()
}

func (s *Server) becomeSomebody() error {
	somebody, err := user.Lookup("postgres")
	if err != nil {
		if somebody, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, errU := strconv.Atoi(somebody.Uid)
	gid, errG := strconv.Atoi(somebody.Gid)
	if err := errors.Join(errU, errG); err != nil {
		return err
	}
	s.user = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.folder, uid, gid)
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Start starts the server after a Stop, and waits until it takes connections.
func (s *Server) Start() error {
	return s.command("pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(s.folder, "log"), "start", "-o",
		fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c max_connections=200", s.port, s.folder))
}

// Stop ends the server; how is fast (tidily, without waiting for anybody) or immediate (as if it crashed).
func (s *Server) Stop(how string) error {
	return s.command("pg_ctl", "-D", s.data(), "-w", "-m", how, "stop")
}

func (s *Server) remove() {
	s.Stop("immediate")
	os.RemoveAll(s.folder)
}

func (s *Server) command(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.folder
	if s.user != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.user}
	}
	// Not a pipe: the server would keep it open.
	out, err := os.CreateTemp("", "interviewbot-postgres-*.log")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}
