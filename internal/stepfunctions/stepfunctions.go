// Package stepfunctions runs a deployed state machine.
package stepfunctions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// Run starts an execution and waits for its output, asking every second. An
// execution of that name and input which runs already is waited for instead;
// once it has ended, a name cannot be used again for ninety days.
func Run(ctx context.Context, cfg aws.Config, machine, name, input string) (string, error) {
	client := sfn.NewFromConfig(cfg)
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: aws.String(machine), Name: aws.String(name), Input: aws.String(input),
	})
	if err != nil {
		return "", fmt.Errorf("start execution: %w", err)
	}
	for {
		e, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		if err != nil {
			return "", fmt.Errorf("describe execution: %w", err)
		}
		switch e.Status {
		case types.ExecutionStatusRunning, types.ExecutionStatusPendingRedrive:
		case types.ExecutionStatusSucceeded:
			return aws.ToString(e.Output), nil
		default:
			return "", errors.New("the execution ended " + string(e.Status) + ": " + aws.ToString(e.Error))
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(time.Second):
		}
	}
}
