import { describe } from 'vitest'
import type { Debt } from '../../../../src/engine/saga.ts'
import { evolve } from '../../../../src/engine/evolve.ts'
import { BUSY, DELIVERED, eventOf, ID, LEASE } from './hand-made.ts'
import type { HandMade } from './hand-made.ts'
import { breaks, keeps } from './judged.ts'

const FIRST = `${ID}/0/0`
const SILENT = { kind: 'unreachable', why: 'nobody answers' } as const
const CONFLICT = { kind: 'rejected', status: 409, retryable: false } as const

/** The write of a send that has ended without success. */
function ended(made: HandMade, attempts: number, due = made.now + 1_000): HandMade {
  made.write({ tried: [{ id: FIRST, attempts, due, started: true }] })
  return made
}

function claim(made: HandMade, attempts = made.saga.owed[0]?.attempts ?? 0): HandMade {
  made.write({ tried: [{ id: FIRST, attempts, due: made.now + LEASE }] })
  return made
}

function dead(made: HandMade, part: { attempts?: number; label?: string; why?: string } = {}): HandMade {
  const letter = { id: FIRST, label: 'do-a', channel: 'bank', payload: { n: 0 }, why: 'status 503', attempts: 1 }
  made.write({ dead: [{ ...letter, since: made.now, ...part }] })
  return made
}

/** By another process. */
function elsewhere(made: HandMade, work: () => void): HandMade {
  const own = made.process
  made.process = 'p2'
  work()
  made.process = own
  return made
}

/** The second of two repeats is made with other bytes, by a debt that the write of its claim has changed. */
function sentAgain(made: HandMade, part: object): void {
  made.create().send(made.owed(), SILENT)
  claim(ended(made, 0)).send({ ...made.owed(), ...part })
}

describe('I2 P15 a command ends as delivered, or as a dead letter after an answer', () => {
  keeps('I2 delivered at once, after a silence, and after an answer', (made) => {
    made.create().send(made.owed(), SILENT)
    claim(ended(made, 0)).send(made.owed(), BUSY)
    claim(ended(made, 1)).settle()
  })
  keeps('P15 given up after an answer, and dropped by an operator', (made) => {
    made.create().send(made.owed(), BUSY)
    dead(made).operate(
      { kind: 'drop-dead-letter', letter: FIRST },
      { dropped: [{ id: FIRST, label: 'do-a' } as never] },
    )
  })
  keeps('P15 409 to a repeat settles', (made) => {
    made.create().send(made.owed(), SILENT)
    claim(ended(made, 0))
      .send(made.owed(), CONFLICT)
      .write({ settled: [FIRST] })
  })
  breaks('I2', {
    'a settlement without a send': (made) => void made.create().write({ settled: [FIRST] }),
    'a settlement after a silence': (made) =>
      void made
        .create()
        .send(made.owed(), SILENT)
        .write({ settled: [FIRST] }),
    'a settlement before the send has ended': (made) =>
      void made
        .create()
        .send(made.owed())
        .write({ settled: [FIRST] }),
    'a dead letter that vanishes': (made) => {
      made.create().send(made.owed(), BUSY)
      dead(made).write({}, { deadLetters: [] })
    },
    'a dead letter that is dropped by no operator': (made) => {
      made.create().send(made.owed(), BUSY)
      dead(made).write({ dropped: [{ id: FIRST, label: 'do-a' } as never] })
    },
    'a dead letter of a command that was not owed': (made) => void dead(made.create().settle()),
    'a step that does not owe its command': (made) => {
      const step = made.create().step(eventOf('to-b')).change.step
      made.head = undefined
      made.observations.splice(0)
      made.create()
      if (step !== undefined) made.write({ step: { ...step, owes: [] } })
    },
    'a command that is owed at the end of a calm run': (made) => void made.create().lives('calm'),
  })
  breaks('P15', {
    'a silence that counts as an answer': (made) => void ended(made.create().send(made.owed(), SILENT), 1),
    'a claim that counts an answer': (made) => void claim(made.create().send(made.owed(), BUSY), 1),
    'an answer that counts twice': (made) => void ended(made.create().send(made.owed(), BUSY), 2),
    'an end without a send': (made) => void ended(made.create(), 0),
    'a dead letter after a silence': (made) => void dead(made.create().send(made.owed(), SILENT), { attempts: 0 }),
    'a dead letter without a send': (made) => void dead(made.create(), { attempts: 0 }),
    'a dead letter that counts answers that never were': (made) =>
      void dead(made.create().send(made.owed(), BUSY), { attempts: 2 }),
    '409 to the first send': (made) =>
      void made
        .create()
        .send(made.owed(), CONFLICT)
        .write({ settled: [FIRST] }),
  })
  const bank = { channels: new Map([['bank', { retry: { attempts: 2 } }]]) }
  keeps(
    'P15 the bound of the channel',
    (made) => {
      made.create().send(made.owed(), BUSY)
      claim(ended(made, 1)).send(made.owed(), BUSY)
      dead(made, { attempts: 2 })
    },
    bank,
  )
  breaks(
    'P15',
    { 'a dead letter before the bound of its channel': (made) => void dead(made.create().send(made.owed(), BUSY)) },
    bank,
  )
  breaks(
    'P15',
    { 'a dead letter of a channel without retry': (made) => void dead(made.create().send(made.owed(), BUSY)) },
    { channels: new Map([['bank', {}]]) },
  )
})

describe('I7 P5 the bytes of a command', () => {
  keeps('I7 a repeat is equal, after later steps too', (made) => {
    const command = made.create().owed()
    made.send(command, SILENT)
    ended(made, 0).move('to-b')
    claim(made).send(command, DELIVERED)
  })
  keeps('I7 P25 a resend after an operator has changed the metadata', (made) => {
    const command = made.create().owed()
    made.settle()
    made.operate({ kind: 'patch-metadata', metadata: { n: 1 } }, { step: patch(made, { n: 1 }, 'key/p') }, 'key/p')
    const debt: Debt = {
      id: FIRST,
      label: 'do-a',
      channel: 'bank',
      attempts: 0,
      since: made.now,
      due: made.now + LEASE,
      tried: true,
      claimed: true,
    }
    made.operate({ kind: 'resend' }, { revived: [debt] }).send({ ...command, payload: { n: 1 } }, DELIVERED)
  })
  breaks('I7', {
    'another payload': (made) => sentAgain(made, { payload: { n: 1 } }),
    'another order of keys': (made) => {
      const command = { ...made.create().owed(), payload: { a: 1, b: 2 } }
      claim(ended(made.send(command, SILENT), 0)).send({ ...command, payload: { b: 2, a: 1 } })
    },
    'another label': (made) => sentAgain(made, { label: 'other' }),
    'another trace': (made) => sentAgain(made, { trace: '00-1' }),
    'other headers': (made) => sentAgain(made, { headers: { 'x-request-id': '2' } }),
    'another body': (made) => sentAgain(made, { body: '"x"' }),
  })
  breaks('P5', {
    'bytes that are not those of the step': (made) => void made.create().send({ ...made.owed(), payload: { n: 9 } }),
    'a side effect that is sent again': (made) => {
      const [mail] = made
        .create()
        .settle()
        .move('to-b')
        .lives('started')
        .run()
        .observations.flatMap((one) => (one.kind === 'written' ? (one.change.step?.sideEffects ?? []) : []))
      if (mail !== undefined) made.send(mail).send(mail)
    },
    'a side effect before its step': (made) =>
      void made
        .create()
        .send({ id: `${ID}/1/1`, sagaId: ID, label: 'mail', channel: 'post', payload: {} })
        .move('to-b'),
    'a dead letter with other bytes': (made) => void dead(made.create().send(made.owed(), BUSY), { label: 'other' }),
    'a command with an id of its own': (made) => void made.create().send({ ...made.owed(), id: 'other' }),
    'a step whose command is another one': (made) => {
      const { step } = made.create().step(eventOf('to-b')).change
      if (step === undefined) return
      const write = made.observations.at(-1) as { change: unknown; after: unknown }
      const owes = step.owes.map((debt) => ({ ...debt, label: 'other' }))
      write.change = { ...(write.change as object), step: { ...step, owes } }
      made.head = evolve(undefined, { sagaId: ID, writeId: 'w', at: made.now, step })
    },
  })
})

describe('P12 P14 one process sends a command at a time', () => {
  keeps('P12 P14 another process takes a lease that has ended', (made) => {
    made.create().send(made.owed())
    made.now += LEASE
    elsewhere(made, () => void claim(made).settle())
  })
  keeps('P14 another process takes a command whose send has ended', (made) => {
    ended(made.create().send(made.owed(), SILENT), 0)
    elsewhere(made, () => void claim(made).settle())
  })
  keeps(
    'P12 a store that is not shared',
    (made) => {
      made.create().lives('crashed')
      elsewhere(made, () => void claim(made).settle())
    },
    { shared: false },
  )
  breaks('P14', {
    'the end of a send that is counted after another one was': (made) => {
      made.create().send(made.owed(), SILENT)
      made.now += LEASE
      elsewhere(made, () => void ended(claim(made).send(made.owed(), BUSY), 1))
      ended(made, 0)
    },
    'a claim within the lease of another process': (made) =>
      void elsewhere(made.create(), () => void claim(made).settle()),
    'a claim within the lease of a process that has crashed, in a shared store': (made) =>
      void elsewhere(made.create().lives('crashed'), () => void claim(made).settle()),
  })
  breaks('P12', {
    'a send without a claim': (made) => void elsewhere(made.create(), () => void made.send(made.owed())),
    'two sends on one lease': (made) => void made.create().send(made.owed()).send(made.owed()),
    'a send before its step is durable': (made) => {
      const command = made.create().owed()
      made.observations.splice(0)
      made.head = undefined
      made.send(command).create()
    },
  })
})

function patch(made: HandMade, metadata: object, operation: string) {
  const { state, isFinal, length } = made.saga
  return {
    sagaId: ID,
    number: length,
    at: made.now,
    event: { id: operation, label: '__metadata_patched__' },
    state: { id: state, isFinal },
    metadata: { ...metadata },
    owes: [],
    sideEffects: [],
    machine: made.machine.hash,
    by: { operation },
    stays: true,
  } as const
}
