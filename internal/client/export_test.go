package client

// Sleep is what waits where a test does not say otherwise.
var Sleep = sleep

// SetMaxAnswer changes the bound of an answer, in bytes.
func (c *Client) SetMaxAnswer(n int64) { c.maxAnswer = n }

// RedirectTarget decides whether a redirect is followed.
var RedirectTarget = redirectTarget
