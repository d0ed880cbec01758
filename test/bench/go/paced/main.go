// Command paced starts nginx with a listening socket whose connections send no faster than the given bytes a second.
// nginx's own limit_rate grants every request a second's bytes at once, so that it does not limit short ranges.
// Arguments: address to listen on, bytes a second, and nginx with its arguments.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"strconv"
	"syscall"
)

const soMaxPacingRate = 47

func main() {
	log.SetFlags(0)
	rate, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	config := net.ListenConfig{Control: func(_, _ string, connection syscall.RawConn) error {
		var failure error
		err := connection.Control(func(descriptor uintptr) {
			failure = syscall.SetsockoptInt(int(descriptor), syscall.SOL_SOCKET, soMaxPacingRate, rate)
		})
		if err != nil {
			return err
		}
		return failure
	}}
	listener, err := config.Listen(context.Background(), "tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		log.Fatal(err)
	}
	// nginx takes over listening sockets by their descriptors, as it does from its predecessor.
	descriptor, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		log.Fatal(err)
	}
	environment := append(os.Environ(), "NGINX="+strconv.Itoa(descriptor)+";")
	log.Fatal(syscall.Exec(os.Args[3], os.Args[3:], environment))
}
