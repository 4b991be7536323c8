import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'

/** What the participant of a backlog has received, as it tells its parent process. */
export interface Seen {
  readonly count: number
  /** Instants of the first and the last command (ms since the epoch). */
  readonly first: number
  readonly last: number
  /** Most commands that were under way at once. */
  readonly most: number
  /** Milliseconds from the creation to the command, of sagas that the test creates: their metadata have `askedAt`. */
  readonly fresh: readonly number[]
}

const NOTHING: Seen = { count: 0, first: 0, last: 0, most: 0, fresh: [] }
const ASKED_AT = /"askedAt":(\d+)/

/** A participant in a process of its own. Arguments: its port, and the milliseconds after which it answers 202. */
const [port = 0, wait = 0] = process.argv.slice(2).map(Number)
let seen = NOTHING
let underWay = 0
const server = createServer((request, response) => {
  const now = Date.now()
  underWay++
  response.on('close', () => underWay--)
  let text = ''
  request.setEncoding('utf8').on('data', (part: string) => (text += part))
  request.on('end', () => {
    const askedAt = ASKED_AT.exec(text)?.[1]
    seen = {
      count: seen.count + 1,
      first: seen.first === 0 ? now : seen.first,
      last: now,
      most: Math.max(seen.most, underWay),
      fresh: askedAt === undefined ? seen.fresh : [...seen.fresh, now - Number(askedAt)],
    }
    if (wait === 0) response.writeHead(202).end()
    else setTimeout(() => response.writeHead(202).end(), wait)
  })
})
server.keepAliveTimeout = 60_000
server.listen(port, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', (order) => {
  process.send?.(seen)
  if (order === 'reset') seen = NOTHING
})
process.on('disconnect', () => process.exit())
