// Feedback takes what SES reports of our mails.
//
// Trigger: SQS, fed by EventBridge; failed messages are reported one by one.
package main

import (
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/feedback"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{
		Profiles: env.String("PROFILES_TABLE"), Facts: env.String("FACTS_TABLE"), Identities: env.String("IDENTITIES_TABLE"),
		Sends: env.String("SENDS_TABLE"), Insights: env.String("INSIGHTS_TABLE"),
	})
	use := parts.New(store, boot.Secrets(env.String("SECRETS_PREFIX")))
	boot.Start(env, feedback.Handler{Feedback: use.Feedback, Apply: use.Apply, Now: time.Now}.Handle)
}
