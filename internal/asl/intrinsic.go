package asl

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The intrinsic functions that are known, with the number of arguments each takes.
// Meaning: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
var intrinsics = map[string]struct {
	arguments int
	apply     func([]any) (any, error)
}{
	"States.ArrayRange":   {3, arrayRange},
	"States.MathAdd":      {2, mathAdd},
	"States.StringToJson": {1, stringToJSON},
}

// The language bounds nesting at ten and ranges at a thousand elements.
const (
	maxNesting  = 10
	maxElements = 1000
)

type literal struct{ value any }

func (l literal) eval(any, any) (any, error) { return l.value, nil }

type call struct {
	name      string
	arguments []expression
}

func (c call) eval(input, context any) (any, error) {
	values := make([]any, len(c.arguments))
	for i, argument := range c.arguments {
		v, err := argument.eval(input, context)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	v, err := intrinsics[c.name].apply(values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	return v, nil
}

// parseExpression reads a path, or a call of intrinsic functions on paths and literals.
func parseExpression(text string) (expression, error) {
	if strings.HasPrefix(text, "$") {
		return parsePath(text)
	}
	e, rest, err := parseArgument(text, 0)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	if _, ok := e.(call); !ok || strings.TrimSpace(rest) != "" {
		return nil, fmt.Errorf("%q is neither a path nor a function", text)
	}
	return e, nil
}

var (
	callForm   = regexp.MustCompile(`^([A-Za-z.]+)\(`)
	numberForm = regexp.MustCompile(`^-?\d+(\.\d+)?`)
	stringForm = regexp.MustCompile(`^'((?:[^'\\]|\\.)*)'`)
	pathForm   = regexp.MustCompile(`^\$[^,()\s]*`)
	escape     = regexp.MustCompile(`\\(.)`)
)

func parseArgument(text string, nesting int) (e expression, rest string, err error) {
	text = strings.TrimLeft(text, " ")
	if m := pathForm.FindString(text); m != "" {
		p, err := parsePath(m)
		return p, text[len(m):], err
	}
	if m := stringForm.FindStringSubmatch(text); m != nil {
		return literal{escape.ReplaceAllString(m[1], "$1")}, text[len(m[0]):], nil
	}
	if m := numberForm.FindString(text); m != "" {
		return literal{json.Number(m)}, text[len(m):], nil
	}
	m := callForm.FindStringSubmatch(text)
	if m == nil {
		return nil, "", errors.New("an argument is of a form that is not supported")
	}
	function, ok := intrinsics[m[1]]
	if !ok {
		return nil, "", fmt.Errorf("function %s is not supported", m[1])
	}
	if nesting++; nesting > maxNesting {
		return nil, "", errors.New("nested too deeply")
	}
	c := call{name: m[1]}
	rest = text[len(m[0]):]
	for i := range function.arguments {
		var argument expression
		if argument, rest, err = parseArgument(rest, nesting); err != nil {
			return nil, "", err
		}
		c.arguments = append(c.arguments, argument)
		end := ","
		if i == function.arguments-1 {
			end = ")"
		}
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), end); !ok {
			return nil, "", fmt.Errorf("%s takes %d arguments", m[1], function.arguments)
		}
	}
	return c, rest, nil
}

// arrayRange counts from the first argument to the second, inclusive, in steps of the third.
func arrayRange(arguments []any) (any, error) {
	first, err1 := integer(arguments[0])
	last, err2 := integer(arguments[1])
	by, err3 := integer(arguments[2])
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if by == 0 {
		return nil, errors.New("a step of zero")
	}
	list := []any{}
	for i := first; (by > 0 && i <= last) || (by < 0 && i >= last); i += by {
		if len(list) == maxElements {
			return nil, fmt.Errorf("over %d elements", maxElements)
		}
		list = append(list, json.Number(strconv.FormatInt(i, 10)))
	}
	return list, nil
}

func mathAdd(arguments []any) (any, error) {
	a, err1 := integer(arguments[0])
	b, err2 := integer(arguments[1])
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return json.Number(strconv.FormatInt(a+b, 10)), nil
}

func stringToJSON(arguments []any) (any, error) {
	text, ok := arguments[0].(string)
	if !ok {
		return nil, fmt.Errorf("%T is not a string", arguments[0])
	}
	return decode([]byte(text))
}
