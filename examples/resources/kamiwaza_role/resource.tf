resource "kamiwaza_role" "operator" {
  name        = "operator"
  description = "Keeps models and clusters running"
}
