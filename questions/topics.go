package questions

// Topic is a field that questions belong to; each is a folder of the content.
type Topic struct {
	ID, Title string
	Part      string // of the nine parts of preparation
	On        bool   // on at first; languages and frameworks are asked for
}

// topics is the table of all topics, in the order in which they are listed.
func topics() []Topic {
	return []Topic{
		{"python", "Python", "programming", false},
		{"java", "Java", "programming", false},
		{"nodejs", "Node.js", "programming", false},
		{"golang", "Go", "programming", false},
		{"data-structures", "Data structures", "programming", true},
		{"algorithms", "Algorithms", "problem-solving", true},
		{"code-design", "Object-oriented and code design", "programming", true},
		{"http-api", "HTTP and APIs", "backend", true},
		{"sql", "SQL and modelling", "backend", true},
		{"transactions-indexes", "Transactions, indexes and query plans", "backend", true},
		{"nosql-search", "NoSQL and search", "backend", true},
		{"caching", "Caching", "backend", true},
		{"messaging", "Messaging and streams", "backend", true},
		{"concurrency", "Concurrency", "backend", true},
		{"distributed-systems", "Distributed systems", "backend", true},
		{"operations", "Servers, networking and operations", "backend", true},
		{"reliability", "Reliability and observability", "backend", true},
		{"security", "Security", "backend", true},
		{"testing-delivery", "Testing and delivery", "tools", true},
		{"system-design", "System design", "backend", true},
		{"express", "Express", "tools", false},
		{"django", "Django", "tools", false},
		{"spring", "Spring Boot", "tools", false},
		{"behavioural", "Common questions", "common", true},
		{"communication", "Communication under pressure", "confidence", true},
	}
}

// Part is one of the nine parts of interview preparation.
type Part struct{ ID, Title string }

// Parts lists the nine parts in order.
func Parts() []Part {
	return []Part{
		{"programming", "Programming knowledge"},
		{"backend", "Backend systems"},
		{"projects", "Real-world projects"},
		{"problem-solving", "Problem solving"},
		{"tools", "Tools and frameworks"},
		{"common", "Common questions"},
		{"company", "Researching the company"},
		{"confidence", "Confidence and structure"},
		{"reverse", "Questions to ask"},
	}
}

// Sizes lists the sizes of a project.
func Sizes() []string { return []string{"small", "medium", "large"} }

// Stages lists the people of a hiring process to whom a question can be put.
func Stages() []string { return []string{"recruiter", "engineer", "manager", "final"} }

// Areas lists what can be found out about a company.
func Areas() []string { return []string{"industry", "product", "projects", "values", "engineering"} }
