package slacktest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// methods are those that the workspace has, with the arguments that Slack documents.
// https://docs.slack.dev/reference/methods
func methods() map[string]method {
	write := []string{"chat:write"}
	return map[string]method{
		"auth.test":             {do: authTest},
		"apps.connections.open": {app: true, do: connectionsOpen},
		"chat.postMessage": {scopes: write, do: postMessage, args: "channel! text blocks attachments icon_emoji icon_url link_names markdown_text " +
			"metadata mrkdwn parse reply_broadcast thread_ts unfurl_links unfurl_media username"},
		"chat.update":                  {scopes: write, do: update, args: "channel! ts! text blocks attachments link_names markdown_text metadata parse reply_broadcast file_ids"},
		"chat.postEphemeral":           {scopes: write, do: postEphemeral, args: "channel! user! text blocks attachments icon_emoji icon_url link_names markdown_text parse thread_ts username"},
		"conversations.history":        {scopes: []string{"channels:history", "groups:history", "im:history"}, do: history, args: "channel! cursor include_all_metadata inclusive latest limit oldest"},
		"conversations.open":           {scopes: []string{"im:write", "mpim:write"}, do: open, args: "users channel return_im prevent_creation"},
		"users.info":                   {scopes: []string{"users:read"}, do: usersInfo, args: "user! include_locale"},
		"views.open":                   {do: viewsOpen, args: "view! trigger_id interactivity_pointer"},
		"views.push":                   {do: viewsPush, args: "view! trigger_id interactivity_pointer"},
		"views.update":                 {do: viewsUpdate, args: "view! view_id external_id hash"},
		"views.publish":                {do: viewsPublish, args: "view! user_id! hash"},
		"files.getUploadURLExternal":   {scopes: []string{"files:write"}, do: getUploadURL, args: "filename! length! alt_txt snippet_type"},
		"files.completeUploadExternal": {scopes: []string{"files:write"}, do: completeUpload, args: "files! blocks channel_id channels initial_comment thread_ts"},
	}
}

func authTest(s *Server, _ object) (object, *refusal) {
	return object{"url": s.http.URL, "team": "Test", "user": "interviewbot", "team_id": TeamID, "user_id": BotID, "bot_id": "B0BOT0001", "is_enterprise_install": false}, nil
}

// target is the channel that a message goes to; s.mu is held.
func (s *Server) target(id string) (*channel, *refusal) {
	if isUser(id) {
		if u := s.users[id]; u == nil || u.bot {
			return nil, refuse("channel_not_found")
		}
		return s.dm(id), nil
	}
	c := s.channels[id]
	switch {
	case c == nil, c.private && !c.bot:
		return nil, refuse("channel_not_found")
	case c.archived:
		return nil, refuse("is_archived")
	case !c.bot:
		return nil, refuse("not_in_channel")
	}
	return c, nil
}

// content reads the text and blocks of a message.
func (s *Server) content(args object) (text string, blocks []any, no *refusal) {
	text, blocks = str(args, "text"), list(args, "blocks")
	if text == "" && len(blocks) == 0 {
		return "", nil, malformed("no_text")
	}
	if b, ok := args["blocks"]; ok && b != nil && blocks == nil {
		return "", nil, malformed("invalid_blocks_format")
	}
	if args["link_names"] == "1" || args["parse"] == "full" {
		return "", nil, malformed("invalid_arguments", "slacktest: this would let people be mentioned")
	}
	if problems := s.checkMessage(text, blocks); len(problems) > 0 {
		for i := range problems {
			problems[i] = "[ERROR] " + problems[i]
		}
		return "", nil, s.invalidBlocks(problems)
	}
	return text, s.named(blocks), nil
}

// invalidBlocks refuses blocks. That a picture is still in processing is nobody's fault.
func (s *Server) invalidBlocks(problems []string) *refusal {
	no := malformed("invalid_blocks", problems...)
	no.malformed = slices.ContainsFunc(problems, func(p string) bool { return !strings.Contains(p, "invalid slack file") })
	return no
}

func postMessage(s *Server, args object) (object, *refusal) {
	c, no := s.target(str(args, "channel"))
	if no != nil {
		return nil, no
	}
	text, blocks, no := s.content(args)
	if no != nil {
		return nil, no
	}
	if args["unfurl_links"] != "false" || args["unfurl_media"] != "false" {
		return nil, malformed("invalid_arguments", "slacktest: the message would unfurl links")
	}
	if args["parse"] != "none" {
		return nil, malformed("invalid_arguments", "slacktest: the text would be parsed")
	}
	m := &message{ts: s.ts(), bot: true, text: text, plain: args["mrkdwn"] == "false", blocks: blocks}
	c.messages = append(c.messages, m)
	s.ring()
	return object{"channel": c.id, "ts": m.ts, "message": m.json()}, nil
}

func update(s *Server, args object) (object, *refusal) {
	c := s.channels[str(args, "channel")]
	if c == nil || !c.bot {
		return nil, refuse("channel_not_found")
	}
	m := c.find(str(args, "ts"))
	switch {
	case m == nil, m.only != "":
		return nil, refuse("message_not_found")
	case !m.bot:
		return nil, refuse("cant_update_message")
	}
	text, blocks, no := s.content(args)
	if no != nil {
		return nil, no
	}
	m.text, m.blocks, m.edited = text, blocks, true
	s.ring()
	return object{"channel": c.id, "ts": m.ts, "text": text, "message": m.json()}, nil
}

func postEphemeral(s *Server, args object) (object, *refusal) {
	c, no := s.target(str(args, "channel"))
	if no != nil {
		return nil, no
	}
	u := s.users[str(args, "user")]
	if u == nil {
		return nil, refuse("user_not_in_channel")
	}
	text, blocks, no := s.content(args)
	if no != nil {
		return nil, no
	}
	m := s.whisper(c, u.id, text, blocks)
	return object{"message_ts": m.ts}, nil
}

// whisper shows a message to one person; s.mu is held.
func (s *Server) whisper(c *channel, user, text string, blocks []any) *message {
	m := &message{ts: s.ts(), bot: true, only: user, text: text, blocks: blocks}
	c.messages = append(c.messages, m)
	s.ring()
	return m
}

func (m *message) json() object {
	return object{"type": "message", "user": BotID, "bot_id": "B0BOT0001", "app_id": appID, "team": TeamID, "ts": m.ts, "text": m.text, "blocks": m.blocks}
}

func history(s *Server, args object) (object, *refusal) {
	c, no := s.target(str(args, "channel"))
	if no != nil {
		return nil, no
	}
	scope := "channels:history"
	if c.private {
		scope = "groups:history"
	} else if c.direct != "" {
		scope = "im:history"
	}
	if !s.has(scope) {
		return nil, &refusal{code: "missing_scope", needed: scope}
	}
	limit, err := strconv.Atoi(str(args, "limit"))
	if err != nil || limit > 999 {
		limit = 100
	}
	var page []any
	skip, _ := strconv.Atoi(strings.TrimPrefix(str(args, "cursor"), "next:"))
	seen, more := 0, false
	for _, m := range slices.Backward(c.messages) {
		if m.only != "" || seconds(m.ts) < seconds(str(args, "oldest")) {
			continue
		}
		if seen++; seen <= skip {
			continue
		}
		if more = len(page) == limit; more {
			break
		}
		page = append(page, m.json())
	}
	answer := object{"messages": page, "has_more": more, "response_metadata": object{"next_cursor": ""}}
	if more {
		answer["response_metadata"] = object{"next_cursor": fmt.Sprintf("next:%d", skip+limit)}
	}
	return answer, nil
}

func seconds(ts string) float64 {
	f, err := strconv.ParseFloat(ts, 64)
	if err != nil {
		return 0
	}
	return f
}

func open(s *Server, args object) (object, *refusal) {
	u := s.users[str(args, "users")]
	if u == nil || u.bot {
		return nil, refuse("user_not_found")
	}
	return object{"no_op": true, "channel": object{"id": s.dm(u.id).id}}, nil
}

func usersInfo(s *Server, args object) (object, *refusal) {
	u := s.users[str(args, "user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return object{"user": object{
		"id": u.id, "team_id": TeamID, "name": strings.ToLower(u.name), "real_name": u.name + " Real", "tz": u.zone, "is_admin": u.admin,
		"is_owner": false, "is_bot": u.bot, "profile": object{"display_name": u.name, "real_name": u.name + " Real"},
	}}, nil
}

// exchange takes a trigger for what it opens; s.mu is held.
func (s *Server) exchange(id string) (*trigger, *refusal) {
	t := s.triggers[id]
	switch {
	case t == nil:
		return nil, malformed("invalid_trigger_id", id)
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case s.opt.Now().Sub(t.at) > 3*time.Second:
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// sound reads a view; s.mu is held.
func (s *Server) sound(args object, kind string) (object, *refusal) {
	v := asObject(args["view"])
	problems := s.checkView(v, kind)
	if len(problems) == 0 {
		return v, nil
	}
	no := s.invalidBlocks(problems)
	no.code = "invalid_arguments"
	return nil, no
}

func viewsOpen(s *Server, args object) (object, *refusal) {
	o, no := s.sound(args, "modal")
	if no != nil {
		return nil, no
	}
	t, no := s.exchange(str(args, "trigger_id"))
	if no != nil {
		return nil, no
	}
	v := s.newView(o, false)
	s.users[t.user].views = []*view{v}
	return object{"view": s.viewJSON(v)}, nil
}

func viewsPush(s *Server, args object) (object, *refusal) {
	o, no := s.sound(args, "modal")
	if no != nil {
		return nil, no
	}
	t, no := s.exchange(str(args, "trigger_id"))
	if no != nil {
		return nil, no
	}
	u := s.users[t.user]
	switch {
	case t.view == "" || u.top() == nil:
		return nil, refuse("not_found")
	case len(u.views) >= 3:
		return nil, refuse("push_limit_reached")
	}
	return object{"view": s.viewJSON(s.push(u, o))}, nil
}

// push puts a view on top; s.mu is held.
func (s *Server) push(u *user, o object) *view {
	v := s.newView(o, false)
	v.root, v.previous = u.views[0].id, u.top().id
	u.views = append(u.views, v)
	return v
}

func viewsUpdate(s *Server, args object) (object, *refusal) {
	o, no := s.sound(args, "modal")
	if no != nil {
		return nil, no
	}
	_, v := s.view(str(args, "view_id"))
	if v == nil || v.home {
		return nil, refuse("not_found")
	}
	if h := str(args, "hash"); h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	s.show(v, o)
	return object{"view": s.viewJSON(v)}, nil
}

func viewsPublish(s *Server, args object) (object, *refusal) {
	o, no := s.sound(args, "home")
	if no != nil {
		return nil, no
	}
	u := s.users[str(args, "user_id")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	if u.home == nil {
		u.home = s.newView(o, true)
	} else {
		s.show(u.home, o)
	}
	return object{"view": s.viewJSON(u.home)}, nil
}

func getUploadURL(s *Server, args object) (object, *refusal) {
	size, err := strconv.Atoi(str(args, "length"))
	if err != nil || size <= 0 {
		return nil, malformed("invalid_arguments", "length")
	}
	f := &file{id: s.id("F"), name: str(args, "filename"), size: size}
	s.files[f.id] = f
	return object{"upload_url": s.http.URL + "/upload/" + f.id, "file_id": f.id}, nil
}

// serveUpload takes the bytes of a file.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	part, _, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer part.Close()
	n, buf := 0, make([]byte, 32<<10)
	for {
		k, err := part.Read(buf)
		n += k
		if err != nil {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[r.PathValue("id")]; f == nil || n != f.size {
		s.violated("upload of %s: %d bytes", r.PathValue("id"), n)
		http.Error(w, "no such upload, or not of that size", http.StatusBadRequest)
		return
	}
	s.files[r.PathValue("id")].bytes = n
	_, _ = fmt.Fprintf(w, "OK - %d", n)
}

func completeUpload(s *Server, args object) (object, *refusal) {
	var done []any
	for _, x := range list(args, "files") {
		f := s.files[str(asObject(x), "id")]
		if f == nil || f.bytes != f.size {
			return nil, malformed("file_not_found")
		}
		f.stored, f.ready = true, s.opt.Now().Add(processing)
		done = append(done, object{"id": f.id, "title": str(asObject(x), "title")})
	}
	return object{"files": done}, nil
}
