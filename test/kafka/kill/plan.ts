import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition } from '../../../src/machine/definition.ts'
import type { SagaCourse, ProofPlan } from '../support/broken-promises.ts'

/** Topics and groups of the tutorial's reservation. */
export const COMMANDS = 'reservation.commands'
export const EVENTS = 'reservation.events'
export const GROUP = 'batuta'
export const PARTITIONS = 6
export const SESSION = 3_000

const EXAMPLE = JSON.parse(readFileSync(join(import.meta.dirname, '../../../examples/kafka/saga.json'), 'utf8')) as {
  readonly machineDefinition: MachineDefinition
  readonly communicationProtocols: readonly { readonly configurations: object }[]
}

/** The example's saga.json for a broker at this address. */
export function configuration(broker: string): string {
  const communicationProtocols = EXAMPLE.communicationProtocols.map((channel) => ({
    ...channel,
    configurations: { ...channel.configurations, brokers: [broker], sessionTimeout: SESSION },
  }))
  return JSON.stringify({ ...EXAMPLE, communicationProtocols })
}

/** The n-th reservation: of fourteen, two are invalid and four find no room. */
export function reservation(n: number): {
  readonly associatedEntityId: string
  readonly metadata: { n: number; guests: number }
} {
  return { associatedEntityId: `reservation-${n}`, metadata: { n, guests: 1 + (n % 14) } }
}

/** States of its saga. The public client has no keys, so an effect is known by saga and command. */
function course(n: number): SagaCourse {
  const { guests } = reservation(n).metadata
  const commands = guests > 12 ? ['validateReservation'] : ['validateReservation', 'checkReservation']
  const effects = commands.map((label) => `${n}/${label}`)
  return { commands, effects, end: guests > 8 ? 'reservationFailed' : 'reservationConfirmed' }
}

/** The tutorial's machine. */
export const PLAN: ProofPlan = { machine: EXAMPLE.machineDefinition, course }
