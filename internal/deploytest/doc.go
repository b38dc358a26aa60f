// Package deploytest holds tests of what is deployed: the template, the state machine
// and their agreement with the code and the runbook. It has no code of its own.
package deploytest
