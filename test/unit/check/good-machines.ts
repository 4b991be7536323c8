/** Machines as people write them, without a mistake. `check` reports nothing of them. */
import type { Tree } from '../config/files.ts'

interface Traits {
  readonly command?: string
  readonly sideEffects?: readonly string[]
  readonly final?: boolean
  readonly business?: string | number
  readonly events?: Readonly<Record<string, string>>
}

export function state(id: string, { command, sideEffects, final = false, business, events }: Traits): Tree {
  const sent = (label: string) => ({ label, channel: 'services' })
  return {
    id,
    isFinal: final,
    ...(business !== undefined && { businessStateId: business }),
    ...(command !== undefined && { outputCommand: sent(command) }),
    ...(sideEffects !== undefined && { sideEffects: sideEffects.map(sent) }),
    ...(events !== undefined && {
      outgoingTransitions: Object.entries(events).map(([inputEvent, targetState]) => ({ inputEvent, targetState })),
    }),
  }
}

/** A whole file around states. The first one is the initial one. */
export function fileOf(states: readonly Tree[], businessStates?: readonly (string | number)[]): Tree {
  return {
    machineDefinition: {
      initialState: states[0].id,
      creationEvent: '__created__',
      states,
      ...(businessStates !== undefined && {
        businessStates: businessStates.map((id) => ({ id, description: `state ${id}` })),
      }),
    },
    communicationProtocols: [
      {
        id: 'services',
        type: 'rest',
        configurations: { protocol: 'http', endpoint: 'services', method: 'POST', retry: {}, path: '/commands' },
      },
    ],
    persistencyManagement: { type: 'sqlite' },
  }
}

/** A payment with a chain of compensations, as in every article on sagas. */
export function payment(): Tree {
  return fileOf(
    [
      state('created', { command: 'validate', business: 'open', events: { valid: 'reserving', invalid: 'failed' } }),
      state('reserving', {
        command: 'reserve',
        business: 'open',
        events: { reserved: 'charging', reserveKO: 'failed' },
      }),
      state('charging', {
        command: 'charge',
        business: 'open',
        events: { charged: 'shipping', chargeKO: 'releasing' },
      }),
      state('shipping', { command: 'ship', business: 'open', events: { shipped: 'confirming', shipKO: 'refunding' } }),
      state('confirming', {
        command: 'confirm',
        business: 'open',
        events: { confirmed: 'done', confirmKO: 'returning' },
      }),
      state('returning', { command: 'return', business: 'undoing', events: { returned: 'refunding' } }),
      state('refunding', { command: 'refund', business: 'undoing', events: { refunded: 'releasing' } }),
      state('releasing', { command: 'release', business: 'undoing', events: { released: 'failed' } }),
      state('done', { final: true, business: 'done' }),
      state('failed', { final: true, business: 'failed', sideEffects: ['notify'] }),
    ],
    ['open', 'undoing', 'done', 'failed'],
  )
}

const retries = fileOf([
  state('charging', { command: 'charge', events: { charged: 'done', chargeKO: 'waiting' } }),
  state('waiting', { command: 'wakeMe', events: { wake: 'charging', tooOften: 'failed' } }),
  state('done', { final: true }),
  state('failed', { final: true }),
])

const unrolledRetries = fileOf([
  state('first', { command: 'charge', events: { charged: 'shipping', chargeKO: 'second' } }),
  state('second', { command: 'charge', events: { charged: 'shipping', chargeKO: 'third' } }),
  state('third', { command: 'charge', events: { charged: 'shipping', chargeKO: 'failed' } }),
  state('shipping', { command: 'ship', events: { shipped: 'done', shipKO: 'refunding' } }),
  state('refunding', { command: 'refund', events: { refunded: 'failed', refundKO: 'refunding' } }),
  state('done', { final: true }),
  state('failed', { final: true }),
])

/** A person decides; nothing is sent meanwhile. */
const approval = fileOf(
  [
    state('requested', { command: 'score', business: 0, events: { scored: 'waiting', expired: 'expired' } }),
    state('waiting', { business: 0, events: { approved: 'granting', rejected: 'rejected', expired: 'expired' } }),
    state('granting', { command: 'grant', business: 1, events: { granted: 'granted', grantKO: 'waiting' } }),
    state('granted', { final: true, business: 2 }),
    state('rejected', { final: true, business: 3 }),
    state('expired', { final: true, business: 4 }),
  ],
  [0, 1, 2, 3, 4],
)

const cancellation = fileOf([
  state('created', { command: 'reserve', events: { reserved: 'reserved', reserveKO: 'failed', cancel: 'cancelled' } }),
  state('reserved', { command: 'charge', events: { charged: 'charged', chargeKO: 'releasing', cancel: 'releasingC' } }),
  state('charged', { command: 'ship', events: { shipped: 'done', shipKO: 'refunding', cancel: 'refundingC' } }),
  state('refunding', { command: 'refund', events: { refunded: 'releasing' } }),
  state('releasing', { command: 'release', events: { released: 'failed' } }),
  state('refundingC', { command: 'refund', events: { refunded: 'releasingC' } }),
  state('releasingC', { command: 'release', events: { released: 'cancelled' } }),
  state('done', { final: true }),
  state('failed', { final: true }),
  state('cancelled', { final: true }),
])

/** Two answers in either order. */
const bothAnswers = fileOf([
  state('booking', {
    command: 'book',
    events: { hotel: 'flightOpen', flight: 'hotelOpen', hotelKO: 'flightOrphan', flightKO: 'hotelOrphan' },
  }),
  state('flightOpen', { events: { flight: 'booked', flightKO: 'cancellingHotel' } }),
  state('hotelOpen', { events: { hotel: 'booked', hotelKO: 'cancellingFlight' } }),
  state('flightOrphan', { events: { flight: 'cancellingFlight', flightKO: 'failed' } }),
  state('hotelOrphan', { events: { hotel: 'cancellingHotel', hotelKO: 'failed' } }),
  state('cancellingHotel', { command: 'cancelHotel', events: { hotelCancelled: 'failed' } }),
  state('cancellingFlight', { command: 'cancelFlight', events: { flightCancelled: 'failed' } }),
  state('booked', { final: true }),
  state('failed', { final: true }),
])

/** A compensation that fails ends with a person. */
const failingRefund = fileOf(
  [
    state('charging', { command: 'charge', business: 'open', events: { charged: 'shipping', chargeKO: 'failed' } }),
    state('shipping', { command: 'ship', business: 'open', events: { shipped: 'done', shipKO: 'refunding' } }),
    state('refunding', { command: 'refund', business: 'failed', events: { refunded: 'failed', refundKO: 'manual' } }),
    state('done', { final: true, business: 'done' }),
    state('failed', { final: true, business: 'failed' }),
    state('manual', { final: true, business: 'manual' }),
  ],
  ['open', 'failed', 'done', 'manual'],
)

/** Charged for certain only if the answer is lost. */
const lostAnswer = fileOf([
  state('charging', { command: 'charge', events: { charged: 'shipping', chargeKO: 'failed', noAnswer: 'refunding' } }),
  state('shipping', { command: 'ship', events: { shipped: 'done', shipKO: 'refunding' } }),
  state('refunding', { command: 'refund', events: { refunded: 'failed' } }),
  state('done', { final: true }),
  state('failed', { final: true }),
])

/** Two good ends, and each failure an end of its own. */
const manyEnds = fileOf([
  state('checking', { command: 'check', events: { digital: 'sending', physical: 'packing', unknown: 'unknown' } }),
  state('sending', { command: 'sendLink', events: { sent: 'sentLink', sendKO: 'notSent' } }),
  state('packing', { command: 'pack', events: { packed: 'shipping', packKO: 'notPacked' } }),
  state('shipping', { command: 'ship', events: { shipped: 'shipped', shipKO: 'unpacking' } }),
  state('unpacking', { command: 'unpack', events: { unpacked: 'notShipped' } }),
  ...['sentLink', 'shipped', 'unknown', 'notSent', 'notPacked', 'notShipped'].map((id) => state(id, { final: true })),
])

/** Business states at the end alone, and one that a state keeps until its return window closes. */
const returnWindow = fileOf(
  [
    state('ordered', { command: 'ship', events: { shipped: 'delivered', shipKO: 'failed' } }),
    state('delivered', { business: 'delivered', events: { kept: 'closed', returned: 'returned' } }),
    state('closed', { final: true, business: 'delivered' }),
    state('returned', { final: true, business: 'returned' }),
    state('failed', { final: true, business: 'failed' }),
  ],
  ['delivered', 'returned', 'failed'],
)

/** One participant undoes everything at once. */
const updates = fileOf([
  state('draft', { events: { update: 'draft', submit: 'submitted', discard: 'discarded' } }),
  state('submitted', {
    command: 'publish',
    events: { update: 'submitted', published: 'published', publishKO: 'draft' },
  }),
  state('published', { final: true, command: 'announce' }),
  state('discarded', { final: true }),
])

export const GOOD: readonly (readonly [name: string, file: Tree])[] = [
  ['a payment with a chain of compensations', payment()],
  ['retries in a loop with an exit', retries],
  ['retries written out', unrolledRetries],
  ['a state in which a person decides', approval],
  ['a cancellation from every state', cancellation],
  ['two answers in either order', bothAnswers],
  ['a compensation that may fail', failingRefund],
  ['a compensation after a lost answer', lostAnswer],
  ['several good and bad ends', manyEnds],
  ['a business state before a return window', returnWindow],
  ['updates in place, and a draft that comes back', updates],
]
