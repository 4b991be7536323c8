import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MachineDefinition, StateDefinition } from '../../../src/machine/definition.ts'
import { ROOT } from '../../walls/tools.ts'

const FILES = [
  'examples/reservation/saga.json',
  'examples/kafka/saga.json',
  'examples/compose-rest/saga.json',
  'examples/kubernetes/saga.json',
  'examples/embed/saga.json',
  'test/fixtures/reservation.kafka-crud.saga.json',
  'test/fixtures/reservation.tutorial-before-channels.saga.json',
]

/** The machines of the examples, by their path. */
export function exampleMachines(): readonly (readonly [path: string, definition: MachineDefinition])[] {
  return FILES.map((path) => {
    const file = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { machineDefinition: MachineDefinition }
    return [path, file.machineDefinition]
  })
}

/** The machine of the tutorial. */
export const RESERVATION: MachineDefinition = exampleMachines()[0]?.[1] ?? { initialState: '', states: [] }

/** An order with a loop, a state that waits, timeouts, side effects and compensation. */
export const ORDER: MachineDefinition = {
  initialState: 'orderPlaced',
  creationEvent: 'placeOrder',
  businessStates: [
    { id: 'open', description: 'Order in progress' },
    { id: 'done', description: 'Order completed' },
    { id: 'undo', description: 'Being undone' },
    { id: 'failed', description: 'Order failed' },
    { id: 'wait', description: 'Waiting for a person' },
  ],
  businessEvents: [
    { id: 1, description: 'Money has been taken' },
    { id: 2, description: 'Nothing was taken' },
    { id: 3, description: 'Stock is short' },
  ],
  states: [
    {
      id: 'orderPlaced',
      description: 'A customer has placed an order',
      isFinal: false,
      businessStateId: 'open',
      outputCommand: { label: 'reserveStock', channel: 'warehouse' },
      sideEffects: [{ label: 'notifyCustomer', channel: 'mail' }],
      outgoingTransitions: [
        { inputEvent: 'stockReserved', targetState: 'paymentPending' },
        { inputEvent: 'stockShort', targetState: 'backOrdered', businessEventId: 3 },
        { inputEvent: 'orderInvalid', targetState: 'orderFailed' },
      ],
    },
    {
      id: 'backOrdered',
      description: 'The warehouse waits for new stock before it can reserve anything for this order',
      isFinal: false,
      businessStateId: 'wait',
      timeout: { after: 'P3D', event: 'gaveUp' },
      outgoingTransitions: [
        { inputEvent: 'stockArrived', targetState: 'orderPlaced' },
        { inputEvent: 'gaveUp', targetState: 'orderFailed' },
        { inputEvent: 'stillShort', targetState: 'backOrdered' },
      ],
    },
    {
      id: 'paymentPending',
      description: 'The customer pays',
      isFinal: false,
      businessStateId: 'open',
      outputCommand: { label: 'takePayment', channel: 'bank', hook: { type: 'file', content: '' } },
      timeout: { after: 'PT15M', resend: 2, event: 'paymentExpired' },
      outgoingTransitions: [
        { inputEvent: 'paymentTaken', targetState: 'shipping', businessEventId: 1 },
        { inputEvent: 'paymentRefused', targetState: 'releasingStock', businessEventId: 2 },
        { inputEvent: 'paymentExpired', targetState: 'releasingStock', businessEventId: 2 },
        { inputEvent: 'paymentDelayed', targetState: 'paymentPending' },
      ],
    },
    {
      id: 'shipping',
      description: 'The parcel is on its way',
      isFinal: false,
      businessStateId: 'open',
      outputCommand: { label: 'shipParcel', channel: 'carrier' },
      sideEffects: ['notifyCustomer', 'recordRevenue', 'printLabel', 'countParcel'].map((label) => {
        return { label, channel: 'mail' }
      }),
      outgoingTransitions: [
        { inputEvent: 'delivered', targetState: 'orderCompleted' },
        { inputEvent: 'parcelLost', targetState: 'refunding' },
      ],
    },
    {
      id: 'refunding',
      description: 'The money goes back',
      isFinal: false,
      businessStateId: 'undo',
      outputCommand: { label: 'refundPayment', channel: 'bank' },
      outgoingTransitions: [{ inputEvent: 'refunded', targetState: 'releasingStock' }],
    },
    {
      id: 'releasingStock',
      description: 'The reservation of stock is undone',
      isFinal: false,
      businessStateId: 'undo',
      outputCommand: { label: 'releaseStock', channel: 'warehouse' },
      outgoingTransitions: [{ inputEvent: 'stockReleased', targetState: 'orderFailed' }],
    },
    { id: 'orderCompleted', description: 'Delivered and paid', isFinal: true, businessStateId: 'done' },
    { id: 'orderFailed', description: 'All money is back', isFinal: true, businessStateId: 'failed' },
  ],
}

const WORDS = ['validate', 'reserve', 'charge', 'ship', 'notify', 'check', 'book', 'release', 'score', 'sign']
const PHASES = ['Intake', 'Checks', 'Fulfilment', 'Delivery']
const ENDS = ['completed', 'failed', 'cancelled']

/** A process of so many states, the same for the same number: most go on, half can fail, some go back, the last three are final. */
export function generatedMachine(size: number): MachineDefinition {
  const random = sequence(size)
  const steps = size - ENDS.length
  const nameOf = (at: number) => (at < steps ? `${WORDS[at % WORDS.length]}Stage${at}` : (ENDS[at - steps] ?? ''))
  const states = Array.from({ length: size }, (_, at): StateDefinition => {
    const word = WORDS[at % WORDS.length] ?? ''
    if (at >= steps) return { id: nameOf(at), isFinal: true, businessStateId: nameOf(at) }
    const to = (index: number) => nameOf(Math.max(0, Math.min(steps, index)))
    const side = random() < 0.5 ? nameOf(steps + 1) : to(at + 2 + Math.floor(random() * 3))
    const transitions = [
      { inputEvent: `${word}OK`, targetState: to(at + 1 + Math.floor(random() * 3)) },
      { inputEvent: `${word}KO`, targetState: side },
      ...(random() < 0.15 ? [{ inputEvent: `${word}Again`, targetState: to(at - 1 - Math.floor(random() * 6)) }] : []),
      ...(random() < 0.1 ? [{ inputEvent: 'cancelled', targetState: nameOf(steps + 2) }] : []),
    ]
    return {
      id: nameOf(at),
      description: `Step ${at} of the process, in which the service does ${word}`,
      isFinal: false,
      businessStateId: PHASES[Math.floor((at / steps) * PHASES.length)],
      outputCommand: { label: `${word}Item`, channel: `channel${at % 5}` },
      outgoingTransitions: transitions,
    }
  })
  const businessStates = [...PHASES, ...ENDS].map((id) => ({ id, description: id }))
  return { initialState: nameOf(0), states, businessStates }
}

/** Numbers between 0 and 1, the same for the same seed. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
