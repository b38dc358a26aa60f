// Subscriber answers the pages that mails link to: unsubscribe, preferences,
// survey answers. GET changes nothing.
//
// Trigger: HTTP API, GET and POST on /u/{token}, /p/{token} and /s/{token}.
package main

import (
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/subscriber"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{
		Profiles: env.String("PROFILES_TABLE"), Facts: env.String("FACTS_TABLE"), Identities: env.String("IDENTITIES_TABLE"),
		Sends: env.String("SENDS_TABLE"), Insights: env.String("INSIGHTS_TABLE"),
	})
	use := parts.New(store, boot.Secrets(env.String("SECRETS_PREFIX")))
	boot.Start(env, subscriber.Handler{Desk: use.Subscriber, Now: time.Now}.Handle)
}
