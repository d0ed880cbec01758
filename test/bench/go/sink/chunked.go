package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// chunkedReader reads a body in the encoding aws-chunked, with or without signatures and trailers.
type chunkedReader struct {
	source *bufio.Reader
	// Bytes of the current chunk that are still to come.
	rest  int64
	begun bool
	ended bool
}

func (c *chunkedReader) Read(buffer []byte) (int, error) {
	if c.ended {
		return 0, io.EOF
	}
	if c.rest == 0 {
		if err := c.nextChunk(); err != nil {
			return 0, err
		}
	}
	length, err := c.source.Read(buffer[:min(int64(len(buffer)), c.rest)])
	c.rest -= int64(length)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return length, err
}

func (c *chunkedReader) nextChunk() error {
	if c.begun {
		if _, err := c.source.Discard(2); err != nil {
			return err
		}
	}
	c.begun = true
	line, err := c.source.ReadString('\n')
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
	c.rest, err = strconv.ParseInt(size, 16, 64)
	if err != nil {
		return fmt.Errorf("no size of a chunk: %w", err)
	}
	if c.rest == 0 {
		c.ended = true
		io.Copy(io.Discard, c.source)
		return io.EOF
	}
	return nil
}
