import { consoleLog, webRuntime } from '../../../adapters/runtime/web.ts'
import type { Command } from '../../../src/engine/saga.ts'
import type { Created, Outcome } from '../../../src/orchestrator/corridor.ts'
import { assemble } from '../../../src/orchestrator/assemble.ts'
import type { Orchestrator } from '../../../src/orchestrator/orchestrator.ts'
import type { Channel, Sent } from '../../../src/ports/channel.ts'
import type { Persistency } from '../../../src/ports/persistency.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { CHANNELS, MACHINE, TIMEOUT } from './sagas.ts'
import type { FixtureSaga } from './sagas.ts'

/** The corridor of a process on one store, in real time, with participants of the caller's. */
export interface FixtureProcess {
  readonly orchestrator: Orchestrator
  /** Every command that was handed to a channel, side effects included. */
  readonly sent: readonly Command[]
  readonly create: (plan: FixtureSaga) => Promise<Created>
  /** The event of this index, with its label. */
  readonly tell: (plan: FixtureSaga, index: number, label: string) => Promise<Outcome>
}

export function processOn(persistency: Persistency, answer: (command: Command) => Promise<Sent>): FixtureProcess {
  const sent: Command[] = []
  const channel = (id: string): Channel => ({
    id,
    timeout: TIMEOUT,
    send: (command) => (sent.push(command), answer(command)),
    probe: async () => ({ ok: true }),
    close: async () => undefined,
  })
  const orchestrator = assemble({
    machine: MACHINE,
    persistency,
    channels: new Map(CHANNELS.map((id) => [id, channel(id)])),
    runtime: webRuntime(
      'fixture',
      consoleLog('error', () => undefined),
    ),
    metrics: fakeMetrics(),
    unexpectedEvents: 'ignore',
  })
  return {
    orchestrator,
    sent,
    create: ({ id, metadata }) =>
      orchestrator.create({ id, entity: `customer/${id}`, metadata, key: `key/${id}`, trace: TRACE }),
    tell: ({ id }, index, label) =>
      orchestrator.handle({ id: `${id}/${index}`, sagaId: id, label, payload: { [`event ${index}`]: label } }),
  }
}

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
