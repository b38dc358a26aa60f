// Package cloudformation finds what a deployed stack is made of.
package cloudformation

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"holdfast/internal/customer"
)

// Outputs returns the outputs of a stack by their names. It returns
// [customer.ErrNotFound] for a stack that has none.
func Outputs(ctx context.Context, cfg aws.Config, stack string) (map[string]string, error) {
	out, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stack)})
	if err != nil {
		return nil, fmt.Errorf("describe stack %s: %w", stack, err)
	}
	found := map[string]string{}
	for _, s := range out.Stacks {
		for _, o := range s.Outputs {
			found[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("outputs of stack %s: %w", stack, customer.ErrNotFound)
	}
	return found, nil
}
