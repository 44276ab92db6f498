package bolt

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/interviewbot/interviewbot/bot/store"
)

// While a Store is open, other processes of the same user reach it through a Unix socket beside the file: a line of JSON
// each way, a Request and its Reply, as many as the caller likes on one connection.

const (
	// ErrNotRunning: no process has the data file open.
	ErrNotRunning store.Error = "no copy is running with this data file"

	errDeed     store.Error = "there is no such request"
	errRelative store.Error = "the path must begin at the root"
	errOccupied store.Error = "something that is not a socket has its name"
	errLong     store.Error = "its path is too long for a socket: with a shorter one, tools can talk to the running copy"
)

// Request asks a running copy for something.
type Request struct {
	Do   string `json:"do"`             // ping, status or backup
	Path string `json:"path,omitempty"` // backup: the new file, beginning at the root
}

// Reply answers a Request.
type Reply struct {
	Error  string  `json:"error,omitempty"` // a sentence; "" = done
	Status *Status `json:"status,omitempty"`
}

// Status is how a running copy is.
type Status struct {
	PID    int   `json:"pid"`
	Format int   `json:"format"`
	Bytes  int64 `json:"bytes"` // of the file
	Free   int64 `json:"free"`  // of these, to be used again
}

const (
	socketLength  = 104 // the least that a system allows, with its end: macOS; Linux has 108
	requestLength = 64 << 10
	idle          = time.Minute
)

func socketPath(path string) string { return path + ".sock" }

// socket serves the requests of other processes.
type socket struct {
	store    *Store
	listener net.Listener
	path     string
	ctx      context.Context
	cancel   context.CancelFunc
	open     sync.WaitGroup
}

// listen makes the socket. The file's lock is held, so a socket that is there belongs to a copy that has gone.
func listen(s *Store) (*socket, error) {
	path := socketPath(s.path)
	if len(path) >= socketLength {
		return nil, fmt.Errorf("listen beside %s: %w", s.path, errLong)
	}
	switch info, err := os.Lstat(path); {
	case err == nil && info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("listen at %s: %w", path, errOccupied)
	case err == nil:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return nil, err
	}
	k := &socket{store: s, listener: listener, path: path}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	k.open.Go(k.accept)
	return k, nil
}

// close ends what is under way, and waits for it. It may be called again.
func (k *socket) close() error {
	k.cancel()
	err := k.listener.Close() // removes the socket's name too
	k.open.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (k *socket) accept() {
	for {
		conn, err := k.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of descriptors, say
			select {
			case <-k.ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		k.open.Go(func() { k.serve(conn) })
	}
}

func (k *socket) serve(conn net.Conn) {
	defer context.AfterFunc(k.ctx, func() { conn.Close() })()
	defer conn.Close()
	in := bufio.NewReaderSize(conn, requestLength)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(idle)); err != nil {
			return
		}
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		var r Request
		var reply Reply
		if err := json.Unmarshal(line, &r); err != nil {
			reply.Error = "the request is not a line of JSON"
		} else if reply, err = k.do(r); err != nil {
			reply.Error = err.Error()
		}
		if err := json.NewEncoder(conn).Encode(reply); err != nil {
			return
		}
	}
}

func (k *socket) do(r Request) (Reply, error) {
	switch r.Do {
	case "ping":
		return Reply{}, nil
	case "status":
		status, err := k.store.status()
		return Reply{Status: &status}, err
	case "backup":
		if !filepath.IsAbs(r.Path) {
			return Reply{}, fmt.Errorf("back up to %q: %w", r.Path, errRelative)
		}
		return Reply{}, k.store.Backup(k.ctx, r.Path)
	}
	return Reply{}, fmt.Errorf("%q: %w", r.Do, errDeed)
}

func (s *Store) status() (Status, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return Status{}, err
	}
	return Status{PID: os.Getpid(), Format: format, Bytes: info.Size(),
		Free: int64(s.db.Stats().FreePageN) * int64(s.db.Info().PageSize)}, nil
}

// Ask sends one request to the copy that runs with the data file and waits for the reply, whose Error comes back as an
// error. ErrNotRunning when there is no such copy, or it has no socket.
func Ask(ctx context.Context, path string, r Request) (Reply, error) {
	reply, err := ask(ctx, path, r)
	if ctx.Err() != nil {
		return Reply{}, ctx.Err()
	}
	if err != nil {
		return Reply{}, fmt.Errorf("talk to the copy with %s: %w", path, err)
	}
	if reply.Error != "" {
		return reply, store.Error(reply.Error)
	}
	return reply, nil
}

func ask(ctx context.Context, path string, r Request) (reply Reply, err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socketPath(path))
	if err != nil {
		return reply, fmt.Errorf("%w (%v)", ErrNotRunning, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := json.NewEncoder(conn).Encode(r); err != nil {
		return reply, err
	}
	return reply, json.NewDecoder(io.LimitReader(conn, requestLength)).Decode(&reply)
}
