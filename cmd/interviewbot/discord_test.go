package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong with the settings of Discord is said together with all else that is, before anything is opened.
func TestDiscordSettingsAreCheckedTogether(t *testing.T) {
	t.Setenv("DISCORD_TOKEN", "Bot secret-part")
	t.Setenv("DISCORD_APPLICATION_ID", "my-bot")
	t.Setenv("DISCORD_PUBLIC_KEY", "12")
	t.Setenv("DISCORD_API_URL", "discord.example")
	data := filepath.Join(t.TempDir(), "data.db")
	var out strings.Builder
	err := command(&out, &out).Run(context.Background(), []string{"interviewbot", "--listen", "nonsense", "--store", data})
	if err == nil {
		t.Fatal("it ran")
	}
	for _, want := range []string{"please correct the configuration", "--listen", "DISCORD_TOKEN", "DISCORD_APPLICATION_ID", "DISCORD_PUBLIC_KEY", "DISCORD_API_URL"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if strings.Contains(err.Error()+out.String(), "secret-part") {
		t.Errorf("the token is shown: %v", err)
	}
	if found, _ := filepath.Glob(data + "*"); len(found) > 0 {
		t.Errorf("opened %q", found)
	}
}

func TestDiscordInvite(t *testing.T) {
	for args, want := range map[string]string{
		"--application-id 123456789012345678": "client_id=123456789012345678",
		"--application-id my-bot":             "copy the number from the General Information page",
		"":                                    "copy the number from the General Information page",
	} {
		var out strings.Builder
		err := command(&out, &out).Run(context.Background(), append([]string{"interviewbot", "discord", "invite"}, strings.Fields(args)...))
		said := out.String()
		if err != nil {
			said += err.Error()
		}
		if !strings.Contains(said, want) || (err == nil) != strings.HasPrefix(said, "https://") {
			t.Errorf("discord invite %s: %q, want %q", args, said, want)
		}
	}
}
