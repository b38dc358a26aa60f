// Package statemachine holds the definition of the night, as it is deployed.
package statemachine

import _ "embed"

// Night is the definition in the Amazon States Language. Step Functions runs
// it on AWS and package asl in one process, so that there is one order of
// steps.
//
//go:embed night.asl.json
var Night []byte
