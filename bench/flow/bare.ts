import process from 'node:process'
import { restChannel } from '../../adapters/channel/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { encodeCommand } from '../../src/codec/message.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import { METADATA } from '../../test/services/backlog/stage.ts'

/**
 * A bare loop of POSTs in a process of its own: as many at once as a channel sends, the same bytes and no store. Arguments: client, port
 * of the participant, seconds. The client `fetch` is the platform's, as a script would call it; `own` is the service's, which is
 * faster. Prints the POSTs a second.
 */
const [client, ...numbers] = process.argv.slice(2)
const [port = 0, seconds = 0] = numbers.map(Number)
const sagaId = 'desk-00000000'
const command = { id: `${sagaId}/0/0`, sagaId, label: 'answer', channel: 'desk', payload: METADATA }

/** Sends the command once; resolves to true where it was accepted. */
type Post = () => Promise<boolean>

function byOwnClient(): Post {
  const place = { protocol: 'http', endpoint: '127.0.0.1', port, method: 'POST', path: '/', headers: {} } as const
  const configurations = { ...place, timeout: DEFAULTS.answer }
  const channel = restChannel({ id: 'desk', configurations }, nodeRuntime('silent').fetch)
  return async () => (await channel.send(command)).kind === 'delivered'
}

function byFetch(): Post {
  const headers = { 'content-type': 'application/json', 'idempotency-key': command.id }
  return async () => {
    const body = encodeCommand(command)
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })
    await answer.arrayBuffer()
    return answer.ok
  }
}

async function rate(post: Post, milliseconds: number): Promise<number> {
  const begun = performance.now()
  let sent = 0
  const lane = async () => {
    for (; performance.now() - begun < milliseconds; sent++)
      if (!(await post())) throw new Error('send a command to the participant: it was not accepted')
  }
  await Promise.all(Array.from({ length: DEFAULTS.sendsAtOnce }, lane))
  return sent / ((performance.now() - begun) / 1_000)
}

const post = client === 'own' ? byOwnClient() : byFetch()
await rate(post, 1_000) // connections are opened, code is compiled
process.stdout.write(`${await rate(post, seconds * 1_000)}\n`)
process.exit()
