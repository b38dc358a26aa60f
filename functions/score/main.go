// Score brings one shard's customers up to date with the night.
//
// Trigger: Step Functions, one invocation a shard, again until it is done.
package main

import (
	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/score"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{
		Profiles: env.String("PROFILES_TABLE"), Sends: env.String("SENDS_TABLE"), Insights: env.String("INSIGHTS_TABLE"),
	})
	boot.Start(env, score.Handler{Night: parts.Night(store)}.Handle)
}
