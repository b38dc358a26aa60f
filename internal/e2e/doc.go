// Package e2e tests the functions as they are deployed: their real binaries,
// started by Lambda's Runtime API with the environment that template.yaml gives
// them, against real peers of DynamoDB, SQS, SES and Systems Manager.
package e2e
