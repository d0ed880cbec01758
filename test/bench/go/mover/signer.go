package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"sort"
	"strings"
	"time"
)

// signer signs requests by AWS Signature Version 4, their payload unsigned, as one does over TLS.
type signer struct{ accessKey, secretKey, region string }

func signerFromEnvironment() signer {
	return signer{os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_REGION")}
}

func (s signer) sign(request *http.Request) {
	now := time.Now().UTC()
	time, day := now.Format("20060102T150405Z"), now.Format("20060102")
	request.Header.Set("X-Amz-Date", time)
	request.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")

	values := map[string]string{"host": request.URL.Host}
	names := []string{"host"}
	for name := range request.Header {
		values[strings.ToLower(name)] = request.Header.Get(name)
		names = append(names, strings.ToLower(name))
	}
	sort.Strings(names)
	canonical := []string{request.Method, request.URL.EscapedPath(), request.URL.Query().Encode()}
	for _, name := range names {
		canonical = append(canonical, name+":"+values[name])
	}
	signed := strings.Join(names, ";")
	canonical = append(canonical, "", signed, "UNSIGNED-PAYLOAD")

	scope := day + "/" + s.region + "/s3/aws4_request"
	hash := sha256.Sum256([]byte(strings.Join(canonical, "\n")))
	text := strings.Join([]string{"AWS4-HMAC-SHA256", time, scope, hex.EncodeToString(hash[:])}, "\n")
	key := []byte("AWS4" + s.secretKey)
	for _, step := range []string{day, s.region, "s3", "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(step))
		key = mac.Sum(nil)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.accessKey+"/"+scope+
		", SignedHeaders="+signed+", Signature="+hex.EncodeToString(key))
}
