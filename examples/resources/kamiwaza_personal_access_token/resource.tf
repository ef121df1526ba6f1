resource "kamiwaza_personal_access_token" "pipeline" {
  name          = "pipeline"
  scope         = "write"
  ttl_seconds   = 7776000 # 90 days
  rotate_before = "168h"  # a week

  lifecycle {
    create_before_destroy = true
  }
}
