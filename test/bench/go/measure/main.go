// Command measure runs a program and writes to the file named first, as JSON, what the program and all it waited for
// took: seconds, CPU seconds, and the peak memory of the largest process. It is small itself, because a process
// inherits the peak memory of the one that started it.
package main

import (
	"encoding/json"
	"log"
	"os"
	"os/exec"
	"syscall"
	"time"
)

type report struct {
	Seconds    float64 `json:"seconds"`
	CpuSeconds float64 `json:"cpuSeconds"`
	PeakBytes  int64   `json:"peakBytes"`
}

func main() {
	log.SetFlags(0)
	program := exec.Command(os.Args[2], os.Args[3:]...)
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := program.Run()
	seconds := time.Since(start).Seconds()
	if err != nil {
		log.Fatalf("%s: %v", os.Args[2], err)
	}
	state := program.ProcessState
	usage := state.SysUsage().(*syscall.Rusage)
	cpu := state.UserTime() + state.SystemTime()
	bytes, err := json.Marshal(report{seconds, cpu.Seconds(), usage.Maxrss * 1024})
	if err == nil {
		err = os.WriteFile(os.Args[1], bytes, 0o600)
	}
	if err != nil {
		log.Fatal(err)
	}
}
