package local_test

import (
	"context"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"
	"fmt"

	"holdfast/internal/config"
	"holdfast/internal/local"
	"holdfast/internal/outbox"
	"holdfast/internal/wire"
)

func TestSmoke(t *testing.T) {
	n := 300
	srv := httptest.NewUnstartedServer(nil)
	url := "http://" + srv.Listener.Addr().String()
	hub := httptest.NewUnstartedServer(nil)
	s, err := local.Open(local.Options{Dir: t.TempDir(), Playbook: os.DirFS("../../playbook"), PublicURL: url,
		Secrets: map[string]config.Secret{wire.ShopifySecrets: "a", wire.HubspotSecrets: "b", wire.HubspotToken: "t", wire.TokenKey: "k", wire.ErasureKey: "e"},
		HubspotURL: "http://" + hub.Listener.Addr().String(), Habits: outbox.Usual, NightHour: 3, Shards: 4})
	if err != nil { t.Fatal(err) }
	defer s.Close()
	srv.Config.Handler = s.Gateway(); srv.Start(); defer srv.Close()
	d := s.NewDemo(n, time.Now())
	hub.Config.Handler = d.Shop.HubSpot(); hub.Start(); defer hub.Close()
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	s.Consume(ctx, &all)
	t0 := time.Now()
	fmt.Println(d.Shop.Len(), d.Night)
	run, err := s.Seed(ctx, d, url, func(step string, done, total int) { if done%2000 == 0 { fmt.Println(step, done, total, time.Since(t0)) } })
	fmt.Println(run, err, time.Since(t0))
	ins, _ := s.Store.Insights(ctx, "snapshot", "", "")
	for _, i := range ins { fmt.Println(string(i.Body)) }
	ins, _ = s.Store.Insights(ctx, "quarantine", "", "")
	for k, i := range ins { if k < 5 { fmt.Println(string(i.Body)[:200]) } }
	fmt.Println(len(ins), "quarantined", len(s.Outbox.Mails()), "mails", s.Events.Depth(), s.Mail.Depth())
	for k, m := range s.Events.Dead() { if k < 3 { fmt.Println(string(m.Body)[:300]) } }
	stop(); all.Wait()
}
