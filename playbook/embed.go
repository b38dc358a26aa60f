// Package starter carries the playbook of this folder inside the program.
package starter

import "embed"

// FS holds the playbook's files: holdfast.yaml, segments.yaml, campaigns.yaml
// and emails.
//
//go:embed *.yaml emails
var FS embed.FS
