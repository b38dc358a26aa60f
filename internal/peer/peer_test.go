package peer_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	ses "github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	queue "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"

	"holdfast/internal/peer"
)

func settings(endpoint string) aws.Config {
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
}

func TestDynamoDB(t *testing.T) {
	ctx := t.Context()
	c := dynamodb.NewFromConfig(settings(peer.DynamoDB(t)))
	table := aws.String("peer-sends")
	_, err := c.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   table,
		BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{
			{AttributeName: aws.String("pk"), AttributeType: ddb.ScalarAttributeTypeS},
			{AttributeName: aws.String("due_shard"), AttributeType: ddb.ScalarAttributeTypeS},
		},
		KeySchema: []ddb.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: ddb.KeyTypeHash}},
		GlobalSecondaryIndexes: []ddb.GlobalSecondaryIndex{{
			IndexName:  aws.String("due"),
			KeySchema:  []ddb.KeySchemaElement{{AttributeName: aws.String("due_shard"), KeyType: ddb.KeyTypeHash}},
			Projection: &ddb.Projection{ProjectionType: ddb.ProjectionTypeKeysOnly},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	put := func(item map[string]ddb.AttributeValue) error {
		out, err := c.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: table, Item: item,
			ConditionExpression:    aws.String("attribute_not_exists(pk)"),
			ReturnConsumedCapacity: ddb.ReturnConsumedCapacityTotal,
		})
		if err == nil && aws.ToFloat64(out.ConsumedCapacity.CapacityUnits) == 0 {
			t.Error("a write consumed nothing")
		}
		return err
	}
	s := func(v string) ddb.AttributeValue { return &ddb.AttributeValueMemberS{Value: v} }
	if err := put(map[string]ddb.AttributeValue{"pk": s("a"), "due_shard": s("0")}); err != nil {
		t.Fatal(err)
	}
	if err := put(map[string]ddb.AttributeValue{"pk": s("b")}); err != nil {
		t.Fatal(err)
	}

	t.Run("a refused condition is the SDK's own error", func(t *testing.T) {
		var refused *ddb.ConditionalCheckFailedException
		if err := put(map[string]ddb.AttributeValue{"pk": s("a")}); !errors.As(err, &refused) {
			t.Errorf("second put: %v, want ConditionalCheckFailedException", err)
		}
	})
	t.Run("an index without its key attribute is sparse", func(t *testing.T) {
		out, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: table, IndexName: aws.String("due")})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Items) != 1 {
			t.Errorf("the index holds %d items, want 1", len(out.Items))
		}
	})
	t.Run("scan segments cover the table once", func(t *testing.T) {
		seen := 0
		for i := range int32(4) {
			out, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: table, Segment: aws.Int32(i), TotalSegments: aws.Int32(4)})
			if err != nil {
				t.Fatal(err)
			}
			seen += len(out.Items)
		}
		if seen != 2 {
			t.Errorf("saw %d items, want 2", seen)
		}
	})
}

func TestSES(t *testing.T) {
	ctx := t.Context()
	endpoint := peer.SES(t)
	c := sesv2.NewFromConfig(settings(endpoint))
	text := func(s string) *ses.Content { return &ses.Content{Data: aws.String(s)} }
	out, err := c.SendEmail(ctx, &sesv2.SendEmailInput{
		ConfigurationSetName: aws.String("holdfast-test"),
		FromEmailAddress:     aws.String("shop@shop.example"),
		Destination:          &ses.Destination{ToAddresses: []string{"ada@example.org"}},
		EmailTags:            []ses.MessageTag{{Name: aws.String("send"), Value: aws.String("s1")}},
		Content: &ses.EmailContent{Simple: &ses.Message{
			Subject: text("Hello"),
			Body:    &ses.Body{Html: text("<p>Hi"), Text: text("Hi")},
			Headers: []ses.MessageHeader{{Name: aws.String("List-Unsubscribe-Post"), Value: aws.String("List-Unsubscribe=One-Click")}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []peer.Mail{{
		MessageID: *out.MessageId, From: "shop@shop.example", To: []string{"ada@example.org"},
		Subject: "Hello", HTML: "<p>Hi", Text: "Hi", ConfigurationSet: "holdfast-test",
		Headers: map[string]string{"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
		Tags:    map[string]string{"send": "s1"},
	}}
	if diff := cmp.Diff(want, peer.Mails(t, endpoint)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
	account, err := c.GetAccount(ctx, &sesv2.GetAccountInput{})
	if err != nil {
		t.Fatal(err)
	}
	if got := account.SendQuota.MaxSendRate; got != 14 {
		t.Errorf("send rate %v, want 14", got)
	}
}

func TestSQS(t *testing.T) {
	ctx := t.Context()
	c := sqs.NewFromConfig(settings(peer.SQS(t)))
	create := func(name string, attributes map[string]string) (url, arn string) {
		q, err := c.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: q.QueueUrl, AttributeNames: []queue.QueueAttributeName{queue.QueueAttributeNameQueueArn},
		})
		if err != nil {
			t.Fatal(err)
		}
		return *q.QueueUrl, a.Attributes["QueueArn"]
	}
	dead, deadARN := create("dead", nil)
	events, _ := create("events", map[string]string{
		"VisibilityTimeout": "1",
		"RedrivePolicy":     `{"deadLetterTargetArn":"` + deadARN + `","maxReceiveCount":"1"}`,
	})
	if _, err := c.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &events, MessageBody: aws.String("body"), MessageGroupId: aws.String("shop"),
	}); err != nil {
		t.Fatal(err)
	}
	receive := func(url string) []queue.Message {
		out, err := c.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &url, WaitTimeSeconds: 1, MessageSystemAttributeNames: []queue.MessageSystemAttributeName{"All"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Messages
	}
	if got := receive(events); len(got) != 1 || *got[0].Body != "body" {
		t.Fatalf("received %v", got)
	}
	if got := receive(events); len(got) != 0 {
		t.Errorf("received %v again", got)
	}
	if got := receive(dead); len(got) != 1 || *got[0].Body != "body" {
		t.Errorf("the dead-letter queue holds %v, want the message", got)
	}
}

func TestSSM(t *testing.T) {
	c := ssm.NewFromConfig(settings(peer.SSM(t, map[string]string{"/holdfast/test/token-key": "k", "/other": "o"})))
	out, err := c.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: aws.String("/holdfast/test")})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Parameters) != 1 || *out.Parameters[0].Value != "k" {
		t.Errorf("parameters %v, want only token-key", out.Parameters)
	}
	_, err = c.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/missing")})
	if err == nil {
		t.Error("a missing parameter was found")
	}
}
