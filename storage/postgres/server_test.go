package postgres_test

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
)

// server is the variable with the address of a server, as an administrator who may make databases. Without it the tests
// start a server of their own, if PostgreSQL is installed the way Debian does.
const server = "INTERVIEWBOT_TEST_POSTGRES"

// withServer runs the tests, and a server around them where there is none.
func withServer(run func() int) int {
	if os.Getenv(server) != "" {
		return run()
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return run()
	}
	own, err := startServer(slices.Max(found))
	if err != nil {
		fmt.Fprintln(os.Stderr, "no server of our own:", err)
		return run()
	}
	defer own.remove()
	os.Setenv(server, own.address) // also for the children of the tests
	return run()
}

// ownServer is a server in a folder of its own, on a port of its own.
type ownServer struct {
	bin, folder, address string
	port                 int
	user                 *syscall.Credential
}

func startServer(bin string) (*ownServer, error) {
	folder, err := os.MkdirTemp("", "interviewbot-postgres-")
	if err != nil {
		return nil, err
	}
	s := &ownServer{bin: bin, folder: folder}
	if err := s.setUp(); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

func (s *ownServer) setUp() error {
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
	s.address = fmt.Sprintf("postgres://postgres:secret@127.0.0.1:%d/postgres", s.port)
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o644); err != nil {
		return err
	}
	// A collation that is not that of bytes, to see that nothing depends on it.
	if err := s.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"); err != nil {
		return err
	}
	return s.start()
}

func (s *ownServer) becomeSomebody() error {
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

func (s *ownServer) data() string { return filepath.Join(s.folder, "data") }

func (s *ownServer) start() error {
	return s.command("pg_ctl", "-D", s.data(), "-w", "-l", filepath.Join(s.folder, "log"), "start", "-o",
		fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories=%s -c max_connections=200", s.port, s.folder))
}

// stop ends the server; how is fast (tidily, without waiting for anybody) or immediate (as if it crashed).
func (s *ownServer) stop(how string) error {
	return s.command("pg_ctl", "-D", s.data(), "-w", "-m", how, "stop")
}

func (s *ownServer) remove() {
	s.stop("immediate")
	os.RemoveAll(s.folder)
}

func (s *ownServer) command(name string, args ...string) error {
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
