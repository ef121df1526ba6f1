package directory

import "runtime"

// AwaitReaders returns when so many wait for the object with the id.
func (c *Collection[T, C, U]) AwaitReaders(id string, n int) {
	_, _, changed := c.memory.get(id)
	for c.flights.readers(flightKey(id, changed)) < n {
		runtime.Gosched()
	}
}

func (f *flights[T]) readers(key string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if shared := f.shared[key]; shared != nil {
		return shared.users
	}
	return 0
}
