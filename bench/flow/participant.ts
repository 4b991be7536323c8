import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'

/**
 * A participant in a process of its own. It answers 202 at once, on `/hang` never. Prints its port; a message asks for what it has
 * received: how many commands, and when the first and the last came (ms since the epoch).
 */
const port = Number(process.argv[2] ?? 0)
let seen = { count: 0, first: 0, last: 0 }
const server = createServer((request, response) => {
  request.resume()
  if (request.url === '/hang') return
  const now = Date.now()
  seen = { count: seen.count + 1, first: seen.first === 0 ? now : seen.first, last: now }
  request.on('end', () => response.writeHead(202).end())
})
server.keepAliveTimeout = 60_000
server.listen(port, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', (order) => {
  process.send?.(seen)
  if (order === 'reset') seen = { count: 0, first: 0, last: 0 }
})
process.on('disconnect', () => process.exit())
