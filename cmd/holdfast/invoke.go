package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"holdfast/internal/runtimeapi"
)

// InvokeCmd is `holdfast invoke`.
type InvokeCmd struct {
	Function string   `arg:"" help:"Name of the function, such as webhook."`
	Event    string   `help:"File with the event; - reads standard input." short:"e" required:"" placeholder:"FILE"`
	Template string   `help:"The template that has the function's settings." default:"template.yaml" placeholder:"FILE"`
	Bin      string   `help:"Directory of the functions' binaries, as 'make build' leaves them." default:"bin" placeholder:"DIR"`
	Set      []string `help:"A parameter or resource of the template by name, or a variable of the function." placeholder:"NAME=VALUE"`
	Format   string   `help:"json, the only one." enum:"json" default:"json"`
}

// Run invokes the function once and prints its answer; its log goes to standard
// error. The binary and its settings are what is deployed.
func (i InvokeCmd) Run(c *Context) error {
	event, err := i.event(c.In)
	if err != nil {
		return err
	}
	binary := filepath.Join(i.Bin, i.Function, "bootstrap")
	if _, err := os.Stat(binary); err != nil {
		return fmt.Errorf("there is no %s: build the functions for this machine with 'make build'", binary)
	}
	env, timeout, err := i.settings()
	if err != nil {
		return err
	}
	f, err := runtimeapi.Start(c.Ctx, runtimeapi.Options{Binary: binary, Function: i.Function, Env: env, Timeout: timeout, Logs: c.Err})
	if err != nil {
		return err
	}
	answer, err := f.Invoke(c.Ctx, event)
	if err := closeWith(err, f.Close); err != nil {
		return err
	}
	var out bytes.Buffer
	if json.Indent(&out, answer, "", "  ") != nil {
		out.Write(answer)
	}
	_, err = fmt.Fprintln(c.Out, out.String())
	return err
}

func (i InvokeCmd) event(in io.Reader) ([]byte, error) {
	if i.Event == "-" {
		return io.ReadAll(in)
	}
	raw, err := os.ReadFile(i.Event)
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	if !json.Valid(raw) {
		return nil, errors.New("the event file is not JSON")
	}
	return raw, nil
}

// settings returns the environment that the template gives the function, with
// what refers to other resources taken from --set, else from this process's
// environment by the variable's own name, and the addresses and credentials of
// AWS that this process has.
func (i InvokeCmd) settings() (map[string]string, time.Duration, error) {
	template, err := os.ReadFile(i.Template)
	if err != nil {
		return nil, 0, fmt.Errorf("read template: %w", err)
	}
	var declared struct {
		Parameters map[string]struct {
			Default any `yaml:"Default"`
		} `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(template, &declared); err != nil {
		return nil, 0, fmt.Errorf("read template: %w", err)
	}
	given := map[string]string{"AWS::Region": or(os.Getenv("AWS_REGION"), "eu-central-1"), "AWS::AccountId": "000000000000", "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
	for _, s := range i.Set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, 0, usageError("--set takes NAME=VALUE")
		}
		given[name] = value
	}
	settings, err := runtimeapi.Describe(bytes.NewReader(template), i.Function, func(name string) (string, bool) {
		if v, ok := given[name]; ok {
			return v, true
		}
		if declared.Parameters[name].Default != nil {
			return "", false // then it has its default
		}
		return "local-" + name, true
	})
	if err != nil {
		return nil, 0, err
	}
	env := settings.Env
	for name := range env {
		if v, ok := os.LookupEnv(name); ok {
			env[name] = v
		}
		if v, ok := given[name]; ok {
			env[name] = v
		}
	}
	for _, name := range os.Environ() {
		if k, v, _ := strings.Cut(name, "="); strings.HasPrefix(k, "AWS_") {
			env[k] = v
		}
	}
	env["AWS_REGION"] = given["AWS::Region"]
	return env, settings.Timeout, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
