package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"holdfast/internal/config"
	"holdfast/internal/console"
	"holdfast/internal/local"
	"holdfast/internal/outbox"
	"holdfast/internal/playbook"
	"holdfast/internal/wire"
)

// RunCmd is `holdfast run`.
type RunCmd struct {
	Addr      string `help:"Address to listen at." default:"127.0.0.1:8080" env:"ADDR"`
	Data      string `help:"Directory of the data." default:".holdfast" env:"HOLDFAST_DATA" placeholder:"DIR"`
	Playbook  string `help:"Directory of the playbook; changes in it are taken over at once." default:"playbook" placeholder:"DIR"`
	PublicURL string `help:"Where the sources find us; HubSpot signs it. http:// and the address if not given." env:"PUBLIC_URL" placeholder:"URL"`
	Demo      string `help:"1 fills an empty directory with a demo shop, 0 does not." enum:"0,1" default:"1" env:"DEMO"`
	Customers int    `help:"Customers of the demo shop." default:"2000" env:"CUSTOMERS"`
	Verbose   bool   `help:"Log what every function does." short:"v"`
}

// The local night is due at three in the merchant's morning, in four shards.
const (
	nightHour   = 3
	nightShards = 4
)

// Run runs the system until it is interrupted.
func (r RunCmd) Run(c *Context) error {
	level := slog.LevelWarn
	if r.Verbose {
		level = slog.LevelInfo
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: level})))
	listener, err := net.Listen("tcp", r.Addr)
	if err != nil {
		return fmt.Errorf("listen at %s: %w (ADDR=127.0.0.1:8081 takes another port)", r.Addr, err)
	}
	secrets, err := localSecrets(r.Data, os.LookupEnv)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	hub := &later{}
	hubURL, err := hub.listen(secrets)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	url := "http://" + listener.Addr().String()
	if r.PublicURL == "" {
		r.PublicURL = url
	}
	s, err := local.Open(local.Options{
		Dir: r.Data, Playbook: os.DirFS(r.Playbook), PublicURL: r.PublicURL, Secrets: secrets,
		HubspotURL: hubURL, Hubspot: os.Getenv("HUBSPOT_API_VERSION"), Habits: outbox.Usual, NightHour: nightHour, Shards: nightShards,
		Accounts: os.Getenv("ACCOUNTS"), Legacy: os.Getenv("HUBSPOT_LEGACY_SIGNATURES") == "true",
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	err = r.serve(c, s, listener, url, hub)
	return errors.Join(err, os.RemoveAll(filepath.Join(r.Data, consoleFile)), s.Close())
}

// serve listens, seeds the demo shop if there is nothing yet, and keeps the
// system running until the context ends.
func (r RunCmd) serve(c *Context, s *local.Stack, l net.Listener, url string, hub *later) error {
	token, err := randomHex(16)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/", s.Pages())
	mux.Handle(console.Path, console.Handler(s.Console(), token))
	for _, path := range []string{"/webhooks/", "/u/", "/p/", "/s/"} {
		mux.Handle(path, s.Gateway())
	}
	server := &http.Server{Handler: local.LoopbackOnly(mux), ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := context.WithCancel(c.Ctx)
	defer stop()
	var all sync.WaitGroup
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	if err := writeJSON(filepath.Join(r.Data, consoleFile), consoleAddress{url, token}); err != nil {
		return errors.Join(err, server.Close())
	}
	if err := r.start(ctx, c, s, url, hub, &all); err != nil {
		stop()
		all.Wait()
		return errors.Join(err, server.Close())
	}
	fmt.Fprintf(c.Out, "\nHoldfast runs at %s (data in %s). Stop it with Ctrl-C.\n", url, r.Data)
	select {
	case <-ctx.Done():
	case err = <-served:
		stop()
	}
	shut, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = server.Shutdown(shut) // connections that outlive it are cut
	all.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// start seeds what is to be seeded and starts the scheduler.
func (r RunCmd) start(ctx context.Context, c *Context, s *local.Stack, url string, hub *later, all *sync.WaitGroup) error {
	seeded, err := s.Seeded(ctx)
	if err != nil {
		return err
	}
	if r.Demo == "1" {
		if err := r.demo(ctx, c, s, url, hub, seeded); err != nil {
			return err
		}
	}
	all.Go(func() { s.Run(ctx) })
	all.Go(func() { s.Watch(ctx, func(err error) { r.reloaded(c, err) }) })
	return nil
}

func (r RunCmd) reloaded(c *Context, err error) {
	if err != nil {
		var wrong playbook.Problems
		if errors.As(err, &wrong) {
			err = wrong.In(r.Playbook)
		}
		fmt.Fprintf(c.Err, "\nthe changed playbook has problems; the one before stays in force\n%v\n\n", err)
		return
	}
	fmt.Fprintln(c.Out, "the playbook has changed and is in force")
}

// localSecrets returns the secrets of the local stack: what the environment
// gives, else the defaults for the sources, and keys of its own kept with the
// data, so that the links in mails work after a restart.
func localSecrets(dir string, lookup func(string) (string, bool)) (map[string]config.Secret, error) {
	keys := map[string]string{}
	file := filepath.Join(dir, "keys.json")
	raw, err := os.ReadFile(file)
	switch {
	case err == nil:
		if err := json.Unmarshal(raw, &keys); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
	case errors.Is(err, os.ErrNotExist):
		for _, name := range []string{wire.TokenKey, wire.ErasureKey} {
			if keys[name], err = randomHex(32); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make data directory: %w", err)
		}
		if err := writeJSON(file, keys); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("read keys: %w", err)
	}
	or := func(name, fallback string) config.Secret {
		if v, ok := lookup(name); ok && v != "" {
			return config.Secret(v)
		}
		return config.Secret(fallback)
	}
	return map[string]config.Secret{
		wire.ShopifySecrets: or("SHOPIFY_SECRET", "local-shopify-secret"),
		wire.HubspotSecrets: or("HUBSPOT_SECRET", "local-hubspot-secret"),
		wire.HubspotToken:   or("HUBSPOT_TOKEN", ""),
		wire.SegmentSecrets: or("SEGMENT_SECRET", "local-segment-secret"),
		wire.TokenKey:       config.Secret(keys[wire.TokenKey]),
		wire.ErasureKey:     config.Secret(keys[wire.ErasureKey]),
	}, nil
}

func randomHex(n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	return hex.EncodeToString(b), nil
}

func writeJSON(file string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.WriteFile(file, raw, 0o600)
}
