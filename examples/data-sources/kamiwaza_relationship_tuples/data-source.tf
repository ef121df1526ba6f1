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

data "kamiwaza_relationship_tuples" "datasets" {
  object_namespace = "dataset"
  depends_on       = [kamiwaza_resource_grant.sales]
}

# ["urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD): editor user:b04c6c1d-7a52-4f0b-8d9e-5c3e1a9f7b26"]
output "dataset_relations" {
  value = [
    for tuple in data.kamiwaza_relationship_tuples.datasets.tuples :
    "${tuple.object.id}: ${tuple.relation} ${tuple.subject.namespace}:${tuple.subject.id}"
  ]
}
