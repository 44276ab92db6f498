package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/interviewbot/interviewbot/bot/civil"
)

// simulateCommand prints when a schedule is due: civil time, offset and instant.
func simulateCommand() *cli.Command {
	return &cli.Command{
		Name: "simulate", Usage: "print when a schedule is due",
		Description: "Each line is one slot: its civil time in the zone, the zone's offset then, and the instant in UTC.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "cron", Usage: "five cron `FIELDS`, such as '0 9 * * 1-5'", Required: true},
			&cli.StringFlag{Name: "zone", Usage: "`NAME` of a time zone", Value: "UTC"},
			&cli.StringFlag{Name: "from", Usage: "first `DATE`, such as 2026-01-01", Required: true},
			&cli.StringFlag{Name: "to", Usage: "last `DATE`, inclusive", Required: true},
			&cli.BoolFlag{Name: "json", Usage: "a list of objects with civil and utc"},
		},
		Action: func(_ context.Context, c *cli.Command) error {
			sched, err := civil.Parse(c.String("cron"), c.String("zone"))
			if err != nil {
				return err
			}
			slots, err := sched.Dates(c.String("from"), c.String("to"))
			if err != nil {
				return err
			}
			if !c.Bool("json") {
				for _, s := range slots {
					if _, err := fmt.Fprintf(c.Root().Writer, "%s  %s  %s\n", s.Civil, s.At.In(sched.Location()).Format("-07:00"), s.At.Format(time.RFC3339)); err != nil {
						return err
					}
				}
				return nil
			}
			type slot struct {
				Civil string `json:"civil"`
				UTC   string `json:"utc"`
			}
			list := make([]slot, len(slots))
			for i, s := range slots {
				list[i] = slot{s.Civil, s.At.UTC().Format(time.RFC3339)}
			}
			enc := json.NewEncoder(c.Root().Writer)
			enc.SetIndent("", "  ")
			return enc.Encode(list)
		},
	}
}
