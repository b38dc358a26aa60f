// Empty is a function that does nothing: what the least costs to start.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.StartHandlerFunc(func(context.Context, any) (any, error) { return nil, nil }) }
