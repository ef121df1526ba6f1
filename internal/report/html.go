package report

func (r Report) writeHTML(out *writer) {
	_ = out
}
