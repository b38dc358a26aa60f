package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"holdfast/internal/awsenv"
	"holdfast/internal/cloudformation"
	"holdfast/internal/console"
	"holdfast/internal/dynamo"
	"holdfast/internal/local"
	"holdfast/internal/night"
	"holdfast/internal/playbook"
	"holdfast/internal/ssm"
	"holdfast/internal/wire"
)

// Where says which system a command is about: one deployed to AWS, else the
// one running on this machine, else the data of a stopped one.
type Where struct {
	Stack    string `help:"Name of a deployed CloudFormation stack; credentials and region come from the environment." placeholder:"NAME"`
	Data     string `help:"Directory of the local data." default:".holdfast" env:"HOLDFAST_DATA" placeholder:"DIR"`
	Playbook string `help:"Directory of the playbook." default:"playbook" placeholder:"DIR"`
}

// consoleFile tells other processes how to reach the running stack.
const consoleFile = "console.json"

type consoleAddress struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// open returns the verbs of the system, and what to call when done with it.
func (w Where) open(ctx context.Context) (console.Verbs, func() error, error) {
	if w.Stack != "" {
		v, err := w.deployed(ctx)
		return v, func() error { return nil }, err
	}
	if c, ok := w.running(); ok {
		return c, func() error { return nil }, nil
	}
	if _, err := os.Stat(filepath.Join(w.Data, local.DataFile)); errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no data in %s: start the system with 'holdfast run', or name its directory with --data, or a deployed stack with --stack", w.Data)
	}
	keys, err := localSecrets(w.Data, os.LookupEnv)
	if err != nil {
		return nil, nil, err
	}
	s, err := local.Open(local.Options{Dir: w.Data, Playbook: os.DirFS(w.Playbook), PublicURL: "http://127.0.0.1:8080", Secrets: keys,
		HubspotURL: os.Getenv("HUBSPOT_API_URL"), Hubspot: os.Getenv("HUBSPOT_API_VERSION"), NightHour: nightHour, Shards: nightShards})
	if err != nil {
		return nil, nil, err
	}
	return s.Console(), s.Close, nil
}

// running returns the verbs of the stack that runs on the data, if one does.
func (w Where) running() (console.Client, bool) {
	raw, err := os.ReadFile(filepath.Join(w.Data, consoleFile))
	if err != nil {
		return console.Client{}, false
	}
	var a consoleAddress
	if json.Unmarshal(raw, &a) != nil {
		return console.Client{}, false
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return console.Client{}, false
	}
	conn, err := net.DialTimeout("tcp", u.Host, time.Second)
	if err != nil {
		return console.Client{}, false // it was stopped without cleaning up
	}
	_ = conn.Close() // it was only to see whether anybody listens
	return console.Client{URL: a.URL, Token: a.Token, HTTP: http.DefaultClient}, true
}

// deployed returns the verbs on the tables of a stack on AWS.
func (w Where) deployed(ctx context.Context) (console.Verbs, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("read AWS configuration: %w", err)
	}
	out, err := cloudformation.Outputs(ctx, cfg, w.Stack)
	if err != nil {
		return nil, err
	}
	book, err := playbook.Load(os.DirFS(w.Playbook))
	if err != nil {
		return nil, err
	}
	secrets := ssm.New(awsenv.Endpoint(cfg, "SSM", os.Getenv), out["SecretsPrefix"], time.Now)
	parts := &wire.Parts{
		Store: dynamo.Open(dynamodb.NewFromConfig(cfg), dynamo.Tables{
			Profiles: out["ProfilesTable"], Facts: out["FactsTable"], Identities: out["IdentitiesTable"],
			Sends: out["SendsTable"], Insights: out["InsightsTable"],
		}),
		Secrets: secrets, Now: time.Now, FitFor: time.Minute,
		Playbook: func() (*playbook.Playbook, error) { return book, nil },
	}
	return &console.Desk{
		Parts:   parts,
		Sources: wire.Sources(secrets, wire.Hubspot{URL: os.Getenv("HUBSPOT_API_URL"), Version: os.Getenv("HUBSPOT_API_VERSION")}),
		Due:     func() time.Time { return time.Now().UTC().Truncate(time.Minute) },
		StartNight: func(ctx context.Context, at time.Time) (night.Run, error) {
			return startNight(ctx, cfg, out["NightArn"], at)
		},
	}, nil
}
