// Fit merges a night's census into what scoring needs to know of everybody.
//
// Trigger: Step Functions, once a night.
package main

import (
	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/fit"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{Insights: env.String("INSIGHTS_TABLE")})
	boot.Start(env, fit.Handler{Night: parts.Night(store)}.Handle)
}
