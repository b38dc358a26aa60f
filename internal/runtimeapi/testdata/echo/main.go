// Echo is the function of the runtime API's tests: it does what its event says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string
	Text string
}

type answer struct {
	Text     string
	Request  string
	ARN      string
	Function string
	Home     string
	Variable string
	Deadline bool
	PID      int
}

func handle(ctx context.Context, e event) (answer, error) {
	switch e.Do {
	case "fail":
		return answer{}, errors.New(e.Text)
	case "panic":
		panic(e.Text)
	case "exit":
		fmt.Fprintln(os.Stderr, e.Text)
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Minute)
	case "grow":
		return answer{Text: strings.Repeat("x", 7<<20)}, nil
	}
	deadline, ok := ctx.Deadline()
	lc, _ := lambdacontext.FromContext(ctx)
	return answer{
		Text: e.Text, Request: lc.AwsRequestID, ARN: lc.InvokedFunctionArn,
		Function: lambdacontext.FunctionName, Home: os.Getenv("HOME"), Variable: os.Getenv("VARIABLE"),
		Deadline: ok && time.Until(deadline) > 0, PID: os.Getpid(),
	}, nil
}

func main() {
	if reason := os.Getenv("REFUSE"); reason != "" {
		fmt.Fprintln(os.Stderr, reason)
		os.Exit(1)
	}
	lambda.Start(handle)
}
