// go-mock gives the mock's contract with Go's net/http and time.Sleep, for the mock to be compared with.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"sync/atomic"
	"time"
)

const defaultModel = "mock-gpt-4"

type chatRequest struct {
	Model  string `json:"model"`
	Stream bool   `json:"stream"`
}

type message struct {
	Role    string `json:"role,omitempty"`
	Content string `json:"content,omitempty"`
}

type choice struct {
	Index        int      `json:"index"`
	Message      *message `json:"message,omitempty"`
	Delta        *message `json:"delta,omitempty"`
	FinishReason *string  `json:"finish_reason"`
}

type usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
	TotalTokens      int `json:"total_tokens"`
}

type completion struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
}

type server struct {
	latency    time.Duration
	chunkDelay time.Duration
	requests   atomic.Int64
}

func main() {
	port := flag.Int("port", 9000, "port on loopback")
	latency := flag.Duration("latency", 0, "delay before each completion")
	chunkDelayMs := flag.Int("stream-chunk-delay-ms", 10, "pause after each SSE chunk")
	flag.Parse()

	s := &server{latency: *latency, chunkDelay: time.Duration(*chunkDelayMs) * time.Millisecond}
	go s.printRate()
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("/v1/models", func(w http.ResponseWriter, _ *http.Request) {
		model := map[string]any{"id": defaultModel, "object": "model", "created": time.Now().Unix(), "owned_by": "mock"}
		writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": []any{model}})
	})
	mux.HandleFunc("/v1/chat/completions", s.chat)
	// Loopback only: nobody else has business here.
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), mux))
}

// chat sleeps before it reads the body, as the published mock does.
func (s *server) chat(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writeJSON(w, http.StatusMethodNotAllowed, map[string]string{"error": "POST only"})
		return
	}
	s.requests.Add(1)
	if s.latency > 0 {
		time.Sleep(s.latency)
	}
	var request chatRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the body is not JSON"})
		return
	}
	if request.Model == "" {
		request.Model = defaultModel
	}
	answer := completion{
		ID:      fmt.Sprintf("chatcmpl-%08x", rand.Uint32()),
		Created: time.Now().Unix(),
		Model:   request.Model,
	}
	if request.Stream {
		s.stream(w, answer)
		return
	}
	stop := "stop"
	answer.Object = "chat.completion"
	answer.Choices = []choice{{
		Message:      &message{Role: "assistant", Content: "Mock response from a minimal Go upstream server.."},
		FinishReason: &stop,
	}}
	answer.Usage = &usage{PromptTokens: 10, CompletionTokens: 8, TotalTokens: 18}
	writeJSON(w, http.StatusOK, answer)
}

func (s *server) stream(w http.ResponseWriter, chunk completion) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	chunk.Object = "chat.completion.chunk"
	flusher, canFlush := w.(http.Flusher)
	send := func(delta message, finish *string) {
		chunk.Choices = []choice{{Delta: &delta, FinishReason: finish}}
		data, err := json.Marshal(chunk)
		if err != nil {
			return
		}
		fmt.Fprintf(w, "data: %s\n\n", data)
		if canFlush {
			flusher.Flush()
		}
	}
	for _, word := range []string{"Mock", " streaming", " response", " from", " Go", " server."} {
		send(message{Content: word}, nil)
		if s.chunkDelay > 0 {
			time.Sleep(s.chunkDelay)
		}
	}
	stop := "stop"
	send(message{}, &stop)
	fmt.Fprint(w, "data: [DONE]\n\n")
}

func (s *server) printRate() {
	last := int64(0)
	for range time.Tick(5 * time.Second) {
		now := s.requests.Load()
		log.Printf("%.0f requests/s", float64(now-last)/5)
		last = now
	}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client may be gone; there is nobody to tell.
	_ = json.NewEncoder(w).Encode(value)
}
