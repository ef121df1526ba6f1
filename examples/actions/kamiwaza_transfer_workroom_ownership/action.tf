data "kamiwaza_workroom" "forecasting" {
  name = "Forecasting"
}

data "kamiwaza_user" "amara" {
  username = "amara"
}

action "kamiwaza_transfer_workroom_ownership" "forecasting" {
  config {
    workroom_id         = data.kamiwaza_workroom.forecasting.id
    user_id             = data.kamiwaza_user.amara.subject_id
    keep_previous_owner = true
  }
}
