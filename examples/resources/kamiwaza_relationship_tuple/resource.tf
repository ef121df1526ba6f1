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

resource "kamiwaza_relationship_tuple" "sales" {
  subject  = { namespace = "user", id = kamiwaza_user.amara.subject_id }
  relation = "viewer"
  object   = { namespace = "dataset", id = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)" }
}
