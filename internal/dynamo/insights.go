package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"holdfast/internal/customer"
)

// Insight returns one insight, or an error wrapping customer.ErrNotFound.
func (s *Store) Insight(ctx context.Context, kind, date string) (customer.Insight, error) {
	it, err := s.get(ctx, s.tables.Insights, insightID(kind, date))
	if err != nil {
		return customer.Insight{}, fmt.Errorf("read insight %s of %s: %w", kind, date, err)
	}
	return insightOf(it)
}

// PutInsight stores i in place of one of the same kind and date.
func (s *Store) PutInsight(ctx context.Context, i customer.Insight) error {
	it := insightID(i.Kind, i.Date)
	it["b"] = text(string(i.Body))
	setExpiry(it, i.Expires)
	if _, err := s.put(ctx, s.tables.Insights, it, condition{}, nil, types.ReturnValueNone); err != nil {
		return fmt.Errorf("store insight %s of %s: %w", i.Kind, i.Date, err)
	}
	return nil
}

// Insights returns the insights of a kind with from ≤ date ≤ to, by date; ""
// leaves that end open.
func (s *Store) Insights(ctx context.Context, kind, from, to string) ([]customer.Insight, error) {
	if to != "" && to < from {
		return nil, nil
	}
	in := &dynamodb.QueryInput{
		TableName:                 &s.tables.Insights,
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": text(kind)},
		ConsistentRead:            aws.Bool(true),
	}
	bound(in, from, to)
	var insights []customer.Insight
	for {
		page, next, err := s.queryInsights(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read insights %s: %w", kind, err)
		}
		insights = append(insights, page...)
		if len(next) == 0 {
			return insights, nil
		}
		in.ExclusiveStartKey = next
	}
}

// LatestInsight returns the insight of a kind with the greatest date, or an
// error wrapping customer.ErrNotFound.
func (s *Store) LatestInsight(ctx context.Context, kind string) (customer.Insight, error) {
	page, _, err := s.queryInsights(ctx, &dynamodb.QueryInput{
		TableName:                 &s.tables.Insights,
		KeyConditionExpression:    aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": text(kind)},
		ConsistentRead:            aws.Bool(true),
		ScanIndexForward:          aws.Bool(false),
		Limit:                     aws.Int32(1),
	})
	if err == nil && len(page) == 0 {
		err = customer.ErrNotFound
	}
	if err != nil {
		return customer.Insight{}, fmt.Errorf("read latest insight %s: %w", kind, err)
	}
	return page[0], nil
}

// DeleteInsight deletes an insight; one that is not there is fine.
func (s *Store) DeleteInsight(ctx context.Context, kind, date string) error {
	if err := s.remove(ctx, s.tables.Insights, insightID(kind, date), condition{}); err != nil {
		return fmt.Errorf("delete insight %s of %s: %w", kind, date, err)
	}
	return nil
}

func (s *Store) queryInsights(ctx context.Context, in *dynamodb.QueryInput) ([]customer.Insight, item, error) {
	items, next, err := s.query(ctx, in)
	if err != nil {
		return nil, nil, err
	}
	insights := make([]customer.Insight, len(items))
	for i, it := range items {
		if insights[i], err = insightOf(it); err != nil {
			return nil, nil, err
		}
	}
	return insights, next, nil
}

// bound limits in to dates from one to another.
func bound(in *dynamodb.QueryInput, from, to string) {
	where := ""
	switch {
	case from != "" && to != "":
		where = " AND sk BETWEEN :from AND :to"
	case from != "":
		where = " AND sk >= :from"
	case to != "":
		where = " AND sk <= :to"
	}
	in.KeyConditionExpression = aws.String(*in.KeyConditionExpression + where)
	if from != "" {
		in.ExpressionAttributeValues[":from"] = text(from)
	}
	if to != "" {
		in.ExpressionAttributeValues[":to"] = text(to)
	}
}

// The attributes of an insight: pk kind, sk date, b body, ttl and x when it
// expires.
func insightID(kind, date string) item { return item{"pk": text(kind), "sk": text(date)} }

func insightOf(it item) (customer.Insight, error) {
	i := customer.Insight{Kind: getText(it, "pk"), Date: getText(it, "sk")}
	if body := getText(it, "b"); body != "" {
		i.Body = []byte(body)
	}
	var err error
	if i.Expires, err = getExpiry(it); err != nil {
		return customer.Insight{}, fmt.Errorf("decode insight %s of %s: %w", i.Kind, i.Date, err)
	}
	return i, nil
}
