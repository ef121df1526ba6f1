resource "kamiwaza_right" "this" {
  for_each = {
    "models.deploy"    = "Deploy a model to a cluster"
    "clusters.restart" = "Restart a cluster"
  }

  name        = each.key
  description = each.value
}
