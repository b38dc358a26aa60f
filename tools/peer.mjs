// Runs one AWS stand-in on a free loopback port, for the Go tests.
//
//   node peer.mjs dynamodb|ses|sqs
//
// Prints one line of JSON, {"endpoint":"http://127.0.0.1:PORT"}, when it listens.
// Ends when its standard input does, so that it cannot outlive the test that
// started it, however that test dies.
import { createRequire } from 'node:module'
import http from 'node:http'
import { once } from 'node:events'

const require = createRequire(import.meta.url)
const host = '127.0.0.1'

async function dynamodb () {
  const dynalite = require('dynalite')
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  return listen(server)
}

// The outbox forgets configuration set and tags, so the requests are kept as they
// came, in front of it: GET /requests answers [{messageId, request}].
async function ses () {
  process.env.AWS_SES_ACCOUNT ||= JSON.stringify(account)
  console.info = console.debug = () => {}
  const outbox = await require('aws-ses-v2-local').default({ host, port: 0 })
  const { port } = outbox.address()
  const requests = []
  const front = http.createServer(async (req, res) => {
    try {
      const body = await read(req)
      if (req.method === 'GET' && req.url === '/requests') {
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify(requests))
        return
      }
      const onward = http.request({ host, port, method: req.method, path: req.url, headers: req.headers })
      onward.end(body)
      const [answer] = await once(onward, 'response')
      const text = await read(answer)
      if (req.url === '/v2/email/outbound-emails' && answer.statusCode === 200) {
        requests.push({ messageId: JSON.parse(text).MessageId, request: JSON.parse(body) })
      }
      if (req.url === '/clear-store') requests.length = 0
      res.writeHead(answer.statusCode, answer.headers)
      res.end(text)
    } catch (error) {
      res.writeHead(502)
      res.end(String(error))
    }
  })
  return listen(front)
}

async function sqs () {
  const { createSqsServer } = require('local-aws-sqs')
  const server = await createSqsServer({ port: 0, hostname: host, emulateQueueCreationLifecycle: false })
  return `http://${host}:${server.address().port}`
}

async function listen (server) {
  server.listen(0, host)
  await once(server, 'listening')
  return `http://${host}:${server.address().port}`
}

async function read (stream) {
  const parts = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

const account = {
  DedicatedIpAutoWarmupEnabled: false,
  Details: {
    AdditionalContactEmailAddresses: [],
    ContactLanguage: 'EN',
    MailType: 'MARKETING',
    ReviewDetails: { CaseId: 'none', Status: 'GRANTED' },
    UseCaseDescription: 'tests',
    WebsiteURL: 'https://shop.example'
  },
  EnforcementStatus: 'HEALTHY',
  ProductionAccessEnabled: true,
  SendingEnabled: true,
  SendQuota: { Max24HourSend: 50000, MaxSendRate: 14, SentLast24Hours: 0 },
  SuppressionAttributes: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }
}

const peers = { dynamodb, ses, sqs }
const start = peers[process.argv[2]]
if (!start) {
  console.error('usage: node peer.mjs dynamodb|ses|sqs')
  process.exit(2)
}
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
process.stdin.on('error', () => process.exit(0))
console.log(JSON.stringify({ endpoint: await start() }))
