// Command sink answers as S3 does where an object is uploaded, keeps nothing but its size and CRC-32s, and counts the
// requests. GET / returns all that as JSON, and forgets it.
package main

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"net"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"os"
)

type part struct {
	Number int    `json:"number"`
	Bytes  int64  `json:"bytes"`
	Crc32  uint32 `json:"crc32"`
}

type object struct {
	// In file order, once the upload is complete.
	Parts    []part `json:"parts"`
	Complete bool   `json:"complete"`
}

type sink struct {
	mutex    sync.Mutex
	objects  map[string]*object
	requests int
}

// The arguments are the files of the certificate and its key.
func main() {
	log.SetFlags(0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("https://%s\n", listener.Addr())
	server := &http.Server{Handler: &sink{objects: map[string]*object{}}}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0) // whoever started it is gone
	}()
	log.Fatal(server.ServeTLS(listener, os.Args[1], os.Args[2]))
}

func (s *sink) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	if request.Method == "GET" && request.URL.Path == "/" {
		s.tell(response)
		return
	}
	s.mutex.Lock()
	s.requests++
	s.mutex.Unlock()
	query := request.URL.Query()
	switch {
	case request.Method == "POST" && query.Has("uploads"):
		fmt.Fprint(response, "<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>")
	case request.Method == "POST":
		io.Copy(io.Discard, request.Body)
		s.change(request, func(object *object) {
			sort.Slice(object.Parts, func(a, b int) bool { return object.Parts[a].Number < object.Parts[b].Number })
			object.Complete = true
		})
		fmt.Fprint(response, `<CompleteMultipartUploadResult><ETag>"complete"</ETag></CompleteMultipartUploadResult>`)
	case request.Method == "PUT":
		s.receive(response, request, query.Get("partNumber"))
	case request.Method == "HEAD":
		s.describe(response, request)
	case request.Method == "DELETE":
		response.WriteHeader(http.StatusNoContent)
	default:
		fmt.Fprint(response, "<ListBucketResult></ListBucketResult>")
	}
}

func (s *sink) receive(response http.ResponseWriter, request *http.Request, partNumber string) {
	body := io.Reader(request.Body)
	if strings.HasPrefix(request.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body = &chunkedReader{source: bufio.NewReaderSize(request.Body, 64<<10)}
	}
	sum, tag := crc32.NewIEEE(), md5.New()
	to := io.Writer(sum)
	// Some clients compare the ETag of an object with the MD5 that they announced.
	if partNumber == "" && request.ContentLength < 1<<20 {
		to = io.MultiWriter(sum, tag)
	}
	bytes, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{body}, make([]byte, 256<<10))
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	s.change(request, func(object *object) {
		number, _ := strconv.Atoi(partNumber)
		object.Parts = append(object.Parts, part{number, bytes, sum.Sum32()})
		object.Complete = partNumber == ""
	})
	response.Header().Set("ETag", `"`+hex.EncodeToString(tag.Sum(nil))+`"`)
}

func (s *sink) change(request *http.Request, how func(*object)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	path := request.URL.Path
	if s.objects[path] == nil {
		s.objects[path] = &object{}
	}
	how(s.objects[path])
}

func (s *sink) describe(response http.ResponseWriter, request *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	object := s.objects[request.URL.Path]
	if object == nil || !object.Complete {
		response.WriteHeader(http.StatusNotFound)
		return
	}
	var bytes int64
	for _, part := range object.Parts {
		bytes += part.Bytes
	}
	response.Header().Set("Content-Length", strconv.FormatInt(bytes, 10))
	response.Header().Set("ETag", `"complete"`)
	response.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
}

func (s *sink) tell(response http.ResponseWriter) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	json.NewEncoder(response).Encode(map[string]any{"objects": s.objects, "requests": s.requests})
	s.objects, s.requests = map[string]*object{}, 0
}
