// Package peer runs stand-ins for AWS on loopback ports, for tests: real
// servers that the real SDK clients talk to. They come from npm, pinned in
// tools/package.json, and die with the test process. Nothing that is deployed
// imports this package.
//
// What each can and cannot do, as far as a test may rely on it:
//
// DynamoDB (dynalite 4). Has tables, global and local secondary indexes, all
// expressions, conditional writes, Query, parallel Scan, batch reads and writes,
// pagination by size, consumed capacity, on-demand billing. Tables are there at
// once. Lacks transactions, PartiQL, streams, UpdateTimeToLive (expired items
// stay), ReturnValuesOnConditionCheckFailure (accepted and ignored), and never
// throttles. A stored table knows neither deletion protection nor recovery.
//
// SES (aws-ses-v2-local 2.10.2). Has SendEmail with simple, raw and template
// content, SendBulkEmail, templates, GetAccount (healthy, out of the sandbox,
// 14 mails a second, 50,000 a day, and SentLast24Hours always 0). Accepts every
// sender, recipient, configuration set, tag and header without checking them;
// never bounces, throttles or publishes events. Its errors carry no SES code, so
// the client sees a generic API error. It forgets tags and configuration set;
// [Mails] has them nevertheless, from the request as it was received.
//
// SQS (local-aws-sqs 2). Has queues and their attributes, single and batch
// sends, receives with visibility and long polling, receive counts, redrive to
// a dead-letter queue, message moves, FIFO, attributes. Queue URLs name the
// loopback port. Does not invoke functions: a test plays the event source
// mapping. Timers run on the wall clock; a message moves to the dead-letter queue
// when its visibility timer fires, so a queue with VisibilityTimeout 0 never
// redrives. ReceiveMessage ignores MessageSystemAttributeNames and wants the older
// AttributeNames for the receive count.
//
// Systems Manager has no stand-in on npm; [SSM] answers GetParameter,
// GetParameters and GetParametersByPath from a map, and nothing else.
//
// None of them checks a signature or a policy; see internal/deploytest for what
// is asserted about permissions.
package peer
