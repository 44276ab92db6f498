package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Contract is Discord's own OpenAPI document. It is safe for concurrent use.
type Contract struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	paths    map[string]map[string]any
}

// Load reads the OpenAPI document from $CONTRACTS_DIR/discord, or from ../shared/contracts/discord beside the project's
// root. fs.ErrNotExist when there is none.
func Load() (*Contract, error) {
	dir := os.Getenv("CONTRACTS_DIR")
	if dir == "" {
		root, err := projectRoot()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(root, "..", "shared", "contracts")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "discord", "openapi.json"))
	if err != nil {
		return nil, fmt.Errorf("read Discord's OpenAPI: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read Discord's OpenAPI: %w", err)
	}
	paths := map[string]map[string]any{}
	for p, v := range doc.(map[string]any)["paths"].(map[string]any) {
		paths[p] = v.(map[string]any)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("https://discord.example/openapi.json", doc); err != nil {
		return nil, fmt.Errorf("read Discord's OpenAPI: %w", err)
	}
	return &Contract{compiler: c, schemas: map[string]*jsonschema.Schema{}, paths: paths}, nil
}

// projectRoot is the nearest folder above that holds go.mod.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.Join(errors.New("no go.mod above"), fs.ErrNotExist)
		}
		dir = up
	}
}

// Request checks the body of a request to a path of the document, such as /channels/{channel_id}/messages.
func (c *Contract) Request(method, path string, body []byte) error {
	if c == nil {
		return nil
	}
	pointer, err := c.pointer(method, path)
	if err != nil {
		return err
	}
	if pointer == "" {
		if len(body) > 0 {
			return fmt.Errorf("%s %s takes no body", method, path)
		}
		return nil
	}
	return c.check(pointer, body)
}

// pointer leads to the schema of a request's body, "" when it has none.
func (c *Contract) pointer(method, path string) (string, error) {
	op, ok := c.paths[path][strings.ToLower(method)].(map[string]any)
	if !ok {
		return "", fmt.Errorf("discord's OpenAPI has no %s %s", method, path)
	}
	if _, ok := op["requestBody"]; !ok {
		return "", nil
	}
	return fmt.Sprintf("#/paths/%s/%s/requestBody/content/application~1json/schema",
		strings.ReplaceAll(strings.ReplaceAll(path, "~", "~0"), "/", "~1"), strings.ToLower(method)), nil
}

// warm compiles the schema of a request ahead, for that takes a while.
func (c *Contract) warm(method, path string) error {
	if c == nil {
		return nil
	}
	pointer, err := c.pointer(method, path)
	if err == nil && pointer != "" {
		_, err = c.schema(pointer)
	}
	return err
}

// Answer checks an interaction response, whichever way it came.
func (c *Contract) Answer(body []byte) error {
	return c.Request("POST", "/interactions/{interaction_id}/{interaction_token}/callback", body)
}

func (c *Contract) check(pointer string, body []byte) error {
	schema, err := c.schema(pointer)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return schema.Validate(v)
}

func (c *Contract) schema(pointer string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.schemas[pointer]; ok {
		return s, nil
	}
	s, err := c.compiler.Compile("https://discord.example/openapi.json" + pointer)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", pointer, err)
	}
	c.schemas[pointer] = s
	return s, nil
}

// brief shortens a validation error to its causes.
func brief(err error) string {
	var v *jsonschema.ValidationError
	if errors.As(err, &v) {
		if raw, e := json.Marshal(v.BasicOutput()); e == nil && len(raw) < 2000 {
			return string(raw)
		}
	}
	s := err.Error()
	return s[:min(len(s), 2000)]
}
