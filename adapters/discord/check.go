package discord

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/interviewbot/interviewbot/bot/chat"
)

// What the bot needs in a channel, and what threads need besides. Messages are made of components, which need no right
// to embed; pictures and very long texts are attached.
const (
	mayView        = 1 << 10
	maySend        = 1 << 11
	mayAttach      = 1 << 15
	mayReadHistory = 1 << 16
	mayThread      = 1 << 35
	maySendThread  = 1 << 38
)

// application is what Discord knows of the bot's application.
type application struct {
	ID       string `json:"id"`
	Key      string `json:"verify_key"`
	Endpoint string `json:"interactions_endpoint_url"`
	Guilds   int    `json:"approximate_guild_count"`
}

// application asks until Discord answers, or ctx ends.
func (a *Adapter) application(ctx context.Context) (app application, err error) {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		err = a.rest.call(ctx, request{method: "GET", path: "/applications/@me", route: route{name: "GET application"}, into: &app})
		var no *refusal
		if err == nil || errors.As(err, &no) && no.Status < http.StatusInternalServerError || sleep(ctx, wait) != nil {
			return app, err
		}
	}
}

// Check implements chat.Watcher: what of the application's settings and the channels' permissions keeps the bot from
// working. It waits until Discord can be reached; it finds nothing when ctx ends before.
func (a *Adapter) Check(ctx context.Context, channels []chat.ChannelID) []string {
	app, err := a.application(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(err, chat.ErrRevoked):
		return []string{"Discord refuses the token. Set DISCORD_TOKEN to the one on the Bot page of the application."}
	case err != nil:
		return []string{"Discord could not be asked about the application: " + err.Error()}
	}
	var bad []string
	tell := func(is bool, sentence string) {
		if is {
			bad = append(bad, sentence)
		}
	}
	tell(app.ID != a.app, fmt.Sprintf("DISCORD_APPLICATION_ID is %s, but the token belongs to application %s.", a.app, app.ID))
	tell(a.overHTTP && app.Key != hex.EncodeToString(a.key), "DISCORD_PUBLIC_KEY is not the application's. Copy it from the General Information page.")
	tell(a.overHTTP && app.Endpoint == "", "The application has no Interactions Endpoint URL. Set it on the General Information page to your address with /discord/interactions.")
	tell(!a.overHTTP && app.Endpoint != "", "The application has an Interactions Endpoint URL, so Discord tells nothing over the gateway. Remove it on the General Information page, or run with the HTTP endpoint.")
	tell(!a.overHTTP && app.Guilds > manyGuilds, fmt.Sprintf("The bot is in %d servers. Use the HTTP endpoint: from 2,500 on Discord refuses a single gateway connection.", app.Guilds))
	guilds := map[string]*guildRights{}
	for _, c := range channels {
		if sentence := a.checkChannel(ctx, c, guilds); sentence != "" {
			bad = append(bad, sentence)
		}
	}
	return bad
}

// Resides implements chat.Resident. What one person uses alone has no members to be one of: there what was told holds.
func (a *Adapter) Resides(ctx context.Context, s chat.SpaceID) (bool, error) {
	guild, ok := snowflakeOf(s)
	if !ok {
		return false, nil
	}
	err := a.rest.call(ctx, request{method: "GET", path: "/guilds/" + guild + "/roles", route: rolesRoute(guild)})
	if errors.Is(err, chat.ErrGone) {
		return false, nil
	}
	return err == nil, err
}

type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0 = role, 1 = member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type channelRights struct {
	Type       int         `json:"type"`
	Guild      string      `json:"guild_id"`
	Name       string      `json:"name"`
	Parent     string      `json:"parent_id"`
	Overwrites []overwrite `json:"permission_overwrites"`
}

// guildRights is what the bot may do in a guild before a channel says more.
type guildRights struct {
	roles  []role
	member struct {
		Roles []string `json:"roles"`
	}
}

// checkChannel says what is missing in a channel, "" when nothing is.
func (a *Adapter) checkChannel(ctx context.Context, c chat.ChannelID, guilds map[string]*guildRights) string {
	id, _, ok := channelOf(c)
	if !ok || id == "" {
		return "" // a direct conversation has no permissions
	}
	ch, err := a.channelRights(ctx, id)
	need := uint64(mayView | maySend | mayAttach | mayReadHistory)
	if err == nil && isThread(ch.Type) { // a thread has its parent's permissions
		need = need&^maySend | maySendThread
		name := ch.Name
		ch, err = a.channelRights(ctx, ch.Parent)
		ch.Name = name
	}
	if errors.Is(err, chat.ErrGone) {
		return fmt.Sprintf("Channel %s is gone, or the bot may not see it. Give the bot's role View Channel there, or remove the track.", id)
	}
	me, err2 := a.me(ctx)
	g, err3 := a.guildRights(ctx, ch.Guild, me, guilds)
	if err := errors.Join(err, err2, err3); err != nil {
		return fmt.Sprintf("The permissions in channel %s could not be asked for: %v", id, err)
	}
	if missing := names(need &^ g.in(ch, me)); missing != "" {
		return fmt.Sprintf("In #%s the bot lacks: %s. Allow it in the channel's settings, under Permissions.", clip(ch.Name, 100), missing)
	}
	return ""
}

func (a *Adapter) channelRights(ctx context.Context, id string) (channelRights, error) {
	var ch channelRights
	err := a.rest.call(ctx, request{method: "GET", path: "/channels/" + id, route: route{name: "GET channel", major: id}, into: &ch})
	if err == nil && !isSnowflake(ch.Guild) {
		err = errMalformed
	}
	return ch, err
}

func (a *Adapter) guildRights(ctx context.Context, guild, me string, known map[string]*guildRights) (*guildRights, error) {
	if g := known[guild]; g != nil || guild == "" {
		return g, nil
	}
	g := &guildRights{}
	for path, into := range map[string]any{"/roles": &g.roles, "/members/" + me: &g.member} {
		if err := a.rest.call(ctx, request{method: "GET", path: "/guilds/" + guild + path, route: route{name: "GET guild" + path, major: guild}, into: into}); err != nil {
			return nil, err
		}
	}
	known[guild] = g
	return g, nil
}

// in computes what the bot may do in a channel:
// https://discord.com/developers/docs/topics/permissions#permission-overwrites
func (g *guildRights) in(ch channelRights, me string) uint64 {
	var rights uint64
	for _, r := range g.roles {
		if r.ID == ch.Guild || slices.Contains(g.member.Roles, r.ID) {
			rights |= bits(r.Permissions)
		}
	}
	if rights&mayAdministrate != 0 {
		return ^uint64(0)
	}
	for _, applies := range []func(overwrite) bool{
		func(o overwrite) bool { return o.Type == 0 && o.ID == ch.Guild },
		func(o overwrite) bool {
			return o.Type == 0 && o.ID != ch.Guild && slices.Contains(g.member.Roles, o.ID)
		},
		func(o overwrite) bool { return o.Type == 1 && o.ID == me },
	} {
		var allow, deny uint64
		for _, o := range ch.Overwrites {
			if applies(o) {
				allow, deny = allow|bits(o.Allow), deny|bits(o.Deny)
			}
		}
		rights = rights&^deny | allow
	}
	return rights
}

func bits(s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func names(rights uint64) string {
	var list []string
	for _, r := range []struct {
		bit  uint64
		name string
	}{
		{mayView, "View Channel"}, {maySend, "Send Messages"}, {maySendThread, "Send Messages in Threads"},
		{mayAttach, "Attach Files"}, {mayReadHistory, "Read Message History"},
	} {
		if rights&r.bit != 0 {
			list = append(list, r.name)
		}
	}
	return strings.Join(list, ", ")
}
