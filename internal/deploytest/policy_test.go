package deploytest

import (
	"fmt"
	"strings"
	"testing"
)

type statement struct {
	role, effect string
	actions      []string
	resources    []any
	condition    any
}

// statements returns what every role of the template may do.
func statements(t *testing.T, template object) []statement {
	t.Helper()
	var all []statement
	for name, p := range resources(t, template, "AWS::IAM::Role") {
		if p["ManagedPolicyArns"] != nil {
			t.Errorf("%s has managed policies", name)
		}
		for _, policy := range list(p["Policies"]) {
			for _, s := range list(at(policy, "PolicyDocument", "Statement")) {
				st := statement{role: name, resources: list(at(s, "Resource")), condition: at(s, "Condition")}
				st.effect, _ = at(s, "Effect").(string)
				for _, a := range list(at(s, "Action")) {
					st.actions = append(st.actions, fmt.Sprint(a))
				}
				all = append(all, st)
			}
		}
	}
	return all
}

func TestRolesMayDoNamedThingsToNamedResources(t *testing.T) {
	for _, s := range statements(t, readTemplate(t)) {
		for _, a := range s.actions {
			if strings.Contains(a, "*") {
				t.Errorf("%s may do %s", s.role, a)
			}
		}
		for _, r := range s.resources {
			if r == "*" && (len(s.actions) != 1 || s.actions[0] != "ses:GetAccount") {
				t.Errorf("%s may do %v to everything", s.role, s.actions)
			}
			text, _ := at(r, "Fn::Sub").(string)
			if strings.Contains(text, "*") {
				t.Errorf("%s may do %v to %s", s.role, s.actions, text)
			}
		}
		if s.effect != "Allow" {
			t.Errorf("%s: effect %q", s.role, s.effect)
		}
	}
}

func TestMailIsSentFromTheShopsDomainOnly(t *testing.T) {
	for _, s := range statements(t, readTemplate(t)) {
		for _, a := range s.actions {
			if a != "ses:SendEmail" {
				continue
			}
			if s.role != "MailerRole" || at(s.condition, "StringLike", "ses:FromAddress") == nil {
				t.Errorf("%s may send mail as anybody", s.role)
			}
		}
	}
}

// What a variable names is what a role must be allowed to use, and the other way round.
var needs = map[string]struct{ resource, action string }{
	"PROFILES_TABLE":   {"ProfilesTable", "dynamodb:"},
	"FACTS_TABLE":      {"FactsTable", "dynamodb:"},
	"IDENTITIES_TABLE": {"IdentitiesTable", "dynamodb:"},
	"SENDS_TABLE":      {"SendsTable", "dynamodb:"},
	"INSIGHTS_TABLE":   {"InsightsTable", "dynamodb:"},
	"EVENT_QUEUE_URL":  {"EventQueue", "sqs:SendMessage"},
	"MAIL_QUEUE_URL":   {"MailQueue", "sqs:SendMessage"},
	"SECRETS_PREFIX":   {"Stage", "ssm:GetParameter"},
}

func TestVariablesAndPermissionsAgree(t *testing.T) {
	template := readTemplate(t)
	all := statements(t, template)
	for name, p := range functions(t, template) {
		role := strings.ToUpper(name[:1]) + name[1:] + "Role"
		variables := mapping(at(p, "Environment", "Variables"))
		for variable, need := range needs {
			allowed := false
			for _, s := range all {
				allowed = allowed || s.role == role && strings.HasPrefix(s.actions[0], need.action) && refers(s.resources, need.resource)
			}
			if _, given := variables[variable]; given != allowed {
				t.Errorf("%s: has %s: %v, may use it: %v", name, variable, given, allowed)
			}
		}
	}
}
