import {
  to = kamiwaza_resource_grants.sales
  identity = {
    object_namespace = "dataset"
    object_id        = "urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)"
  }
}
