package discord

import (
	"context"
	"sync"
	"time"
)

// roles knows the names of guilds' roles: interactions carry only their identifiers, and people name a role by its name.
type roles struct {
	mu     sync.Mutex
	guilds map[string]*guildRoles
}

type guildRoles struct {
	mu    sync.Mutex // held while they are asked for
	names map[string]string
	asked time.Time
}

// rolesFresh is how long names are trusted, rolesTime how long an interaction may wait for them.
const (
	rolesFresh = 10 * time.Minute
	rolesTime  = 700 * time.Millisecond
	maxGuilds  = 4096 // whose names are known at once
)

// names returns the roles of who acted, each by identifier and, if it is known, by name.
func (r *roles) names(ctx context.Context, api *rest, in *interaction) []string {
	if !in.here() || len(in.Member.Roles) == 0 {
		return nil
	}
	known := r.of(ctx, api, in.GuildID)
	var out []string
	for _, id := range in.Member.Roles {
		out = append(out, id)
		if n := known[id]; n != "" {
			out = append(out, n)
		}
	}
	return out
}

func rolesRoute(guild string) route { return route{name: "GET roles", major: guild} }

func (r *roles) of(ctx context.Context, api *rest, guild string) map[string]string {
	r.mu.Lock()
	g, ok := r.guilds[guild]
	if !ok {
		if len(r.guilds) >= maxGuilds {
			clear(r.guilds)
		}
		g = &guildRoles{}
		r.guilds[guild] = g
	}
	r.mu.Unlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := api.now(); now.Sub(g.asked) >= rolesFresh {
		ctx, cancel := context.WithTimeout(ctx, rolesTime)
		defer cancel()
		var list []role
		err := api.try(ctx, request{method: "GET", path: "/guilds/" + guild + "/roles", route: rolesRoute(guild), into: &list})
		if err == nil {
			g.names = make(map[string]string, len(list))
			for _, x := range list {
				g.names[x.ID] = x.Name
			}
		}
		g.asked = now
		if err != nil {
			g.asked = now.Add(time.Minute - rolesFresh) // ask again in a minute
		}
	}
	return g.names
}

type role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
}
