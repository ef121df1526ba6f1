# The import id is <object namespace>/<object id>.
terraform import kamiwaza_resource_grants.sales 'dataset/urn:li:dataset:(urn:li:dataPlatform:s3,sales,PROD)'
