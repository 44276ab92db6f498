package questions_test

import (
	"testing"

	"github.com/interviewbot/interviewbot/questions"
)

func TestPlusAddsWithoutChangingTheBank(t *testing.T) {
	bank, err := questions.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	first := bank.Questions()[0]
	own, faults := questions.Compose(questions.Draft{Title: "Which kettle boils first?", Topic: "caching", Level: 2, Prompt: "Two kettles stand on one stove.", Answer: "The smaller one."})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	taken := *own
	taken.ID = first.ID
	before := len(bank.Questions())
	more := bank.Plus(own, &taken)
	if got, ok := more.Question(own.ID); !ok || got != own || len(more.Questions()) != before+1 {
		t.Errorf("there are %d questions, want one more than %d", len(more.Questions()), before)
	}
	if got, _ := more.Question(first.ID); got != first {
		t.Error("an id that was taken now leads to another question")
	}
	if _, ok := bank.Question(own.ID); ok || len(bank.Questions()) != before || bank.Hash() == more.Hash() {
		t.Error("the bank itself was changed, or has the hash of the larger one")
	}
	if q := more.Like(own); q != own {
		t.Errorf("most like the new question is %v", q)
	}
	if q := bank.Like(own); q != nil {
		t.Errorf("%s is said to be like it", q.ID)
	}
}
