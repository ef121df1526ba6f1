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

# Adds this grant. Other grants on the dataset do not change.
resource "kamiwaza_resource_grant" "sales" {
  subject  = { namespace = "user", id = kamiwaza_user.amara.subject_id }
  relation = "editor"
  object   = { namespace = "dataset", id = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)" }
}
