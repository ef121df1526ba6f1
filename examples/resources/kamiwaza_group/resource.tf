resource "kamiwaza_group" "platform" {
  name        = "platform"
  description = "Runs the clusters"
}
