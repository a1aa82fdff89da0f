// Go's own answers to the questions that cloudflared asks its standard library.
//
// Each line of the input is a question in JSON, and each line of the output is its answer. The bytes of paths are in Base64, since they need not be UTF-8.
// Without a module, Go would keep to the behaviour of an old version.
//
//go:debug default=go1.26
package main

import (
	"bufio"
	"encoding/json"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
)

// A question has exactly one of its first members.
type question struct {
	Expression *string // does it match each of the paths?
	Service    *string // which parts has this URL?
	Host       *string // which name has this host with a port?
	Target     []byte  // which path has this request target, and how is it sent on?
	Status     *string // which number is this?
	Paths      [][]byte
}

type answer struct {
	Error     string `json:"error,omitempty"`
	Matches   []bool `json:"matches,omitempty"`
	Scheme    string `json:"scheme,omitempty"`
	Hostname  string `json:"hostname,omitempty"`
	Path      []byte `json:"path,omitempty"`
	Forwarded string `json:"forwarded,omitempty"`
	Number    int    `json:"number,omitempty"`
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	for answers := json.NewEncoder(output); input.Scan(); {
		var asked question
		if err := json.Unmarshal(input.Bytes(), &asked); err != nil {
			panic(err)
		}
		found, err := ask(asked)
		if err != nil {
			found = answer{Error: err.Error()}
		}
		if err := answers.Encode(found); err != nil {
			panic(err)
		}
	}
	if err := input.Err(); err != nil {
		panic(err)
	}
}

func ask(asked question) (answer, error) {
	switch {
	case asked.Expression != nil:
		return match(*asked.Expression, asked.Paths)
	case asked.Service != nil:
		parsed, err := url.Parse(*asked.Service)
		if err != nil {
			return answer{}, err
		}
		return answer{Scheme: parsed.Scheme, Hostname: parsed.Hostname(), Path: []byte(parsed.Path)}, nil
	case asked.Host != nil:
		hostname, _, err := net.SplitHostPort(*asked.Host)
		return answer{Hostname: hostname}, err
	case asked.Target != nil:
		parsed, err := url.ParseRequestURI(string(asked.Target))
		if err != nil {
			return answer{}, err
		}
		return answer{Path: []byte(parsed.Path), Forwarded: parsed.EscapedPath()}, nil
	default:
		number, err := strconv.Atoi(*asked.Status)
		return answer{Number: number}, err
	}
}

func match(expression string, paths [][]byte) (answer, error) {
	compiled, err := regexp.Compile(expression)
	if err != nil {
		return answer{}, err
	}
	matches := make([]bool, len(paths))
	for index, path := range paths {
		matches[index] = compiled.MatchString(string(path))
	}
	return answer{Matches: matches}, nil
}
