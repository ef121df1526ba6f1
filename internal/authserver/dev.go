package authserver

import (
	"encoding/json"
	"net/http"
)

// devRoutes builds the router of /_dev, which needs no credentials.
func (s *Server) devRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_dev/requests", func(w http.ResponseWriter, _ *http.Request) {
		requests, counts := s.requests.list()
		if len(requests) == 0 { // no nulls
			requests, counts = []Request{}, map[string]int{}
		}
		succeeded(http.StatusOK, map[string]any{"counts": counts, "requests": requests}).write(w, false)
	})
	mux.HandleFunc("DELETE /_dev/requests", func(w http.ResponseWriter, _ *http.Request) {
		s.ResetRequests()
		succeeded(http.StatusOK, Message("Requests forgotten")).write(w, false)
	})
	mux.HandleFunc("GET /_dev/faults", func(w http.ResponseWriter, _ *http.Request) {
		succeeded(http.StatusOK, s.faults.report()).write(w, false)
	})
	mux.HandleFunc("DELETE /_dev/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		succeeded(http.StatusOK, Message("Faults ended")).write(w, false)
	})
	mux.HandleFunc("POST /_dev/faults", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		data, err := readAll(r)
		if err != nil {
			refused(err).write(w, false)
			return
		}
		var f Fault
		if err = json.Unmarshal(data, &f); err == nil {
			err = s.inject(f)
		}
		if err != nil {
			refusedWith(http.StatusUnprocessableEntity, err.Error()).write(w, false)
			return
		}
		succeeded(http.StatusOK, Message("Fault in force")).write(w, false)
	})
	return mux
}
