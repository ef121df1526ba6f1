# The grants on each dataset, as one set.
list "kamiwaza_resource_grants" "datasets" {
  provider         = kamiwaza
  limit            = 10000
  include_resource = true

  config {
    object_namespace = "dataset"
  }
}
