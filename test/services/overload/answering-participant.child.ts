import { Agent, createServer, request as post } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'

/**
 * A participant in a process of its own. It answers 202 at once, on `/hang` never. Prints its port; a message asks for what it has
 * received: how many commands, and when the first and the last came (ms since the epoch); `keys` asks for the sagas that sent them.
 * After the message `{ url }` it sends the event `answered` for each command to that service, again after `Retry-After` where it is
 * refused; `answered` counts those taken.
 */
const port = Number(process.argv[2] ?? 0)
let seen = { count: 0, first: 0, last: 0, answered: 0 }
const keys = new Set<string>()
let service: string | undefined
const agent = new Agent({ keepAlive: true, maxSockets: 512 })

const server = createServer((request, response) => {
  let text = ''
  request.setEncoding('utf8').on('data', (part: string) => (text += part))
  if (request.url === '/hang') return
  const now = Date.now()
  seen = { ...seen, count: seen.count + 1, first: seen.first === 0 ? now : seen.first, last: now }
  request.on('end', () => {
    response.writeHead(202).end()
    const { key } = JSON.parse(text) as { key: string }
    keys.add(key)
    if (service !== undefined) answer(`${service}/event`, key)
  })
})

function answer(url: string, key: string): void {
  const body = JSON.stringify({ key, value: { messageLabel: 'answered', messagePayload: {} } })
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'idempotency-key': `${key}/answered`,
  }
  const again = (seconds: number) => setTimeout(() => answer(url, key), 1_000 * seconds * (1 + Math.random()))
  const sent = post(url, { method: 'POST', agent, headers }, (response) => {
    response.resume()
    if (response.statusCode === 200) seen.answered++
    else again(Number(response.headers['retry-after'] ?? 1))
  })
  sent.on('error', () => again(1))
  sent.end(body)
}

server.keepAliveTimeout = 60_000
server.listen(port, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', (order: 'seen' | 'reset' | 'keys' | { readonly url: string }) => {
  if (typeof order === 'object') service = order.url
  process.send?.(order === 'keys' ? [...keys] : seen)
  if (order === 'reset') seen = { count: 0, first: 0, last: 0, answered: 0 }
})
process.on('disconnect', () => process.exit())
