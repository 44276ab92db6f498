package slack

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	// peopleFor is how long a person's name, zone and rights are believed.
	peopleFor = 5 * time.Minute
	// unknownFor is how long it is not asked again after it could not be told.
	unknownFor = 30 * time.Second
	// peopleWait is how much of Slack's 3 seconds is spent on asking who somebody is.
	peopleWait = 800 * time.Millisecond
)

// actor completes who acted with what users.info knows: name, zone, whether they administrate the workspace. What cannot
// be told in time stays unknown, which gives no rights.
func (a *Adapter) actor(ctx context.Context, user string, as chat.Actor) chat.Actor {
	if user == "" {
		return as
	}
	if known, ok := a.people.get(user, a.now()); ok {
		return merge(known, as)
	}
	if _, ok := a.pace.take(methodPeople, ""); !ok {
		return as
	}
	found, keep := chat.Actor{}, unknownFor
	ctx, cancel := context.WithTimeout(ctx, peopleWait)
	defer cancel()
	err := a.call(ctx, methodPeople, func(ctx context.Context) error {
		u, err := a.api.GetUserInfoContext(ctx, user)
		if err == nil {
			found, keep = describe(u), peopleFor
		}
		return err
	})
	if err != nil {
		a.log.Warn("could not ask who somebody is", "user", as.User, "error", err)
	}
	a.people.put(user, found, a.now().Add(keep))
	return merge(found, as)
}

// describe never says that somebody is no administrator: in Slack it is left open who may set up a channel.
func describe(u *slack.User) chat.Actor {
	admin := chat.Unknown
	if u.IsAdmin || u.IsOwner || u.IsPrimaryOwner {
		admin = chat.Yes
	}
	name := u.Profile.DisplayName
	if name == "" {
		name = u.RealName
	}
	if _, err := time.LoadLocation(u.TZ); err != nil {
		u.TZ = ""
	}
	return chat.Actor{Name: clean(name), Admin: admin, Zone: u.TZ}
}

// merge is what is known of a person, besides what the event itself says.
func merge(known, as chat.Actor) chat.Actor {
	if known.Name != "" {
		as.Name = known.Name
	}
	as.Admin, as.Zone = known.Admin, known.Zone
	return as
}
