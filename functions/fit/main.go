// Fit merges a night's census into what scoring needs to know of everybody.
//
// Trigger: Step Functions, once a night.
package main

import (
	"holdfast/internal/boot"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/fit"
)

func main() {
	env := boot.Env()
	store := boot.Store(dynamo.Tables{Insights: env.String("INSIGHTS_TABLE")})
	boot.Start(env, fit.Handler{Night: boot.Night(store)}.Handle)
}
