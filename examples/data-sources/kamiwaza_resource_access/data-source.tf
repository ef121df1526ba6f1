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

data "kamiwaza_resource_access" "sales" {
  object     = kamiwaza_resource_grant.sales.object
  depends_on = [kamiwaza_resource_grant.sales]
}

# effective is false if the platform does not expand groups: then the members of listed groups have no access.
output "sales_readers" {
  value = {
    effective = data.kamiwaza_resource_access.sales.effective
    subjects  = [for subject in data.kamiwaza_resource_access.sales.subjects : coalesce(subject.display_name, subject.id)]
  }
}

check "sales_readers" {
  assert {
    condition     = alltrue([for subject in data.kamiwaza_resource_access.sales.subjects : subject.namespace != "role"])
    error_message = "The sales data is granted to a platform role, and so to every user who has it."
  }
}
