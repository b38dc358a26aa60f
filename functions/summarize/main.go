// Summarize closes a night: its numbers and the record of the run.
//
// Trigger: Step Functions, once a night.
package main

import (
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/summarize"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{Sends: env.String("SENDS_TABLE"), Insights: env.String("INSIGHTS_TABLE")})
	boot.Start(env, summarize.Handler{Night: parts.Night(store), Now: time.Now}.Handle)
}
