// Survey counts one shard's customers for the night's census.
//
// Trigger: Step Functions, one invocation a shard, again until it is done.
package main

import (
	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/survey"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{Profiles: env.String("PROFILES_TABLE"), Insights: env.String("INSIGHTS_TABLE")})
	boot.Start(env, survey.Handler{Night: parts.Night(store)}.Handle)
}
