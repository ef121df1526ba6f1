variable "passwords" {
  description = "The first password of each user, by username."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_user" "amara" {
  username            = "amara"
  email               = "amara@larkspur.example.com"
  password_wo         = var.passwords["amara"]
  password_wo_version = 1
}

resource "kamiwaza_resource_grant" "sales" {
  subject  = { namespace = "user", id = kamiwaza_user.amara.subject_id }
  relation = "editor"
  object   = { namespace = "dataset", id = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)" }
}

data "kamiwaza_access_check" "amara_owns_sales" {
  subject    = kamiwaza_resource_grant.sales.subject
  relation   = "owner"
  object     = kamiwaza_resource_grant.sales.object
  depends_on = [kamiwaza_resource_grant.sales]
}

check "amara_does_not_own_sales" {
  assert {
    condition     = !data.kamiwaza_access_check.amara_owns_sales.allowed
    error_message = "amara owns the sales data."
  }
}
