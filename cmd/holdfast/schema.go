package main

import (
	"errors"
	"path"

	"holdfast/internal/customer"
	"holdfast/internal/playbook"
)

// SchemaCmd is `holdfast schema`.
type SchemaCmd struct {
	File string `arg:"" help:"holdfast.yaml, products.yaml, segments.yaml or campaigns.yaml."`
}

// Run prints the JSON Schema of one of the playbook's files, for editors.
func (s SchemaCmd) Run(c *Context) error {
	source, err := playbook.Schema(path.Base(s.File))
	if errors.Is(err, customer.ErrNotFound) {
		return usageError("the files with a schema are holdfast.yaml, products.yaml, segments.yaml and campaigns.yaml")
	}
	if err != nil {
		return err
	}
	_, err = c.Out.Write(append(source, '\n'))
	return err
}
