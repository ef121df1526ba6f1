package gateway

import "sync"

// countdown is how many requests are still to be refused, by what they are about.
type countdown struct {
	mu   sync.Mutex
	left map[string]int
}

// begin refuses the next requests about something.
func (c *countdown) begin(about string, requests int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if requests > 0 {
		c.left[about] = requests
	}
}

// strikes reports whether a request about something is to be refused.
func (c *countdown) strikes(about string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left[about] == 0 {
		return false
	}
	c.left[about]--
	return true
}
