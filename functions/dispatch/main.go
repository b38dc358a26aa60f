// Dispatch queues the mails that are due.
//
// Trigger: EventBridge Scheduler, every 15 minutes.
package main

import (
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/boot/parts"
	"holdfast/internal/campaign"
	"holdfast/internal/dynamo"
	"holdfast/internal/function/dispatch"
	"holdfast/internal/ses"
	"holdfast/internal/sqs"
)

func main() {
	env := boot.Env()
	store := parts.Store(dynamo.Tables{Sends: env.String("SENDS_TABLE")})
	h := dispatch.Handler{
		Dispatcher: campaign.Dispatcher{
			Ledger: store, Transport: ses.New(boot.AWS("SESV2"), ""), Queue: sqs.New(boot.AWS("SQS"), env.String("MAIL_QUEUE_URL")),
		},
		Sweeper: campaign.Sweeper{Store: store},
		Now:     time.Now,
	}
	boot.Start(env, h.Handle)
}
