package peer

import "maps"

// Environment returns the variables that turn an SDK client in another process
// to the given endpoints, keyed by service ("DYNAMODB", "SESV2", "SQS", "SSM"),
// with credentials and a region that mean nothing and no other source of them.
func Environment(endpoints map[string]string) map[string]string {
	env := map[string]string{
		"AWS_ACCESS_KEY_ID":           "test",
		"AWS_SECRET_ACCESS_KEY":       "test",
		"AWS_REGION":                  "us-east-1",
		"AWS_EC2_METADATA_DISABLED":   "true",
		"AWS_CONFIG_FILE":             "/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	}
	urls := make(map[string]string, len(endpoints))
	for service, url := range endpoints {
		urls["AWS_ENDPOINT_URL_"+service] = url
	}
	maps.Copy(env, urls)
	return env
}
