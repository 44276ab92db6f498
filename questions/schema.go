package questions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/interviewbot/interviewbot/questions/rubric"
)

// Kind is how a question is answered.
type Kind string

const (
	Open   Kind = "open"   // in words
	Choice Kind = "choice" // by choosing one or several options
	Code   Kind = "code"   // reading or writing code
)

// Question is one question with all that belongs to it. It is never changed after loading. Its YAML and its JSON have the same names.
type Question struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Level     int      `json:"level"` // 1 to 3
	Topic     string   `json:"topic"`
	Tags      []string `json:"tags,omitempty"`
	Kind      Kind     `json:"kind"`
	Minutes   int      `json:"minutes"`
	Prompt    string   `json:"prompt"` // Markdown subset
	Options   []Option `json:"options,omitempty"`
	Points    []Point  `json:"points"`
	Hints     []string `json:"hints"`
	Answer    string   `json:"answer"` // Markdown subset
	Mistakes  []string `json:"mistakes"`
	Followups []string `json:"followups"`
	Sources   []Source `json:"sources"`
	Reviewed  string   `json:"reviewed"`          // civil date of the last check of the facts
	Version   string   `json:"version,omitempty"` // what a dated fact holds for
	Samples   Samples  `json:"samples,omitzero"`
	Author    string   `json:"author,omitempty"` // who gave a question that is not the bank's own
}

// Option is one choice of a choice question.
type Option struct {
	Text  string `json:"text"`
	Right bool   `json:"right,omitempty"`
	Why   string `json:"why"`
}

// Point is one thing a good answer says. Any lists phrasings that count as saying it, Keep the words of the prompt that count for it.
type Point struct {
	ID   string   `json:"id"`
	Say  string   `json:"say"`
	Any  []string `json:"any"`
	Keep []string `json:"keep,omitempty"`
}

// Source is where a fact can be looked up.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// Samples are answers as candidates give them: the lint measures the rubric by them.
type Samples struct {
	Strong  string `json:"strong,omitempty"`
	Partial string `json:"partial,omitempty"`
	Wrong   string `json:"wrong,omitempty"`
}

// Tip is one line of advice, at most 280 characters, for one of the nine parts of preparation.
type Tip struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Part   string `json:"part"`
	Topic  string `json:"topic,omitempty"`
	Source string `json:"source,omitempty"`
}

// Project is a brief for something to build and to talk about.
type Project struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Size    string   `json:"size"` // small, medium or large
	Brief   string   `json:"brief"`
	Learn   []string `json:"learn"`
	Say     []string `json:"say"`
	Stretch []string `json:"stretch"`
}

// Reverse is a question to ask the company.
type Reverse struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Stage   string `json:"stage"` // recruiter, engineer, manager or final
	Reveals string `json:"reveals"`
}

// Company is something to find out about a company before the interview.
type Company struct {
	ID   string `json:"id"`
	Area string `json:"area"` // industry, product, projects, values or engineering
	Ask  string `json:"ask"`
	How  string `json:"how"`
	Use  string `json:"use"`
}

// Body returns the question as canonical JSON: the same bytes for the same question. Rounds keep it as their snapshot.
func (q *Question) Body() []byte { return body(q) }

func body(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // cannot happen: these types hold strings, numbers and lists alone
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Hash returns the hex SHA-256 of a body.
func Hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Read is the inverse of Body. Fields it does not know are passed over, so that a snapshot outlives the version that wrote it.
func Read(body []byte) (*Question, error) {
	q := new(Question)
	if err := json.Unmarshal(body, q); err != nil {
		return nil, fmt.Errorf("read a question from its snapshot: %w", err)
	}
	return q, nil
}

// Rubric compiles the question's points. It costs some 100 µs; keep the result while it is needed.
func (q *Question) Rubric() *rubric.Rubric {
	points := make([]rubric.Point, len(q.Points))
	for i, p := range q.Points {
		points[i] = rubric.Point{ID: p.ID, Say: p.Say, Any: p.Any, Keep: p.Keep}
	}
	return rubric.New(q.Title+"\n"+q.Prompt, points)
}

// Body is the brief's snapshot, as Question.Body is a question's.
func (p *Project) Body() []byte { return body(p) }

// ReadProject is the inverse of Project.Body.
func ReadProject(body []byte) (*Project, error) {
	p := new(Project)
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("read a project from its snapshot: %w", err)
	}
	return p, nil
}
