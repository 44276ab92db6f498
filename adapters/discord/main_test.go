package discord_test

import (
	"flag"
	"os"
	"testing"
)

// Most of these tests wait, for Discord's three seconds or for discordgo's one; more of them than processors can.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
