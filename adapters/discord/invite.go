package discord

import (
	"net/url"
	"strconv"
)

// InviteOptions is what the link of Invite asks for.
type InviteOptions struct {
	Threads  bool // the bot may open a thread for each question
	Personal bool // the link is for one person's own account, not for a server
}

// Invite returns the link by which the bot is added, with the least permissions it needs: to see the channel, to write,
// to attach pictures, and to read back what it wrote itself. A personal installation needs none.
func Invite(appID string, o InviteOptions) (string, error) {
	if !isSnowflake(appID) {
		return "", errNoApplication
	}
	q := url.Values{"client_id": {appID}}
	if o.Personal {
		q.Set("integration_type", "1")
		q.Set("scope", "applications.commands")
	} else {
		rights := uint64(mayView | maySend | mayAttach | mayReadHistory)
		if o.Threads {
			rights |= mayThread | maySendThread
		}
		q.Set("integration_type", "0")
		q.Set("scope", "bot applications.commands")
		q.Set("permissions", strconv.FormatUint(rights, 10))
	}
	return "https://discord.com/oauth2/authorize?" + q.Encode(), nil
}
