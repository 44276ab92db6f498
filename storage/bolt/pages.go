package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
)

// bbolt trusts its pages: on damaged ones it panics, faults, or does not end, and its own check does that in a goroutine of
// its own, where nothing can be caught. So the pages of a file are checked here by reading them, before bbolt is let at them.
// Their form is that of bbolt's internal/common: a header of 16 bytes, elements of 16 bytes, then keys and values.

const (
	pageHeader  = 16
	pageElement = 16
	metaLength  = 64

	branchPage   = 0x01
	leafPage     = 0x02
	freePage     = 0x10
	bucketFlag   = 0x01
	boltMagic    = 0xED0CDAED
	boltVersion  = 2
	manyFree     = 0xFFFF // then the number of free pages is the first of the list
	smallestPage = 1024
	largestPage  = 64 << 10
)

// pages walks over the pages of a file. Every page below limit is reached exactly once: two meta pages, those of the trees,
// those of the list of free pages, and those on that list.
type pages struct {
	ctx     context.Context
	file    *os.File
	size    uint64 // of a page
	limit   uint64
	claimed []uint64 // one bit a page
}

// meta is what the newer of the two valid meta pages says.
type meta struct {
	pageSize, root, free, limit, txid uint64
}

// checkPages checks all pages of a file, or, when whole is false, only its length and the list of free pages, which is what
// a damaged file must not be written to without.
func checkPages(ctx context.Context, path string, whole bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	m, err := readMeta(file)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if uint64(info.Size())/m.pageSize < m.limit {
		return fmt.Errorf("%w (it has %d bytes of %d)", ErrBroken, info.Size(), m.limit*m.pageSize)
	}
	p := &pages{ctx: ctx, file: file, size: m.pageSize, limit: m.limit, claimed: make([]uint64, m.limit/64+1)}
	if err := p.claim(0, 2); err != nil {
		return err
	}
	if whole {
		if err := p.tree(m.root, nil, nil); err != nil {
			return err
		}
	}
	if err := p.freeList(m.free); err != nil {
		return err
	}
	for id := range m.limit {
		if whole && p.claimed[id/64]&(1<<(id%64)) == 0 {
			return fmt.Errorf("%w (page %d is lost)", ErrBroken, id)
		}
	}
	return nil
}

// readMeta tries the places where the second meta page can be when the first is damaged.
func readMeta(file *os.File) (newest meta, err error) {
	for at := int64(0); at <= largestPage; at = max(smallestPage, 2*at) {
		b := make([]byte, pageHeader+metaLength)
		if _, err := file.ReadAt(b, at); err != nil {
			break
		}
		m, ok := parseMeta(b[pageHeader:])
		if ok && (at == 0 || uint64(at) == m.pageSize) && (newest.pageSize == 0 || m.txid > newest.txid) {
			newest = m
		}
	}
	if newest.pageSize == 0 {
		return newest, fmt.Errorf("%w (it has no valid start)", ErrBroken)
	}
	return newest, nil
}

func parseMeta(b []byte) (meta, bool) {
	n := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(b[:56])
	m := meta{pageSize: uint64(n.Uint32(b[8:])), root: n.Uint64(b[16:]), free: n.Uint64(b[32:]), limit: n.Uint64(b[40:]), txid: n.Uint64(b[48:])}
	return m, n.Uint32(b) == boltMagic && n.Uint32(b[4:]) == boltVersion && n.Uint64(b[56:]) == sum.Sum64() && m.pageSize >= smallestPage
}

func (p *pages) claim(id, n uint64) error {
	if id >= p.limit || n > p.limit-id {
		return fmt.Errorf("%w (there is no page %d)", ErrBroken, id)
	}
	for ; n > 0; id, n = id+1, n-1 {
		if p.claimed[id/64]&(1<<(id%64)) != 0 {
			return fmt.Errorf("%w (page %d is used twice)", ErrBroken, id)
		}
		p.claimed[id/64] |= 1 << (id % 64)
	}
	return nil
}

// read returns a page with those that it runs over into.
func (p *pages) read(id uint64) ([]byte, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	if err := p.claim(id, 1); err != nil {
		return nil, err
	}
	b := make([]byte, p.size)
	if _, err := p.file.ReadAt(b, int64(id*p.size)); err != nil {
		return nil, err
	}
	if own := binary.NativeEndian.Uint64(b); own != id {
		return nil, fmt.Errorf("%w (page %d says it is page %d)", ErrBroken, id, own)
	}
	more := uint64(binary.NativeEndian.Uint32(b[12:]))
	if more == 0 {
		return b, nil
	}
	if err := p.claim(id+1, more); err != nil {
		return nil, err
	}
	b = make([]byte, (more+1)*p.size)
	_, err := p.file.ReadAt(b, int64(id*p.size))
	return b, err
}

// tree checks a page and those below it: their keys are in order, and from low to below high (nil = no bound).
func (p *pages) tree(id uint64, low, high []byte) error {
	b, err := p.read(id)
	if err != nil {
		return err
	}
	return p.elements(id, b, low, high)
}

func (p *pages) elements(id uint64, b, low, high []byte) error {
	kind, n := binary.NativeEndian.Uint16(b[8:]), int(binary.NativeEndian.Uint16(b[10:]))
	if kind != leafPage && (kind != branchPage || n == 0) || pageHeader+n*pageElement > len(b) {
		return fmt.Errorf("%w (page %d is of no kind)", ErrBroken, id)
	}
	keys := make([][]byte, n+1)
	values := make([][]byte, n) // of a branch: none
	for i := range n {
		at := pageHeader + i*pageElement
		var ok bool
		if keys[i], values[i], ok = element(b[at:], kind); !ok {
			return fmt.Errorf("%w (element %d of page %d is outside of it)", ErrBroken, i, id)
		}
		if i > 0 && bytes.Compare(keys[i-1], keys[i]) >= 0 || i == 0 && bytes.Compare(keys[0], low) < 0 ||
			high != nil && bytes.Compare(keys[i], high) >= 0 {
			return fmt.Errorf("%w (element %d of page %d is not in order)", ErrBroken, i, id)
		}
	}
	keys[n] = high
	for i := range n {
		at := pageHeader + i*pageElement
		var err error
		switch {
		case kind == branchPage:
			err = p.tree(binary.NativeEndian.Uint64(b[at+8:]), keys[i], keys[i+1])
		case binary.NativeEndian.Uint32(b[at:])&bucketFlag != 0:
			err = p.bucket(id, values[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// element finds the key and the value of the element that b begins with; positions count from there.
func element(b []byte, kind uint16) (k, value []byte, ok bool) {
	n := binary.NativeEndian
	pos, keyLength, valueLength := uint64(n.Uint32(b)), uint64(n.Uint32(b[4:])), uint64(0)
	if kind == leafPage {
		pos, keyLength, valueLength = uint64(n.Uint32(b[4:])), uint64(n.Uint32(b[8:])), uint64(n.Uint32(b[12:]))
	}
	if keyLength == 0 || pos+keyLength+valueLength > uint64(len(b)) {
		return nil, nil, false
	}
	return b[pos : pos+keyLength], b[pos+keyLength : pos+keyLength+valueLength], true
}

// bucket checks a tree of its own; a small one lies within the value, as a page behind a header.
func (p *pages) bucket(id uint64, value []byte) error {
	const header = 16
	if len(value) < header {
		return fmt.Errorf("%w (a bucket on page %d is cut short)", ErrBroken, id)
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return p.tree(root, nil, nil)
	}
	if len(value) < header+pageHeader || binary.NativeEndian.Uint16(value[header+8:]) != leafPage {
		return fmt.Errorf("%w (a bucket on page %d is cut short)", ErrBroken, id)
	}
	return p.elements(id, value[header:], nil, nil)
}

func (p *pages) freeList(id uint64) error {
	b, err := p.read(id)
	if err != nil {
		return err
	}
	if binary.NativeEndian.Uint16(b[8:]) != freePage {
		return fmt.Errorf("%w (page %d is no list of free pages)", ErrBroken, id)
	}
	n := uint64(binary.NativeEndian.Uint16(b[10:]))
	b = b[pageHeader:]
	if n == manyFree {
		n, b = binary.NativeEndian.Uint64(b), b[8:]
	}
	if n > uint64(len(b))/8 {
		return fmt.Errorf("%w (the list of free pages is cut short)", ErrBroken)
	}
	for i := range n {
		if err := p.claim(binary.NativeEndian.Uint64(b[8*i:]), 1); err != nil {
			return err
		}
	}
	return nil
}
