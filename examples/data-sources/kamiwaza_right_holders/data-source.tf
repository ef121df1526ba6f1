resource "kamiwaza_right" "delete" {
  name = "models.delete"
}

data "kamiwaza_right_holders" "delete" {
  right_id = kamiwaza_right.delete.id
}

check "who_deletes_models" {
  assert {
    condition     = length(setsubtract(data.kamiwaza_right_holders.delete.usernames, ["amara"])) == 0
    error_message = "Only amara should be able to delete models, but these users can: ${join(", ", data.kamiwaza_right_holders.delete.usernames)}."
  }
}
