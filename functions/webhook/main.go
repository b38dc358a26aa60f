// Webhook receives the sources' webhooks and puts them on a queue.
//
// Trigger: HTTP API, POST /webhooks/{source}.
// Answers: 200 kept, 401 not from the source, 404 no such source, 413 too
// large, 503 not kept (the source sends it again).
package main

import (
	"time"

	"holdfast/internal/boot"
	"holdfast/internal/door"
	"holdfast/internal/function/webhook"
	"holdfast/internal/sqs"
)

func main() {
	env := boot.Env()
	h := webhook.Handler{
		Sources: door.Webhooks(boot.Secrets(env.String("SECRETS_PREFIX")), env.URL("PUBLIC_URL"), env.Flag("HUBSPOT_LEGACY_SIGNATURES")),
		Queue:   sqs.New(boot.AWS("SQS"), env.String("EVENT_QUEUE_URL")),
		Now:     time.Now,
	}
	boot.Start(env, h.Handle)
}
