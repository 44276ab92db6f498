package slack

import (
	"bytes"
	"context"
	"time"

	"github.com/slack-go/slack"

	"github.com/interviewbot/interviewbot/bot/chat"
)

const (
	// fileFor is how long an uploaded picture is used again.
	fileFor = 24 * time.Hour
	// processing is how long Slack is waited for until a new picture can be shown, in steps.
	processing     = 4 * time.Second
	processingStep = time.Second
)

// draw makes a drawing for these blocks: their pictures are uploaded first, where the app may. A picture that cannot be
// uploaded is described instead.
func (a *Adapter) draw(ctx context.Context, blocks []chat.Block) *drawing {
	d := &drawing{}
	for _, b := range blocks {
		i, ok := b.(chat.Image)
		if !ok || len(i.PNG) == 0 || !a.granted("files:write") {
			continue
		}
		id := pictureOf(i.PNG)
		file, ok := a.files.get(id, a.now())
		if !ok {
			var err error
			if file, err = a.upload(ctx, i); err != nil {
				a.log.Warn("could not upload a picture", "error", err)
				continue
			}
			a.files.put(id, file, a.now().Add(fileFor))
		}
		if d.files == nil {
			d.files = map[picture]string{}
		}
		d.files[id] = file
	}
	return d
}

// pictured says whether blocks hold a picture that will be shown; then only a call that can be repeated may carry them.
func (a *Adapter) pictured(blocks []chat.Block) bool {
	for _, b := range blocks {
		if i, ok := b.(chat.Image); ok && len(i.PNG) > 0 && a.granted("files:write") {
			return true
		}
	}
	return false
}

// upload gives a picture to Slack and returns its id. It stays the bot's own file: it is seen where a message shows it
// and shared nowhere. https://docs.slack.dev/messaging/working-with-files
func (a *Adapter) upload(ctx context.Context, i chat.Image) (id string, err error) {
	err = a.call(ctx, methodUpload, func(ctx context.Context) error {
		u, err := a.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{
			FileName: "picture.png", FileSize: len(i.PNG), AltTxt: clip(clean(i.Description), 1000),
		})
		if err != nil {
			return err
		}
		err = a.api.UploadToURL(ctx, slack.UploadToURLParameters{
			UploadURL: u.UploadURL, Filename: "picture.png", Reader: bytes.NewReader(i.PNG),
		})
		if err != nil {
			return err
		}
		_, err = a.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
			Files: []slack.FileSummary{{ID: u.FileID, Title: clip(clean(i.Description), 100)}},
		})
		id = u.FileID
		return err
	})
	return id, err
}

// whenProcessed repeats a call for as long as Slack refuses it because a picture in it is not ready; nothing was done
// then.
func (a *Adapter) whenProcessed(ctx context.Context, do func() error) error {
	err := do()
	for waited := time.Duration(0); isTooEarly(err) && waited < processing; waited += processingStep {
		select {
		case <-ctx.Done():
			return err
		case <-time.After(processingStep):
		}
		err = do()
	}
	return err
}
