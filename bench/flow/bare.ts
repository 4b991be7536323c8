import process from 'node:process'
import { restChannel } from '../../adapters/channel/rest.ts'
import { nodeRuntime } from '../../adapters/runtime/node.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import { METADATA } from '../../test/services/backlog/stage.ts'

/**
 * A bare loop of POSTs in a process of its own: the client of the service, as many at once as a channel sends, the same bytes and no
 * store. Arguments: port of the participant and seconds. Prints the POSTs a second.
 */
const [port = 0, seconds = 0] = process.argv.slice(2).map(Number)
const configurations = {
  protocol: 'http',
  endpoint: '127.0.0.1',
  port,
  method: 'POST',
  path: '/',
  headers: {},
} as const
const channel = restChannel(
  { id: 'desk', configurations: { ...configurations, timeout: DEFAULTS.answer } },
  nodeRuntime('silent').fetch,
)
const sagaId = 'desk-00000000'
const command = { id: `${sagaId}/0/0`, sagaId, label: 'answer', channel: 'desk', payload: METADATA }

async function rate(milliseconds: number): Promise<number> {
  const begun = performance.now()
  let sent = 0
  const lane = async () => {
    for (; performance.now() - begun < milliseconds; sent++) {
      const { kind } = await channel.send(command)
      if (kind !== 'delivered') throw new Error(`send a command to the participant: ${kind}`)
    }
  }
  await Promise.all(Array.from({ length: DEFAULTS.sendsAtOnce }, lane))
  return sent / ((performance.now() - begun) / 1_000)
}

await rate(1_000) // connections are opened, code is compiled
process.stdout.write(`${await rate(seconds * 1_000)}\n`)
process.exit()
