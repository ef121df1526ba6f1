import {
  to = kamiwaza_resource_grant.sales
  id = "dataset/urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)/user/b04c6c1d-7a52-4f0b-8d9e-5c3e1a9f7b26/editor"
}
