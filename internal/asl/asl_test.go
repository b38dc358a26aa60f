package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"holdfast/internal/asl"
)

func parse(t *testing.T, definition string) *asl.Machine {
	t.Helper()
	m, err := asl.Parse([]byte(definition), nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// one wraps a single state, given without End, into a machine.
func one(state string) string {
	return `{"StartAt":"A","States":{"A":{` + state + `,"End":true}}}`
}

func echo(_ context.Context, _ string, payload json.RawMessage) (json.RawMessage, error) {
	return payload, nil
}

func TestStatesTransformTheirInput(t *testing.T) {
	for _, tt := range []struct{ name, state, input, want string }{
		{"a pass is its input", `"Type":"Pass"`, `{"a":1}`, `{"a":1}`},
		{"a result replaces the input", `"Type":"Pass","Result":{"x.$":"$.a"}`, `{"a":1}`, `{"x.$":"$.a"}`},
		{"parameters select from the input", `"Type":"Pass","Parameters":{"b.$":"$.a[1].c","d":[true,"$.a"]}`, `{"a":[0,{"c":9007199254740993}]}`, `{"b":9007199254740993,"d":[true,"$.a"]}`},
		{"an input path selects what parameters see", `"Type":"Pass","InputPath":"$.in","Parameters":{"x.$":"$.y"}`, `{"in":{"y":2}}`, `{"x":2}`},
		{"a null input path selects nothing", `"Type":"Pass","InputPath":null`, `{"a":1}`, `{}`},
		{"a result path adds to the input", `"Type":"Task","Resource":"r","Parameters":{"n":1},"ResultPath":"$.x.y"`, `{"a":1,"x":{"z":0}}`, `{"a":1,"x":{"y":{"n":1},"z":0}}`},
		{"a null result path keeps the input", `"Type":"Task","Resource":"r","Parameters":{"n":1},"ResultPath":null`, `{"a":1}`, `{"a":1}`},
		{"a result selector shapes the result", `"Type":"Task","Resource":"r","ResultSelector":{"b.$":"$.a"}`, `{"a":1}`, `{"b":1}`},
		{"an output path selects the output", `"Type":"Pass","OutputPath":"$['a']"`, `{"a":1}`, `1`},
		{"a range is inclusive", `"Type":"Pass","Parameters":{"l.$":"States.ArrayRange(0, States.MathAdd(States.StringToJson('4'), -1), 1)"}`, `{}`, `{"l":[0,1,2,3]}`},
		{"a range of one", `"Type":"Pass","Parameters":{"l.$":"States.ArrayRange($.n,$.n,1)"}`, `{"n":0}`, `{"l":[0]}`},
		{"a range can count down", `"Type":"Pass","Parameters":{"l.$":"States.ArrayRange(3,0,-2)"}`, `{}`, `{"l":[3,1]}`},
		{"a map keeps the order of its items", `"Type":"Map","ItemsPath":"$.l","ItemSelector":{"i.$":"$$.Map.Item.Index","v.$":"$$.Map.Item.Value","k.$":"$.k"},"MaxConcurrency":2,
			"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Task","Resource":"r","End":true}}}`, `{"k":"x","l":["a","b","c"]}`,
			`[{"i":0,"k":"x","v":"a"},{"i":1,"k":"x","v":"b"},{"i":2,"k":"x","v":"c"}]`},
		{"a map without a selector hands over its items", `"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}}`, `[1,2]`, `[1,2]`},
		{"a map over nothing is empty", `"Type":"Map","ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}`, `[]`, `[]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse(t, one(tt.state)).Run(t.Context(), json.RawMessage(tt.input), asl.Execution{Invoke: echo})
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("output %s, want %s", got, tt.want)
			}
		})
	}
}

func TestChoices(t *testing.T) {
	m := parse(t, `{"StartAt":"A","States":{
		"A":{"Type":"Choice","Choices":[
			{"Variable":"$.gone","IsPresent":false,"Next":"absent"},
			{"Variable":"$.gone","BooleanEquals":true,"Next":"true"},
			{"Variable":"$.gone","StringEquals":"x","Next":"text"},
			{"Variable":"$.gone","NumericEquals":2,"Next":"two"}],"Default":"other"},
		"absent":{"Type":"Pass","Result":"absent","End":true},"true":{"Type":"Pass","Result":"true","End":true},
		"text":{"Type":"Pass","Result":"text","End":true},"two":{"Type":"Pass","Result":"two","End":true},
		"other":{"Type":"Fail","Error":"Odd","Cause":"unforeseen"}}}`)
	for input, want := range map[string]string{
		`{}`: `"absent"`, `{"gone":true}`: `"true"`, `{"gone":"x"}`: `"text"`, `{"gone":2.0}`: `"two"`,
	} {
		got, err := m.Run(t.Context(), json.RawMessage(input), asl.Execution{})
		if err != nil || string(got) != want {
			t.Errorf("Run(%s) = %s, %v, want %s", input, got, err, want)
		}
	}
	_, err := m.Run(t.Context(), json.RawMessage(`{"gone":false}`), asl.Execution{})
	var failed *asl.Error
	if !errors.As(err, &failed) || failed.Name != "Odd" || failed.State != "other" || failed.Cause != "unforeseen" {
		t.Errorf("error %v, want that of the Fail state", err)
	}
}

func TestRetries(t *testing.T) {
	const retried = `"Type":"Task","Resource":"r","Retry":[
		{"ErrorEquals":["Lambda.TooManyRequestsException"],"IntervalSeconds":2,"MaxAttempts":3,"BackoffRate":2,"MaxDelaySeconds":5,"JitterStrategy":"FULL"},
		{"ErrorEquals":["States.ALL"],"IntervalSeconds":30,"MaxAttempts":1}]`
	throttled := &asl.Error{Name: "Lambda.TooManyRequestsException"}
	other := errors.New("table is gone")
	for _, tt := range []struct {
		name   string
		errors []error
		waits  []time.Duration
		fails  string
	}{
		{"a success is not repeated", nil, nil, ""},
		{"waits grow up to their ceiling", []error{throttled, throttled, throttled}, []time.Duration{2e9, 4e9, 5e9}, ""},
		{"attempts end", []error{throttled, throttled, throttled, throttled}, []time.Duration{2e9, 4e9, 5e9}, "Lambda.TooManyRequestsException"},
		{"each retrier counts for itself", []error{throttled, other, throttled}, []time.Duration{2e9, 30e9, 4e9}, ""},
		{"an error without a name is a failed task", []error{other, other}, []time.Duration{30e9}, asl.TaskFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var waits []time.Duration
			calls := 0
			_, err := parse(t, one(retried)).Run(t.Context(), json.RawMessage(`{}`), asl.Execution{
				Invoke: func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
					calls++
					if calls <= len(tt.errors) {
						return nil, fmt.Errorf("invoke: %w", tt.errors[calls-1])
					}
					return json.RawMessage(`{}`), nil
				},
				Sleep: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil },
			})
			name := ""
			var failed *asl.Error
			if errors.As(err, &failed) {
				name = failed.Name
				if !errors.Is(err, tt.errors[len(tt.errors)-1]) || failed.State != "A" {
					t.Errorf("error %v hides its cause or its state", err)
				}
			}
			if name != tt.fails {
				t.Errorf("error %v, want %q", err, tt.fails)
			}
			if diff := cmp.Diff(tt.waits, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFaultsOfTheMachineAreNotRetried(t *testing.T) {
	for name, state := range map[string]string{
		"a path that leads nowhere":    `"Type":"Task","Resource":"r","Parameters":{"x.$":"$.none"},"Retry":[{"ErrorEquals":["States.ALL"]}]`,
		"a fault inside a retried map": `"Type":"Map","ItemsPath":"$.l","Retry":[{"ErrorEquals":["States.ALL"]}],"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Pass","InputPath":"$.none","End":true}}}`,
		"items that are no list":       `"Type":"Map","ItemsPath":"$","ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Succeed"}}}`,
		"a range without end":          `"Type":"Pass","Parameters":{"x.$":"States.ArrayRange(0,1000,1)"}`,
		"a range without step":         `"Type":"Pass","Parameters":{"x.$":"States.ArrayRange(0,1,0)"}`,
		"a sum of text":                `"Type":"Pass","Parameters":{"x.$":"States.MathAdd('1', 1)"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, one(state)).Run(t.Context(), json.RawMessage(`{"l":[1]}`), asl.Execution{
				Invoke: echo,
				Sleep:  func(context.Context, time.Duration) error { t.Error("retried"); return nil },
			})
			var failed *asl.Error
			if !errors.As(err, &failed) || failed.Name != asl.Runtime {
				t.Errorf("error %v, want %s", err, asl.Runtime)
			}
		})
	}
	_, err := parse(t, `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"A"}}}`).Run(t.Context(), json.RawMessage(`{}`), asl.Execution{MaxTransitions: 100})
	if err == nil {
		t.Error("a loop without end ended well")
	}
}

func TestTimeouts(t *testing.T) {
	hang := func(ctx context.Context, _ string, _ json.RawMessage) (json.RawMessage, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, definition := range map[string]string{
		"of a task":       one(`"Type":"Task","Resource":"r","TimeoutSeconds":5`),
		"of an execution": strings.Replace(one(`"Type":"Task","Resource":"r"`), `{`, `{"TimeoutSeconds":5,`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := parse(t, definition).Run(t.Context(), json.RawMessage(`{}`), asl.Execution{Invoke: hang})
				var failed *asl.Error
				if !errors.As(err, &failed) || failed.Name != asl.Timeout || time.Since(start) != 5*time.Second {
					t.Errorf("error %v after %v, want %s after 5 s", err, time.Since(start), asl.Timeout)
				}
			})
		})
	}
}

func TestMapRunsAtMostItsConcurrencyAndStopsAtAnError(t *testing.T) {
	m := parse(t, one(`"Type":"Map","MaxConcurrency":2,"ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Task","Resource":"r","End":true}}}`))
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most, seen := 0, 0, 0
		_, err := m.Run(t.Context(), json.RawMessage(`[0,1,2,3,4,5,6,7]`), asl.Execution{
			Invoke: func(ctx context.Context, _ string, payload json.RawMessage) (json.RawMessage, error) {
				mu.Lock()
				running++
				seen++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				running--
				mu.Unlock()
				if string(payload) == "3" {
					return nil, errors.New("shard 3 is lost")
				}
				return payload, nil
			},
		})
		if err == nil || !strings.Contains(err.Error(), "shard 3 is lost") {
			t.Errorf("error %v", err)
		}
		if most != 2 || seen > 6 || running != 0 {
			t.Errorf("%d at once, %d begun, %d left running", most, seen, running)
		}
	})
}

func TestParseRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, tt := range []struct{ name, definition, want string }{
		{"a type", one(`"Type":"Parallel"`), `state "A": type "Parallel"`},
		{"a field", one(`"Type":"Pass","Assign":{}`), `state "A": json: unknown field "Assign"`},
		{"a field of another type", one(`"Type":"Pass","Resource":"r"`), `field "Resource" is not supported in a Pass`},
		{"a catcher", one(`"Type":"Task","Resource":"r","Catch":[]`), `unknown field "Catch"`},
		{"a function", one(`"Type":"Pass","Parameters":{"x.$":"States.UUID()"}`), "States.UUID is not supported"},
		{"too few arguments", one(`"Type":"Pass","Parameters":{"x.$":"States.MathAdd(1)"}`), "takes 2 arguments"},
		{"a query", one(`"Type":"Pass","InputPath":"$.a[*]"`), `"$.a[*]" is not supported`},
		{"text for a path", one(`"Type":"Pass","Parameters":{"x.$":"text"}`), "not supported"},
		{"a distributed map", one(`"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}}`), "DISTRIBUTED"},
		{"a fault inside a map", one(`"Type":"Map","ItemProcessor":{"StartAt":"B","States":{"B":{"Type":"Wait"}}}`), `state "B": type "Wait"`},
		{"JSONata", `{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}}`, "JSONata"},
		{"a start that is not there", `{"StartAt":"B","States":{"A":{"Type":"Succeed"}}}`, `"B"`},
		{"a next that is not there", `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}`, `"B" is not a state`},
		{"a state without a way to it", `{"StartAt":"A","States":{"A":{"Type":"Succeed"},"B":{"Type":"Succeed"}}}`, `"B" cannot be reached`},
		{"neither next nor end", `{"StartAt":"A","States":{"A":{"Type":"Pass"}}}`, "exactly one of Next and End"},
		{"two comparisons", `{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$","BooleanEquals":true,"IsPresent":true,"Next":"A"}]}}}`, "exactly one comparison"},
		{"a substitution without a value", one(`"Type":"Task","Resource":"${FitFunctionArn}"`), "${FitFunctionArn}"},
		{"two values", one(`"Type":"Pass"`) + `{}`, "more than one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := asl.Parse([]byte(tt.definition), nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to say %s", err, tt.want)
			}
		})
	}
}

func night(t *testing.T, shards string) *asl.Machine {
	t.Helper()
	definition, err := os.ReadFile("../../statemachine/night.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := asl.Parse(definition, map[string]string{
		"SurveyFunctionArn": "survey", "FitFunctionArn": "fit", "ScoreFunctionArn": "score", "SummarizeFunctionArn": "summarize", "Shards": shards,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheNight(t *testing.T) {
	var mu sync.Mutex
	var calls []string
	output, err := night(t, "3").Run(t.Context(), json.RawMessage(`{"at":"2026-03-01T03:15:00Z"}`), asl.Execution{
		Invoke: func(_ context.Context, resource string, payload json.RawMessage) (json.RawMessage, error) {
			mu.Lock()
			defer mu.Unlock()
			calls = append(calls, resource+" "+string(payload))
			var in map[string]any
			if err := json.Unmarshal(payload, &in); err != nil {
				return nil, err
			}
			if in["shard"] == nil {
				return json.RawMessage(`{"report":"` + resource + `"}`), nil
			}
			in["done"] = in["shard"] != 1.0 || in["cursor"] == "half"
			in["cursor"] = "half"
			return json.Marshal(in)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(calls[:4])
	slices.Sort(calls[5:9])
	var want []string
	for _, pass := range []string{"survey", "score"} {
		want = append(want,
			pass+` {"at":"2026-03-01T03:15:00Z","cursor":"","shard":0,"shards":3}`,
			pass+` {"at":"2026-03-01T03:15:00Z","cursor":"","shard":1,"shards":3}`,
			pass+` {"at":"2026-03-01T03:15:00Z","cursor":"","shard":2,"shards":3}`,
			pass+` {"at":"2026-03-01T03:15:00Z","cursor":"half","done":false,"shard":1,"shards":3}`,
		)
		want = append(want, map[string]string{"survey": "fit", "score": "summarize"}[pass]+` {"at":"2026-03-01T03:15:00Z","shards":3}`)
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if string(output) != `{"report":"summarize"}` {
		t.Errorf("output %s", output)
	}
}

func FuzzParse(f *testing.F) {
	definition, err := os.ReadFile("../../statemachine/night.asl.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(definition, []byte(`{"at":"x"}`))
	f.Add([]byte(one(`"Type":"Pass","Parameters":{"l.$":"States.ArrayRange(0, $.n, 1)"}`)), []byte(`{"n":3}`))
	substitutions := map[string]string{"SurveyFunctionArn": "s", "FitFunctionArn": "f", "ScoreFunctionArn": "c", "SummarizeFunctionArn": "z", "Shards": "2"}
	f.Fuzz(func(t *testing.T, definition, input []byte) {
		m, err := asl.Parse(definition, substitutions)
		if err != nil {
			return
		}
		output, err := m.Run(t.Context(), input, asl.Execution{
			MaxTransitions: 200,
			Invoke: func(context.Context, string, json.RawMessage) (json.RawMessage, error) {
				return json.RawMessage(`{"done":true}`), nil
			},
		})
		if err == nil && !json.Valid(output) {
			t.Errorf("output %q is not JSON", output)
		}
	})
}
