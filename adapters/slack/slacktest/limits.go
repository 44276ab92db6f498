package slacktest

import "math"

// between is a range of allowed sizes.
type between struct{ min, max int }

// limits are the bounds of Block Kit, by the names that the conformance registry of shared/contracts/slack-blockkit has.
// https://docs.slack.dev/reference/block-kit/
func limits() map[string]between {
	return map[string]between{
		"text":                        {1, 3000},
		"action_id":                   {0, 255},
		"block_id":                    {0, 255},
		"button.text":                 {1, 75},
		"button.url":                  {0, 3000},
		"button.value":                {0, 2000},
		"button.accessibility_label":  {0, 75},
		"confirmation.title":          {1, 100},
		"confirmation.text":           {1, 300},
		"confirmation.confirm":        {1, 30},
		"confirmation.deny":           {1, 30},
		"option.text":                 {1, 75},
		"option.value":                {1, 150},
		"option.description":          {1, 75},
		"option.url":                  {0, 3000},
		"option_group.label":          {1, 75},
		"option_group.options":        {1, 100},
		"select.placeholder":          {1, 150},
		"select.options":              {1, 100},
		"select.option_groups":        {1, 100},
		"overflow.options":            {1, 5},
		"checkboxes.options":          {1, 10},
		"radio_buttons.options":       {1, 10},
		"plain_text_input.max_length": {1, 3000},
		"actions.elements":            {1, 25},
		"context.elements":            {1, 10},
		"header.text":                 {1, 150},
		"image.image_url":             {1, 3000},
		"image.alt_text":              {1, 2000},
		"image.title":                 {1, 2000},
		"input.label":                 {1, 2000},
		"input.hint":                  {1, 2000},
		"section.text":                {1, 3000},
		"section.fields":              {1, 10},
		"section.fields.item":         {1, 2000},
		"view.blocks":                 {1, 100},
		"view.private_metadata":       {0, 3000},
		"view.callback_id":            {0, 255},
		"view.title":                  {1, 24},
		"view.close":                  {1, 24},
		"view.submit":                 {1, 24},
		"message.blocks":              {0, 50},
		"message.text":                {0, 4000},
		// Neither is documented: the length of all texts of a message was refused from somewhere above 11,000 on
		// (slackapi/bolt-js#2509, #2867); rich text has no bound of its own below that.
		"message.total": {0, 11000},
		"rich_text":     {1, math.MaxInt32},
	}
}

// perMinute is how many calls a method takes in any minute. https://docs.slack.dev/apis/web-api/rate-limits
func (s *Server) perMinute(method string) int {
	switch method {
	case "chat.postMessage":
		return s.opt.Posts
	case "chat.update", "conversations.history", "conversations.open", "apps.connections.open":
		return 50
	}
	return 100
}
