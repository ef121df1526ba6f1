# Who has which relation to datasets?
list "kamiwaza_relationship_tuple" "datasets" {
  provider = kamiwaza
  limit    = 10000

  config {
    object_namespace = "dataset"
  }
}
