// Checks the template or the state machine, for the Go tests.
//
//   node validate.mjs template FILE       AWS's own CloudFormation validator
//   node validate.mjs statemachine FILE   the Amazon States Language schema
//
// Prints a JSON array of {severity, rule, where, message}; the array is empty when
// nothing was found. Whoever calls it decides what is tolerable.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(import.meta.url)

function template (file) {
  const { RegoEngine, TemplateFile } = require('@aws/cloudformation-validate')
  const engine = new RegoEngine()
  try {
    return engine.validateStandard(new TemplateFile(file)).diagnostics.map(d => ({
      severity: d.severity,
      rule: d.ruleId,
      where: [`line ${d.startLine}`, d.entity?.logicalId ?? '', d.propertyPath ?? ''].join(' ').trim(),
      message: d.message
    }))
  } finally {
    engine.free()
  }
}

function statemachine (file) {
  const validate = require('asl-validator')
  const { errors } = validate(JSON.parse(readFileSync(file, 'utf8')))
  return errors.map(e => ({
    severity: 'ERROR',
    rule: e['Error code'] ?? 'schema',
    where: e.instancePath ?? e.path ?? '',
    message: e.message ?? e.Message ?? JSON.stringify(e)
  }))
}

const check = { template, statemachine }[process.argv[2]]
if (!check || !process.argv[3]) {
  console.error('usage: node validate.mjs template|statemachine FILE')
  process.exit(2)
}
console.log(JSON.stringify(check(process.argv[3])))
