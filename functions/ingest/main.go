// Ingest applies what the webhooks put on the queue.
//
// Trigger: SQS, in batches; failed messages are reported one by one.
package main

import (
	"context"
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/dynamo"
	function "holdfast/internal/function/ingest"
	"holdfast/internal/ingest"
	"holdfast/internal/wire"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{
		Profiles: env.String("PROFILES_TABLE"), Facts: env.String("FACTS_TABLE"), Identities: env.String("IDENTITIES_TABLE"),
		Sends: env.String("SENDS_TABLE"), Insights: env.String("INSIGHTS_TABLE"),
	})
	secrets := boot.Secrets(env.String("SECRETS_PREFIX"))
	sources := wire.Sources(secrets, wire.Hubspot{URL: env.Optional("HUBSPOT_API_URL"), Version: env.Optional("HUBSPOT_API_VERSION")})
	use := parts.New(store, secrets)
	use.Accounts = env.Optional("ACCOUNTS")
	h := function.Handler{
		Ingester: func(ctx context.Context) (*ingest.Ingester, error) { return use.Ingester(ctx, sources) },
		Now:      time.Now,
	}
	boot.Start(env, h.Handle)
}
