package runtimeapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

const (
	version = "/2018-06-01/runtime"
	// A synchronous response may be 6 MB.
	maxResponse = 6 << 20
)

func (s *sandbox) routes() http.Handler {
	current := make(chan string, 1) // the invocation the process is at
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+version+"/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		s.ready.Do(func() { close(s.waiting) })
		select {
		case inv := <-s.next:
			id := inv.id()
			current <- id
			header := w.Header()
			header.Set("Content-Type", "application/json")
			header.Set("Lambda-Runtime-Aws-Request-Id", id)
			header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
			header.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:"+s.options.Function)
			header.Set("Lambda-Runtime-Trace-Id", fmt.Sprintf("Root=1-%08x-%024x;Sampled=0", inv.deadline.Unix(), inv.number))
			_, _ = w.Write(inv.payload) // a process that is gone is seen elsewhere
		case <-r.Context().Done():
		}
	})
	settle := func(read func(*http.Request) result) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			outcome := read(r)
			select {
			case id := <-current:
				if id == r.PathValue("id") {
					s.results <- outcome
					accept(w)
					return
				}
				current <- id
			default:
			}
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"errorType":"InvalidRequestID","errorMessage":"this invocation is not under way"}`)
		}
	}
	mux.HandleFunc("POST "+version+"/invocation/{id}/response", settle(readResponse))
	mux.HandleFunc("POST "+version+"/invocation/{id}/error", settle(readError))
	mux.HandleFunc("POST "+version+"/init/error", func(w http.ResponseWriter, r *http.Request) {
		select {
		case s.broken <- readError(r):
		default: // one report is enough
		}
		accept(w)
	})
	return mux
}

func accept(w http.ResponseWriter) {
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func (i invocation) id() string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i.number) }

func readResponse(r *http.Request) result {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	switch {
	case err != nil:
		return result{err: &FunctionError{Type: ExitError, Message: "the response ended early: " + err.Error()}}
	case len(body) > maxResponse:
		_, _ = io.Copy(io.Discard, r.Body)
		return result{err: &FunctionError{Type: ResponseTooLarge, Message: "Response payload size exceeded maximum allowed payload size (6291456 bytes)."}}
	}
	return result{response: body}
}

// readError reads what a runtime reports; a body that is not of its form becomes the
// message, and the type is then the one in the header.
func readError(r *http.Request) result {
	var report struct {
		Type       string  `json:"errorType"`
		Message    string  `json:"errorMessage"`
		StackTrace []Frame `json:"stackTrace"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse))
	if err == nil {
		err = json.Unmarshal(body, &report)
	}
	if err != nil {
		return result{err: &FunctionError{Type: r.Header.Get("Lambda-Runtime-Function-Error-Type"), Message: string(body)}}
	}
	return result{err: &FunctionError{Type: report.Type, Message: report.Message, StackTrace: report.StackTrace}}
}
