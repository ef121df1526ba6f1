# Who may see which datasets?
list "kamiwaza_resource_grant" "viewers" {
  provider = kamiwaza
  limit    = 10000

  config {
    object_namespace = "dataset"
    relation         = "viewer"
  }
}
