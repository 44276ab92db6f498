package discord_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/interviewbot/interviewbot/adapters/discord/discordtest"
	"github.com/interviewbot/interviewbot/bot/chat"
)

func TestGatewayGuilds(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		if n := len(heard[chat.Added](b)); n != 0 {
			t.Errorf("%d guilds are new that were there before", n)
		}
		b.guild.Outage()
		synctest.Wait()
		if added, removed := heard[chat.Added](b), heard[chat.Removed](b); len(added)+len(removed) != 0 {
			t.Errorf("an outage was taken for more: %+v %+v", added, removed)
		}
		space := chat.SpaceID("discord:" + b.guild.ID())
		b.guild.Uninstall()
		synctest.Wait()
		if e := heard[chat.Removed](b); len(e) != 1 || e[0].Space != space || e[0].Channel != "" {
			t.Errorf("heard %+v", e)
		}
		b.guild.Install()
		synctest.Wait()
		if e := heard[chat.Added](b); len(e) != 1 || e[0].Space != space || e[0].Channel != "" {
			t.Errorf("heard %+v", e)
		}
	})
}

// What is told of guilds is handled in the order in which it was told: a return must not be overtaken by the removal.
func TestGatewayGuildsInOrder(t *testing.T) {
	online(t, discordtest.Options{}, func(t *testing.T, b *bubble, _ *running) {
		var mu sync.Mutex
		var done []string
		b.says(func(_ context.Context, e chat.Event) (chat.Response, error) {
			if _, ok := e.What.(chat.Removed); ok {
				time.Sleep(time.Second) // a slow disk
			}
			mu.Lock()
			defer mu.Unlock()
			done = append(done, fmt.Sprintf("%T", e.What))
			return chat.Response{}, nil
		})
		b.guild.Uninstall()
		b.guild.Install()
		pass(100 * time.Millisecond)
		must(t, b.server.Person("Ada").Command(b.guild.Channel("general"), "say", nil))
		pass(5 * time.Second)
		if want := []string{"chat.Call", "chat.Removed", "chat.Added"}; !slices.Equal(done, want) {
			t.Errorf("done in the order %q, want %q", done, want)
		}
	})
}

// In very many guilds the operator is told of the other way in, while this one still works.
func TestGatewayManyGuilds(t *testing.T) {
	inBubble(t, discordtest.Options{}, func(t *testing.T, b *bubble) {
		for i := range 2000 {
			b.server.Guild(fmt.Sprint("Guild ", i))
		}
		a := b.start()
		pass(time.Minute)
		if !strings.Contains(b.logged.String(), "HTTP endpoint") {
			t.Errorf("the log says nothing of it: %s", b.logged)
		}
		if s := a.Check(t.Context(), nil); len(s) != 1 || !strings.Contains(s[0], "HTTP endpoint") {
			t.Errorf("the check says %q", s)
		}
		a.healthy(true)
		b.works("Ada")
		a.end(3 * time.Second)
	})
}
