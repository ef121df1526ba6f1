import {
  to = kamiwaza_resource_grants.sales
  id = "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)"
}
