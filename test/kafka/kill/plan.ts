import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'
import type { SagaCourse, ProofPlan } from '../support/broken-promises.ts'
import { mannerOf } from './manners.ts'

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

/** The event of the timer of a held reservation, and its `timeout.after` in milliseconds. */
const EXPIRED = 'checkExpired'
const AFTER = 3_000

/** A reservation that is held until it is checked, or until its time is over. */
const HELD: StateDefinition = {
  id: 'reservationHeld',
  isFinal: false,
  outputCommand: { label: 'checkReservation', channel: 'kafkaChannel' },
  timeout: { after: `PT${AFTER / 1_000}S`, resend: 1, event: EXPIRED },
  businessStateId: 0,
  outgoingTransitions: [
    { inputEvent: 'checkOK', targetState: 'reservationConfirmed', businessEventId: 0 },
    { inputEvent: EXPIRED, targetState: 'reservationFailed', businessEventId: 1 },
  ],
}

/** The example's saga.json for a broker at this address, with a held reservation; events that come too early are parked. */
export function configuration(broker: string): string {
  const communicationProtocols = EXAMPLE.communicationProtocols.map((channel) => ({
    ...channel,
    configurations: { ...channel.configurations, brokers: [broker], sessionTimeout: SESSION },
  }))
  const settings = { unexpectedEvents: 'park' }
  return JSON.stringify({ ...EXAMPLE, machineDefinition: machine(), communicationProtocols, settings })
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
  const failed = { commands, effects, end: 'reservationFailed' }
  if (guests > 8 || mannerOf(n) === 'silent') return failed
  const confirmed = { commands, effects, end: 'reservationConfirmed' }
  // A resend saves it, unless a kill or an outage takes the time.
  return mannerOf(n) === 'silent-once' ? { ...confirmed, orElse: failed } : confirmed
}

/** The tutorial's machine, in which some validations hold the reservation. */
function machine(): MachineDefinition {
  const { machineDefinition } = EXAMPLE
  const hold = { inputEvent: 'validationHeld', targetState: HELD.id }
  const states = machineDefinition.states.map((state) =>
    state.id === machineDefinition.initialState
      ? { ...state, outgoingTransitions: [...(state.outgoingTransitions ?? []), hold] }
      : state,
  )
  return { ...machineDefinition, states: [...states, HELD] }
}

/**
 * The public client has no keys, so a repeated event is another one, and is parked. No state of this machine is entered twice: the
 * repeat waits until the end of its saga, which drops it. Nobody answers the check of an early saga, so its end shows that the
 * parked event was kept.
 */
export const PLAN: ProofPlan = { machine: machine(), course, timer: { event: EXPIRED, after: AFTER } }
