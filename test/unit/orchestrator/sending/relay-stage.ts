import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import type { OutgoingCommand } from '../../../../src/orchestrator/sending/outgoing-command.ts'
import { Relay } from '../../../../src/orchestrator/sending/relay.ts'
import type { RelayOptions } from '../../../../src/orchestrator/sending/relay.ts'
import type { Channel } from '../../../../src/ports/channel.ts'
import { fakeChannel, type FakeChannel } from '../../../fakes/channel.ts'
import { fakeMetrics, type FakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime, type SimulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

/** A real relay over two fake channels and a simulated runtime. */
export interface RelayStage {
  readonly relay: Relay
  readonly runtime: SimulatedRuntime
  readonly metrics: FakeMetrics
  readonly bank: FakeChannel
  readonly shop: FakeChannel
  /** `<command> <kind of result>` of each send that has ended. */
  readonly concluded: readonly string[]
  /** Ids of commands that were accepted and not sent. */
  readonly dropped: readonly string[]
  /** Lanes that were reported to have capacity; `all` for all of them. */
  readonly freed: readonly string[]
  /** Takes both sends of the bank. */
  readonly saturate: () => void
}

/** `limits` are those of the bank. */
export function relayStage(options: Partial<RelayOptions> = {}, limits: Partial<Channel> = {}): RelayStage {
  const [runtime, metrics, shop] = [simulatedRuntime(), fakeMetrics(), fakeChannel('shop')]
  const bank = Object.assign(fakeChannel('bank'), limits)
  const [concluded, dropped, freed]: [string[], string[], string[]] = [[], [], []]
  const relay = new Relay({
    channels: new Map([bank, shop].map((channel) => [channel.id, channel])),
    runtime,
    metrics,
    incidents: new Incidents(runtime),
    queue: { commands: 10, bytes: 1_000_000 },
    sendsAtOnce: 2,
    dropped: ({ command }) => void dropped.push(command.id),
    concluded: ({ command }, sent) => void concluded.push(`${command.id} ${sent.kind}`),
    freed: (lane = 'all') => void freed.push(lane),
    ...options,
  })
  const saturate = (): void => {
    for (const id of ['x/0/0', 'y/0/0']) relay.offer(outgoing(id, 'bank'))
  }
  return { relay, runtime, metrics, bank, shop, concluded, dropped, freed, saturate }
}

/** A command made of its id, `<saga>/<step>/<index>`; an index above 0 makes a side effect. */
export function outgoing(id: string, channel: string, rest: Partial<OutgoingCommand> = {}): OutgoingCommand {
  const [sagaId = '', , index] = id.split('/')
  const command = { id, sagaId, label: 'do', channel, payload: { of: id } }
  return { command, kind: index === '0' ? 'command' : 'side-effect', attempts: 0, expires: 1_000, ...rest }
}
