# The import id is <object namespace>/<object id>/<subject namespace>/<subject id>/<relation>.
# Write % in a part as %25, and / as %2F, except in the id of the object.
terraform import kamiwaza_resource_grant.sales 'dataset/urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)/user/b04c6c1d-7a52-4f0b-8d9e-5c3e1a9f7b26/editor'
