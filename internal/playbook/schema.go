package playbook

import (
	"encoding/json"
	"fmt"

	"holdfast/internal/customer"
)

// Schema returns the JSON Schema (draft 2020-12) of one of the playbook's YAML
// files, for editors: it knows keys, forms and words, while [Load] knows what
// the rules and mails mean, too. The error is [customer.ErrNotFound] for
// another file.
func Schema(file string) ([]byte, error) {
	root, ok := map[string]func() schema{settingsFile: settingsSchema, segmentsFile: segmentsSchema, campaignsFile: campaignsSchema, productsFile: productsSchema}[file]
	if !ok {
		return nil, fmt.Errorf("schema of %s: %w", file, customer.ErrNotFound)
	}
	s := root()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = file
	return json.MarshalIndent(s, "", "  ")
}

type schema map[string]any

const (
	durationForm = `^(\d{1,5}w)?(\d{1,5}d)?(\d{1,5}h)?(\d{1,5}m)?$`
	clockForm    = `^([01]?\d|2[0-3]):[0-5]\d$`
	goalForm     = `^order within (\d{1,5}[wdhm])+$`
)

func object(required []string, properties map[string]schema) schema {
	s := schema{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func listOf(items schema) schema { return schema{"type": "array", "items": items} }

func texts(description string) schema { return schema{"type": "string", "description": description} }

func formed(pattern, description string) schema {
	return schema{"type": "string", "pattern": pattern, "description": description}
}

func whole(description string) schema {
	return schema{"type": "integer", "minimum": 0, "maximum": 1_000_000, "description": description}
}

func flagged(description string) schema {
	return schema{"type": "boolean", "description": description}
}

func shared(description string) schema {
	return schema{"description": description, "anyOf": []schema{
		{"type": "string", "pattern": `^\d{1,3}(\.\d+)?\s*%$`}, {"type": "number", "minimum": 0, "maximum": 1}}}
}

// held is a share of less than all.
func held(description string) schema {
	return schema{"description": description, "anyOf": []schema{
		{"type": "string", "pattern": `^\d{1,2}(\.\d+)?\s*%$`}, {"type": "number", "minimum": 0, "exclusiveMaximum": 1}}}
}

func settingsSchema() schema {
	return object([]string{"business"}, map[string]schema{
		"business": object([]string{"name", "url", "sender", "postal_address", "time_zone", "currency"}, map[string]schema{
			"name": texts("the name that customers know"),
			"url":  formed("^https?://", "address of the shop"),
			"sender": object([]string{"name", "address"}, map[string]schema{
				"name": texts("the name that readers see"), "address": formed("@", "the mail address that mails come from")}),
			"reply_to":       formed("@", "where answers go; the sender if not given"),
			"postal_address": texts("in every mail"),
			"time_zone":      texts("in which days begin, such as Europe/Vienna"),
			"currency":       schema{"enum": currencies, "description": "of all amounts, such as EUR"},
			"language":       formed(languagePattern.String(), "how mails write amounts, such as en"),
			"margin":         shared("share of revenue that is profit, such as 40%"),
		}),
		"caps": listOf(object([]string{"mails", "within"}, map[string]schema{
			"mails": whole("the most mails…"), "within": formed(durationForm, "…within this time, such as 7d")})),
		"quiet_hours": object([]string{"from", "to"}, map[string]schema{
			"from": formed(clockForm, `such as "21:00"`), "to": formed(clockForm, `such as "08:00"`)}),
		"active_window": formed(durationForm, "without an order for so long, a customer counts as lost"),
		"horizon":       formed(durationForm, "how far predictions look"),
	})
}

func segmentsSchema() schema {
	return object([]string{"segments"}, map[string]schema{"segments": listOf(object([]string{"name", "when"}, map[string]schema{
		"name": formed(namePattern.String(), "small letters, digits and underscores"), "title": texts("for people"),
		"description": texts("for people"), "persona": texts("who these customers are"), "goal": texts("what is wanted of them"),
		"priority": whole("which segment speaks for a customer in several: the greater"), "when": texts("the rule, such as orders >= 3 and recency_days <= 90"),
	}))})
}

func campaignsSchema() schema {
	wording := func() map[string]schema {
		return map[string]schema{"template": texts("the mail in emails/, without .html.liquid"),
			"subject": schema{"type": "string", "maxLength": 120, "description": "Liquid"}, "preheader": texts("Liquid")}
	}
	variant := wording()
	variant["name"] = formed(namePattern.String(), "such as short")
	step := wording()
	step["after"] = formed(durationForm, "after the step before; of the first, after the start")
	step["variants"] = schema{"type": "array", "minItems": 2, "items": object([]string{"name"}, variant)}
	campaign := object([]string{"name", "segment", "steps"}, map[string]schema{
		"name": formed(namePattern.String(), "small letters, digits and underscores"), "title": texts("for people"), "description": texts("for people"),
		"segment":  texts("whom it is for"),
		"start":    schema{"enum": []Start{OnEntry, While}, "description": "once on entering the segment, or while in it"},
		"every":    formed(durationForm, "from one start to the next, of start: while"),
		"priority": whole("which campaign goes first under the caps: the greater"),
		"holdout":  held("share of customers who get nothing, such as 10%"),
		"exit": object(nil, map[string]schema{"goal": formed(goalForm, "order within 21d"),
			"segment_left": flagged("whether leaving the segment ends it; true if not given")}),
		"transactional": flagged("about the customer's own order or case, without promotion"),
		"steps":         schema{"type": "array", "minItems": 1, "items": object([]string{"template", "subject"}, step)},
	})
	while := schema{"required": []string{"start"}, "properties": map[string]schema{"start": {"const": While}}}
	campaign["if"], campaign["then"], campaign["else"] = while, schema{"required": []string{"every"}}, schema{"not": schema{"required": []string{"every"}}}
	return object([]string{"campaigns"}, map[string]schema{"campaigns": listOf(campaign)})
}
