package civil

import (
	"fmt"
	"strconv"
)

// Refusal is a sentence for people: what cannot be taken, and what to write instead. It is plain text that may quote what
// the person wrote, shortened and with odd characters escaped.
type Refusal string

func (r Refusal) Error() string { return string(r) }

func say(format string, args ...any) Refusal { return Refusal(fmt.Sprintf(format, args...)) }

// quote marks a piece of somebody's text in a sentence: short and on one line.
func quote(text string) string {
	const most = 40
	short := []rune(text[:min(len(text), 4*most+4)])
	if len(short) > most {
		return strconv.Quote(string(short[:most]) + "…")
	}
	return strconv.Quote(text)
}
