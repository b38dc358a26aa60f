// Package emf writes metrics as CloudWatch reads them out of a log: embedded
// metric format, one JSON line each.
package emf

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Namespace is where the metrics are found.
const Namespace = "Holdfast"

// Write writes one metric, a count, as of at. Names carry no personal data.
func Write(w io.Writer, name string, value float64, at time.Time, stage string) error {
	line, err := json.Marshal(map[string]any{
		"_aws": map[string]any{
			"Timestamp": at.UnixMilli(),
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  Namespace,
				"Dimensions": [][]string{{"Stage"}},
				"Metrics":    []any{map[string]string{"Name": name, "Unit": "Count"}},
			}},
		},
		"Stage": stage,
		name:    value,
	})
	if err != nil {
		return fmt.Errorf("write metric %s: %w", name, err)
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
