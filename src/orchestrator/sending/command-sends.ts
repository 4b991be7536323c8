import type { Command } from '../../engine/saga.ts'
import { reasonOf } from '../../errors.ts'
import type { Channel, Delivered, Sent } from '../../ports/channel.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { ChannelQueue } from './channel-queue.ts'
import type { CircuitChange } from './circuit.ts'
import type { InFlight } from './in-flight.ts'
import { kindOfReason } from '../incidents.ts'
import type { Incidents } from '../incidents.ts'
import type { Lane } from './lane.ts'
import { OnceSends } from './once-sends.ts'
import type { OutgoingCommand } from './outgoing-command.ts'
import type { GivenUp } from '../events/turn.ts'

/** Options of `CommandSends`. */
export interface CommandSendsOptions {
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly incidents: Incidents
  /**
   * Called once for every command that was sent, with its result. The command stays in flight until the promise resolves, with
   * another result where the command is given up, or was delivered before.
   */
  readonly concluded: (outgoing: OutgoingCommand, sent: Sent) => Promise<Delivered | GivenUp | void> | void
  /** Called when recovery has capacity for a lane again; without one where it should look at all of them. */
  readonly freed?: ((lane?: Lane) => void) | undefined
  readonly inFlight: Pick<InFlight, 'answered' | 'fateOf'>
  /** Called where the circuit of a channel opens: it keeps no commands in memory. */
  readonly withdrawAll: (channel: string) => void
}

/** Single sends: the call of the channel, its measures, the circuit, and the record of the result. */
export class CommandSends {
  readonly #options: CommandSendsOptions
  readonly #once = new OnceSends()

  constructor(options: CommandSendsOptions) {
    this.#options = options
  }

  /** The process ends before the answer of this command, which is sent once (P15). */
  isTooLate(channel: Channel, outgoing: OutgoingCommand): boolean {
    return this.#once.isOver && isSentOnce(channel, outgoing)
  }

  /**
   * Ends the sends under way in channels with one attempt as those without an answer, and starts no more of them (P15). Resolves when
   * that is recorded.
   */
  async abandonOnce(): Promise<void> {
    const recorded = this.#once.ids.map((id) => this.#options.inFlight.fateOf(id))
    this.#once.end()
    await Promise.all(recorded)
  }

  /** Resolves when the result is recorded, or could not be. Never rejects. */
  async send(queue: ChannelQueue<OutgoingCommand>, outgoing: OutgoingCommand): Promise<void> {
    const { runtime, metrics, concluded, incidents, inFlight } = this.#options
    const { channel } = queue
    const began = runtime.monotonic()
    const sending = send(channel, outgoing.command)
    const sent = await (isSentOnce(channel, outgoing) ? this.#once.resultOf(outgoing.command.id, sending) : sending)
    const ended = runtime.monotonic()
    const change = queue.answered(sent, began, ended)
    if (change !== undefined) this.#noteCircuit(queue, change)
    metrics.sent({ channel: channel.id, kind: outgoing.kind, result: sent.kind }, (ended - began) / 1_000)
    if (sent.kind === 'delivered') inFlight.answered(outgoing.command.id, sent) // settled later, by another write
    try {
      const fate = await concluded(outgoing, sent)
      inFlight.answered(outgoing.command.id, fate ?? sent)
      incidents.succeeded('records', 'command.recorded')
    } catch (thrown) {
      // The debt stays owed. Its lease ends by itself, and the sweep claims it then.
      inFlight.answered(outgoing.command.id, sent)
      const why = reasonOf(thrown)
      const fields = { command: outgoing.command.id, why }
      incidents.report({ code: 'command.not-recorded', group: 'records', kind: kindOfReason(why), fields })
    }
  }

  /** A channel whose circuit opens keeps no commands in memory: they are owed, and recovery sends the probes. */
  #noteCircuit(queue: ChannelQueue<OutgoingCommand>, change: CircuitChange): void {
    const { incidents, runtime, freed, withdrawAll } = this.#options
    const { id } = queue.channel
    const [group, fields] = [`circuit ${id}`, { channel: id }]
    if (change === 'closed') return incidents.succeeded(group, 'channel.circuit-closed', fields)
    runtime.after(Math.max(1, queue.probeWait), () => freed?.())
    if (change === 'still-open') return
    incidents.report({ code: 'channel.circuit-open', group, kind: 'open', fields })
    withdrawAll(id)
  }
}

function isSentOnce({ retry }: Channel, { kind }: OutgoingCommand): boolean {
  return retry?.attempts === 1 && kind === 'command'
}

/** A channel that breaks its contract and throws counts as unreachable. */
async function send(channel: Channel, command: Command): Promise<Sent> {
  try {
    return await channel.send(command)
  } catch (thrown) {
    return { kind: 'unreachable', why: reasonOf(thrown) }
  }
}
