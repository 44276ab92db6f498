package slacktest

// object is a JSON object.
type object = map[string]any

func asObject(v any) object {
	o, _ := v.(map[string]any)
	return o
}

func str(o object, key string) string {
	s, _ := o[key].(string)
	return s
}

func list(o object, key string) []any {
	l, _ := o[key].([]any)
	return l
}

// textOf is the text of the text object at a key.
func textOf(o object, key string) string { return str(asObject(o[key]), "text") }
