// Command mover does the pipeline's job the way one would write it in Go with the standard library: one GET, SHA-1 over
// the file, a CRC-32 for each part, and parts of 8 MiB to S3, four at a time. What to move is in the environment.
package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
	"sync"
)

const (
	partBytes       = 8 << 20
	uploadsInFlight = 4
)

type completedPart struct {
	PartNumber    int
	ETag          string
	ChecksumCRC32 string
}

type filledPart struct {
	number int
	buffer []byte
	bytes  []byte
}

func main() {
	log.SetFlags(0)
	// A transport with a TLS configuration of its own keeps to HTTP/1.1.
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{},
		MaxIdleConnsPerHost: uploadsInFlight,
		DisableCompression:  true,
	}}
	bucket := bucket{client: client, url: os.Getenv("S3_URL") + "/" + os.Getenv("S3_BUCKET"), signer: signerFromEnvironment()}
	if err := move(client, os.Getenv("SOURCE_URL"), os.Getenv("SHA1"), bucket, os.Getenv("S3_KEY")); err != nil {
		log.Fatal(err)
	}
}

func move(client *http.Client, sourceURL, wantedSHA1 string, bucket bucket, key string) error {
	source, err := client.Get(sourceURL)
	if err != nil {
		return err
	}
	defer source.Body.Close()
	if source.StatusCode != http.StatusOK && source.StatusCode != http.StatusPartialContent {
		return fmt.Errorf("the source answered %s", source.Status)
	}
	uploadID, err := bucket.createUpload(key)
	if err != nil {
		return err
	}

	free := make(chan []byte, uploadsInFlight+1)
	for range cap(free) {
		free <- make([]byte, partBytes)
	}
	filled := make(chan filledPart)
	var senders sync.WaitGroup
	var mutex sync.Mutex
	var completed []completedPart
	var failure error
	for range uploadsInFlight {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for part := range filled {
				stored, err := bucket.uploadPart(key, uploadID, part)
				free <- part.buffer
				mutex.Lock()
				completed, failure = append(completed, stored), errors.Join(failure, err)
				mutex.Unlock()
			}
		}()
	}

	digest := sha1.New()
	readErr := readParts(source.Body, free, func(part filledPart) {
		digest.Write(part.bytes)
		filled <- part
	})
	close(filled)
	senders.Wait()
	if err := errors.Join(readErr, failure); err != nil {
		return err
	}
	if got := hex.EncodeToString(digest.Sum(nil)); got != wantedSHA1 {
		return fmt.Errorf("the file's SHA-1 is %s, not %s", got, wantedSHA1)
	}
	sort.Slice(completed, func(a, b int) bool { return completed[a].PartNumber < completed[b].PartNumber })
	return bucket.completeUpload(key, uploadID, completed)
}

func readParts(body io.Reader, free <-chan []byte, hand func(filledPart)) error {
	for number := 1; ; number++ {
		buffer := <-free
		length, err := io.ReadFull(body, buffer)
		if length > 0 {
			hand(filledPart{number, buffer, buffer[:length]})
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type bucket struct {
	client *http.Client
	url    string
	signer signer
}

func (b bucket) createUpload(key string) (string, error) {
	headers := http.Header{"X-Amz-Checksum-Algorithm": {"CRC32"}}
	answer, err := b.send("POST", key+"?uploads=", headers, nil)
	if err != nil {
		return "", err
	}
	var created struct{ UploadId string }
	err = xml.Unmarshal(answer.body, &created)
	return created.UploadId, err
}

func (b bucket) uploadPart(key, uploadID string, part filledPart) (completedPart, error) {
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(part.bytes))
	checksum := base64.StdEncoding.EncodeToString(sum)
	query := fmt.Sprintf("%s?partNumber=%d&uploadId=%s", key, part.number, uploadID)
	answer, err := b.send("PUT", query, http.Header{"X-Amz-Checksum-Crc32": {checksum}}, part.bytes)
	if err != nil {
		return completedPart{}, err
	}
	return completedPart{part.number, answer.etag, checksum}, nil
}

func (b bucket) completeUpload(key, uploadID string, parts []completedPart) error {
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []completedPart
	}{Part: parts})
	if err != nil {
		return err
	}
	_, err = b.send("POST", key+"?uploadId="+uploadID, http.Header{}, body)
	return err
}

type answer struct {
	etag string
	body []byte
}

func (b bucket) send(method, pathAndQuery string, headers http.Header, body []byte) (answer, error) {
	request, err := http.NewRequest(method, b.url+"/"+pathAndQuery, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header = headers
	b.signer.sign(request)
	response, err := b.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", method, request.URL.Path, response.Status, content)
	}
	return answer{response.Header.Get("ETag"), content}, err
}
