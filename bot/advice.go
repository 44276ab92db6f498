package bot

import (
	"context"
	"strings"

	"github.com/interviewbot/interviewbot/bot/chat"
	"github.com/interviewbot/interviewbot/bot/store"
	"github.com/interviewbot/interviewbot/questions"
)

// What the bank has besides questions: tips, projects, questions to ask, and what to find out about a company.

// commandTip gives a tip.
func (b *Bot) commandTip(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	topic := ""
	if args["topic"] != "" {
		var err error
		if topic, _, err = b.practiceWish(c, args["topic"], ""); err != nil {
			return chat.Response{}, err
		}
	}
	return b.tip(ctx, c, topic)
}

// pressTip gives another one.
func (b *Bot) pressTip(ctx context.Context, c call) (chat.Response, error) {
	topic := c.arg(-1)
	if topic == "any" {
		topic = ""
	}
	r, err := b.tip(ctx, c, topic)
	return chat.Response{Update: r.Reply}, err
}

func (b *Bot) tip(ctx context.Context, c call, topic string) (chat.Response, error) {
	var tip *questions.Tip
	err := b.remembering(ctx, c, "tip.", func(recent []string, s uint64) (id string, err error) {
		if tip, err = b.bank.Load().PickTip(topic, recent, s); err != nil {
			return "", sorryf("There is no tip on %s yet. Without a topic there are many.", b.topicTitle(topic))
		}
		return tip.ID, nil
	})
	if err != nil || tip == nil {
		return chat.Response{}, err
	}
	again := topic
	if again == "" {
		again = "any"
	}
	return reply(message(tip.Text, chat.Paragraph{Text: chat.Join(chat.B("Tip  "), spans(tip.Text))}, row(b.button("Another", "tip", again)))), nil
}

// pressMoreTip gives a tip in private, from a tip that was posted.
func (b *Bot) pressMoreTip(ctx context.Context, c call) (chat.Response, error) {
	return b.tip(ctx, c, "")
}

// commandProject gives a brief.
func (b *Bot) commandProject(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	return b.project(ctx, c, args["size"])
}

// pressProject gives another one.
func (b *Bot) pressProject(ctx context.Context, c call) (chat.Response, error) {
	size := c.arg(0)
	if size == onPost {
		size = c.arg(1)
	}
	if !contains(questions.Sizes(), size) {
		size = ""
	}
	return b.project(ctx, c, size)
}

func (b *Bot) project(ctx context.Context, c call, size string) (chat.Response, error) {
	var p *questions.Project
	err := b.remembering(ctx, c, "project.", func(recent []string, s uint64) (id string, err error) {
		if p, err = b.bank.Load().PickProject(size, recent, s); err != nil {
			return "", sorry("There is no project of that size in the bank.")
		}
		return p.ID, nil
	})
	if err != nil || p == nil {
		return chat.Response{}, err
	}
	again := size
	if again == "" {
		again = "any"
	}
	return reply(message("Project: "+p.Title, append(projectBlocks(p), row(b.button("Another", "project", again)))...)), nil
}

func projectBlocks(p *questions.Project) []chat.Block {
	out := append([]chat.Block{heading(p.Title), note(p.Size + " project")}, blocks(p.Brief)...)
	for _, part := range []struct {
		title string
		items []string
	}{{"What it will make you learn", p.Learn}, {"What to be able to say about it", p.Say}, {"If you want more", p.Stretch}} {
		if len(part.items) == 0 {
			continue
		}
		l := chat.List{}
		for _, s := range part.items {
			l.Items = append(l.Items, spans(s))
		}
		out = append(out, chat.Paragraph{Text: chat.B(part.title)}, l)
	}
	return out
}

// reverseAtOnce is how many questions to ask are given at a time.
const reverseAtOnce = 3

// commandReverse gives a few questions to ask the company.
func (b *Bot) commandReverse(ctx context.Context, c call, args map[string]string) (chat.Response, error) {
	return b.reverse(ctx, c, args["stage"])
}

// pressReverse gives others.
func (b *Bot) pressReverse(ctx context.Context, c call) (chat.Response, error) {
	stage := c.arg(-1)
	if !contains(questions.Stages(), stage) {
		stage = ""
	}
	r, err := b.reverse(ctx, c, stage)
	return chat.Response{Update: r.Reply}, err
}

func (b *Bot) reverse(ctx context.Context, c call, stage string) (chat.Response, error) {
	var few []*questions.Reverse
	again, err := b.write(ctx, c, "give questions to ask", func(tx store.Tx) error {
		few = nil
		for range reverseAtOnce {
			err := remembered(tx, c, "reverse.", func(recent []string, s uint64) (string, error) {
				q, err := b.bank.Load().PickReverse(stage, recent, s)
				if err != nil {
					return "", sorry("There are no questions to ask for that stage in the bank.")
				}
				few = append(few, q)
				return q.ID, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || again {
		return chat.Response{}, err
	}
	var out []chat.Block
	for _, q := range few {
		out = append(out, chat.Paragraph{Text: chat.B(q.Text)}, chat.Note{Text: chat.Join(chat.T("For the "+q.Stage+" stage. "), spans(q.Reveals))})
	}
	verb := stage
	if verb == "" {
		verb = "any"
	}
	return reply(message("Questions to ask the company", append(out, row(b.button("Others", "reverse", verb)))...)), nil
}

// commandCompany is the checklist for one company. Nothing about it is stored.
func (b *Bot) commandCompany(_ context.Context, _ call, args map[string]string) (chat.Response, error) {
	name := clip(strings.Join(strings.Fields(args["name"]), " "), 80)
	out := []chat.Block{heading("Before you talk to " + name)}
	all := b.bank.Load().Company()
	for i, area := range questions.Areas() {
		l := chat.List{}
		for _, p := range pickArea(all, area, seed(name, i)) {
			l.Items = append(l.Items, chat.Join(chat.B(p.Ask), chat.T("  "), spans(p.How), chat.T("  "), spans(p.Use)))
		}
		if len(l.Items) > 0 {
			out = append(out, chat.Paragraph{Text: chat.B(strings.ToUpper(area[:1]) + area[1:])}, l)
		}
	}
	if len(out) == 1 {
		return chat.Response{}, sorry("The bank has no research prompts yet.")
	}
	return reply(message("What to find out about "+name, append(out, note("Only you see this, and nothing about it is stored."))...)), nil
}

// perArea is how many research prompts of an area one checklist has: what fits a message, and an evening.
const perArea = 2

// pickArea chooses prompts of an area, the same for the same company.
func pickArea(all []*questions.Company, area string, s uint64) []*questions.Company {
	var of []*questions.Company
	for _, p := range all {
		if p.Area == area {
			of = append(of, p)
		}
	}
	var out []*questions.Company
	for i := range min(perArea, len(of)) {
		out = append(out, of[(int(s%uint64(len(of)))+i)%len(of)])
	}
	return out
}

// remembering picks something for the person that they have not had lately, and remembers it, once per event.
func (b *Bot) remembering(ctx context.Context, c call, prefix string, pick func(recent []string, s uint64) (string, error)) error {
	_, err := b.write(ctx, c, "remember what was given", func(tx store.Tx) error { return remembered(tx, c, prefix, pick) })
	return err
}

func remembered(tx store.Tx, c call, prefix string, pick func(recent []string, s uint64) (string, error)) error {
	p, err := person(tx, c)
	if err != nil {
		return err
	}
	var recent []string
	for _, id := range p.Recent {
		if id, ok := strings.CutPrefix(id, prefix); ok {
			recent = append(recent, id)
		}
	}
	id, err := pick(recent, seed(p.User, int(tx.Now().UnixMilli())+len(recent)))
	if err != nil {
		return err
	}
	p.Recent = remember(p.Recent, prefix+id)
	return tx.PutPerson(p)
}
