# All identity providers.
list "kamiwaza_identity_provider" "all" {
  provider = kamiwaza
}
