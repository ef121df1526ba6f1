package export

func (c *company) writeYAML(Files) {}
