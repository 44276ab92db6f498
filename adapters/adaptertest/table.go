package adaptertest

import "github.com/interviewbot/interviewbot/bot/chat"

// Table is the command table that the suite gives to Start.
func Table() chat.Table {
	return chat.Table{
		{Name: "help", Summary: "What I can do", Personal: true, Gives: chat.GivesReply},
		{Name: "say", Summary: "Say something", Personal: true, Gives: chat.GivesReply, Options: []chat.Option{
			{Name: "text", Summary: "What to say", Max: 3000},
		}},
		{Name: "pick", Summary: "Pick a colour and a size", Personal: true, Gives: chat.GivesReply, Options: []chat.Option{
			{Name: "colour", Summary: "Which colour", Required: true, Choices: []chat.Choice{
				{Value: "red", Label: "Red"}, {Value: "green", Label: "Green"}, {Value: "blue", Label: "Blue"},
			}},
			{Name: "size", Summary: "Which size", Complete: true},
		}},
		{Name: "open", Summary: "Open a form", Personal: true, Gives: chat.GivesForm},
		{Name: "tracks", Summary: "Look at the tracks, or edit them", Personal: true, Gives: chat.GivesReply, Forms: []string{"edit"}, Options: []chat.Option{
			{Name: "deed", Summary: "What to do", Choices: []chat.Choice{
				{Value: "list", Label: "List"}, {Value: "edit", Label: "Edit"},
			}},
		}},
	}
}
