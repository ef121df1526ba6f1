# Who can view the sales data, as the platform evaluates it.
data "kamiwaza_resource_access" "sales" {
  object     = { namespace = "dataset", id = local.sales_data }
  depends_on = [kamiwaza_resource_grants.sales]
}

data "kamiwaza_access_check" "chen" {
  subject    = { namespace = "user", id = kamiwaza_user.team["chen"].subject_id }
  relation   = "editor"
  object     = { namespace = "dataset", id = local.sales_data }
  depends_on = [kamiwaza_resource_grants.sales]
}

# A failed check is a warning in each plan and apply.
check "sales_data" {
  assert {
    condition     = alltrue([for subject in data.kamiwaza_resource_access.sales.subjects : subject.namespace != "role"])
    error_message = "The sales data is granted to a platform role, so to everybody who has it."
  }

  assert {
    condition     = !data.kamiwaza_access_check.chen.allowed
    error_message = "chen can edit the sales data."
  }
}

output "sales_data_viewers" {
  description = "Who can view the sales data. It is not complete if effective is false."
  value = {
    effective = data.kamiwaza_resource_access.sales.effective
    subjects  = distinct([for subject in data.kamiwaza_resource_access.sales.subjects : coalesce(subject.display_name, subject.id)])
  }
}
