import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceClient } from '../../testing/load/service-client.ts'
import { createSagas, sendEvents } from './event-load.ts'
import type { EventFigures } from './event-load.ts'
import { startMeasured } from './measured-service.ts'
import { alternately } from './sides.ts'
import type { Sides } from './sides.ts'

/** Events of one round. */
const EVENTS = 1_000
/** Events of a saga with a short history: its last one is number ten. */
const SHORT = 10

const LOOP = {
  initialState: 'counting',
  states: [
    { id: 'counting', isFinal: false, outgoingTransitions: [{ inputEvent: 'counted', targetState: 'counting' }] },
    { id: 'done', isFinal: true },
  ],
}

/** What a saga's history costs: events from number `length` on of one saga, against the first ten of others. */
export async function measureHistory(
  root: string,
  { store, length, rounds }: { readonly store: 'sqlite' | 'memory'; readonly length: number; readonly rounds: number },
): Promise<Sides<EventFigures>> {
  const folder = join(root, `history-${store}`)
  mkdirSync(folder)
  const service = await startMeasured(folder, { store, machineDefinition: LOOP, communicationProtocols: [] })
  const { client, pid } = service
  let number = 0
  const counted = (sagaId: string) => ({ sagaId, label: 'counted', payload: { last: number }, key: `n/${number++}` })
  // One after the other, as the events of one saga are.
  const send = (events: readonly ReturnType<typeof counted>[]) => sendEvents({ client, pid, events, lanes: 1 })
  try {
    const long = await created(client)
    await send(Array.from({ length }, () => counted(long)))
    return await alternately(rounds, async (side) => {
      if (side === 'large') return send(Array.from({ length: EVENTS }, () => counted(long)))
      const ids = await createSagas(client, EVENTS / SHORT)
      return send(ids.flatMap((id) => Array.from({ length: SHORT }, () => counted(id))))
    })
  } finally {
    await service.stop()
  }
}

async function created(client: ServiceClient): Promise<string> {
  const [id = ''] = await createSagas(client, 1)
  return id
}
