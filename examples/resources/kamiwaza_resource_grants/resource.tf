variable "passwords" {
  description = "The first password of each user, by username."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "kamiwaza_user" "analytics" {
  for_each = toset(["amara", "chen"])

  username            = each.key
  email               = "${each.key}@larkspur.example.com"
  password_wo         = var.passwords[each.key]
  password_wo_version = 1
}

# Manages all grants on the dataset except those of its owners, and removes those that are not listed.
resource "kamiwaza_resource_grants" "sales" {
  object = { namespace = "dataset", id = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)" }

  grants = {
    editor = { user = [kamiwaza_user.analytics["amara"].subject_id] }
    viewer = { user = [kamiwaza_user.analytics["chen"].subject_id] }
  }
}
