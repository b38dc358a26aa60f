// Mailer sends one mail for each message, if it is welcome at that moment.
//
// Trigger: SQS, in batches; failed messages are reported one by one.
package main

import (
	"context"
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/campaign"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/mailer"
	"holdfast/internal/ses"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{
		Profiles: env.String("PROFILES_TABLE"), Facts: env.String("FACTS_TABLE"), Identities: env.String("IDENTITIES_TABLE"),
		Sends: env.String("SENDS_TABLE"),
	})
	use := parts.New(store, boot.Secrets(env.String("SECRETS_PREFIX")))
	transport, url := ses.New(boot.AWS("SESV2"), env.String("CONFIGURATION_SET")), env.URL("PUBLIC_URL")
	h := mailer.Handler{
		Mailer: func(ctx context.Context) (campaign.Mailer, error) { return use.Mailer(ctx, transport, url) },
		Now:    time.Now,
	}
	boot.Start(env, h.Handle)
}
