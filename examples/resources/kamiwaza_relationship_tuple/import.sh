# The import id is <tenant>/<subject namespace>:<subject id>/<relation>/<object namespace>:<object id>.
# Write / in a part as %2F and % as %25.
terraform import kamiwaza_relationship_tuple.sales '__default__/user:b04c6c1d-7a52-4f0b-8d9e-5c3e1a9f7b26/viewer/dataset:urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)'
