package authserver

import "sync"

// faultList is the faults in force.
type faultList struct {
	mu   sync.Mutex
	list []*activeFault
}

type activeFault struct {
	Fault
	matched int // requests of its method and route so far
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, &activeFault{Fault: f})
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = nil
}

// strike returns what strikes a request: the faults in one, or a zero Fault.
func (l *faultList) strike(method, route, path string) Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum Fault
	for _, f := range l.list {
		if f.Method != "" && f.Method != method || f.Route != "" && f.Route != route && f.Route != path {
			continue
		}
		f.matched++
		if f.matched <= f.After || f.Times > 0 && f.matched > f.After+f.Times {
			continue
		}
		latency := sum.Latency + f.Latency
		if f.Status != 0 || f.Drop != "" || f.Truncate {
			sum = f.Fault
			sum.Latency = latency
			break
		}
		sum.Latency = latency
	}
	return sum
}

// struck is a fault in the answer of /_dev/faults: with what became of it.
type struck struct {
	Fault   Fault `json:"fault"`
	Matched int   `json:"matched"` // requests of its method and route
	Struck  int   `json:"struck"`  // how many of those it was due for
}

func (l *faultList) report() []struck {
	l.mu.Lock()
	defer l.mu.Unlock()
	reports := make([]struck, len(l.list))
	for i, f := range l.list {
		due := max(0, f.matched-f.After)
		if f.Times > 0 {
			due = min(due, f.Times)
		}
		reports[i] = struck{f.Fault, f.matched, due}
	}
	return reports
}
