package peer

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// SSM returns the endpoint of a parameter store that holds parameters, name to
// value, all of them SecureString. See the package comment for its operations.
func SSM(t testing.TB, parameters map[string]string) string {
	t.Helper()
	s := &parameterStore{values: maps.Clone(parameters)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

type parameterStore struct {
	mu     sync.Mutex
	values map[string]string
}

type parameter struct {
	Name, Value, Type string
	Version           int
}

func (s *parameterStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in struct {
		Name, Path string
		Names      []string
		Recursive  bool
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"__type": "ValidationException", "message": err.Error()})
		return
	}
	switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); operation {
	case "GetParameter":
		value, ok := s.values[in.Name]
		if !ok {
			answer(w, http.StatusBadRequest, map[string]string{"__type": "ParameterNotFound"})
			return
		}
		answer(w, http.StatusOK, map[string]parameter{"Parameter": secure(in.Name, value)})
	case "GetParameters":
		found, missing := []parameter{}, []string{}
		for _, name := range in.Names {
			if value, ok := s.values[name]; ok {
				found = append(found, secure(name, value))
			} else {
				missing = append(missing, name)
			}
		}
		answer(w, http.StatusOK, map[string]any{"Parameters": found, "InvalidParameters": missing})
	case "GetParametersByPath":
		answer(w, http.StatusOK, map[string]any{"Parameters": s.below(in.Path, in.Recursive)})
	default:
		answer(w, http.StatusBadRequest, map[string]string{"__type": "UnknownOperationException", "message": operation})
	}
}

func (s *parameterStore) below(path string, recursive bool) []parameter {
	found := []parameter{}
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		rest, ok := strings.CutPrefix(name, strings.TrimSuffix(path, "/")+"/")
		if ok && (recursive || !strings.Contains(rest, "/")) {
			found = append(found, secure(name, s.values[name]))
		}
	}
	return found
}

func secure(name, value string) parameter {
	return parameter{Name: name, Value: value, Type: "SecureString", Version: 1}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone needs no answer
}
