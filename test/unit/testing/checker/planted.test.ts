import { beforeAll, describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../../../src/defaults.ts'
import { checkRun } from '../../../../testing/checker/check-run.ts'
import type { Arrived, Observation, ObservedRun, Written } from '../../../../testing/checker/observation.ts'
import { DELIVERED, SILENT } from '../../../fakes/channel.ts'
import { LINE } from '../../orchestrator/events/parking-stage.ts'
import { MINUTE } from '../../orchestrator/timers/timer-stage.ts'
import type { Mutable } from './mutable.ts'
import { recordedService } from './recorded-stage.ts'

/** A run of the real orchestrator with one thing falsified: the checker must name the rule. */
describe('planted violations', () => {
  let recorded: ObservedRun
  beforeAll(async () => (recorded = await record()))

  test('nothing is planted: nothing is found', () => expect(checkRun(recorded)).toEqual([]))

  const PLANTED: readonly (readonly [rule: string, title: string, plant: (run: Falsified) => void])[] = [
    ['I1', 'the write of a move is lost', (run) => run.drop((one) => one === run.stepOf('to-b'))],
    ['I1', 'the creation is lost', (run) => run.drop((one) => one === run.writes[0])],
    ['I8', 'a bookkeeping write is lost', (run) => run.drop((one) => one === run.writes.find(isBookkeeping))],
    ['I1', 'an answer comes before its write', (run) => run.swap(run.stepOf('to-b'), run.answerOf('to-b'))],
    ['I8', 'two writes change places', (run) => run.swap(run.writes[1], run.writes[2])],
    [
      'I7',
      'the repeat of a command has other bytes',
      (run) => (run.repeat().command = { ...run.repeat().command, payload: {} }),
    ],
    ['P12', 'a command arrives once more', (run) => run.add({ ...run.repeat(), send: 99 }, run.repeat())],
    ['I2', 'the end of a send is not seen, and it is settled', (run) => run.drop(isDelivered)],
    ['P15', 'an end without an answer counts', (run) => run.countSilence()],
    ['I2', 'a debt vanishes', (run) => run.leave(run.stepOf('to-c'), (head) => ({ ...head, owed: [] }))],
    ['P3', 'a debt vanishes', (run) => run.leave(run.stepOf('to-c'), (head) => ({ ...head, owed: [] }))],
    [
      'P4',
      'a head is due too late',
      (run) => run.leave(run.stepOf('to-c'), (head) => ({ ...head, due: (head.due ?? 0) + 1 })),
    ],
    [
      'P10',
      'a parked event is gone',
      (run) => run.leave(run.writes.find(isParking), (head) => ({ ...head, parked: [] })),
    ],
    [
      'P25',
      'an operation is not recorded',
      (run) => run.leave(run.writes.find(isOperated), (head) => ({ ...head, operations: [] })),
    ],
    [
      'P25',
      'nobody has asked for an operation',
      (run) => run.drop((one) => one.kind === 'asked' && one.by.door === 'operator'),
    ],
    ['P26', 'a held saga is moved', (run) => run.hold(run.stepOf('to-d'))],
    ['I3', 'a step goes elsewhere', (run) => run.redirect(run.stepOf('to-d'))],
    [
      'I4',
      'no door has taken an event',
      (run) => run.drop((one) => one.kind === 'asked' && one.by.door === 'event' && one.by.event.label === 'to-c'),
    ],
    ['P14', 'a claim comes within the lease of another process', (run) => run.claimEarly()],
  ]

  test.each(PLANTED)('%s %s', (rule, _, plant) => {
    const falsified = new Falsified(recorded)
    plant(falsified)
    expect(checkRun(falsified.run()).map((one) => one.rule)).toContain(rule)
  })
})

/** A silent participant, a crash, an early event, an operator, and another process that goes on. */
async function record(): Promise<ObservedRun> {
  const service = recordedService({ definition: LINE, shared: true, unexpectedEvents: 'park' })
  const first = service.start('p1')
  first.orchestrator.start()
  first.channel.always(SILENT)
  await first.begin({ key: 'key/1' })
  await service.runtime.advance(MINUTE)
  await first.event('to-c')
  await first.operate({ kind: 'hold' })
  await first.operate({ kind: 'release' })
  first.crash()
  await first.stop()
  const second = service.start('p2')
  second.channel.always(DELIVERED)
  second.orchestrator.start()
  await service.runtime.advance(5 * MINUTE)
  await second.event('to-b')
  await service.runtime.advance(DEFAULTS.settle * 2)
  for (const label of ['to-d', 'to-end']) await second.event(label)
  await service.runtime.advance(MINUTE)
  await second.stop()
  return service.run()
}

/** A copy of a run that can be falsified. */
class Falsified {
  readonly #run: ObservedRun
  #observations: Mutable<Observation>[]

  constructor(run: ObservedRun) {
    this.#run = run
    this.#observations = structuredClone(run.observations) as Mutable<Observation>[]
  }

  run(): ObservedRun {
    return { ...this.#run, observations: this.#observations.map((one, at) => ({ ...one, at }) as Observation) }
  }

  get writes(): readonly Mutable<Written>[] {
    return this.#observations.filter((one): one is Mutable<Written> => one.kind === 'written')
  }

  stepOf(label: string): Mutable<Written> {
    return known(this.writes.find(({ change: { step } }) => step?.event.label === label))
  }

  answerOf(label: string): Mutable<Observation> {
    const isAsked = (one: Mutable<Observation>) =>
      one.kind === 'asked' && one.by.door === 'event' && one.by.event.label === label
    const asked = known(this.#observations.find(isAsked)) as { request: number }
    return known(this.#observations.find((one) => one.kind === 'answered' && one.request === asked.request))
  }

  /** The last arrival of the first command, which has arrived before. */
  repeat(): Mutable<Arrived> {
    const isFirst = (one: Mutable<Observation>): one is Mutable<Arrived> =>
      one.kind === 'arrived' && one.command.id === 's1/0/0'
    return known(this.#observations.filter(isFirst).at(-1))
  }

  drop(isGone: (one: Observation) => boolean): void {
    const left = this.#observations.filter((one) => !isGone(one as Observation))
    expect(left.length).toBeLessThan(this.#observations.length)
    this.#observations = left
  }

  swap(one: Mutable<Observation> | undefined, other: Mutable<Observation> | undefined): void {
    const [from, to] = [this.#observations.indexOf(known(one)), this.#observations.indexOf(known(other))]
    this.#observations[from] = known(other)
    this.#observations[to] = known(one)
  }

  add(one: Mutable<Observation>, after: Mutable<Observation>): void {
    this.#observations.splice(this.#observations.indexOf(after) + 1, 0, one)
  }

  /** Another head after a write. */
  leave(write: Mutable<Written> | undefined, head: (after: Written['after']) => Written['after']): void {
    const one = known(write)
    one.after = head(one.after)
  }

  hold(write: Mutable<Written>): void {
    write.before = { ...known(write.before), hold: { since: 0 } }
  }

  redirect(write: Mutable<Written>): void {
    const step = known(write.change.step)
    write.change = { ...write.change, step: { ...step, state: { id: 'a', isFinal: false } } }
  }

  countSilence(): void {
    const write = known(this.writes.find(({ change: { tried } }) => tried?.[0]?.started === true))
    write.change = { ...write.change, tried: write.change.tried?.map((one) => ({ ...one, attempts: 1 })) }
  }

  /** The first claim of the second process, moved to the beginning of the first one's lease. */
  claimEarly(): void {
    const isClaim = ({ process, change: { tried } }: Written) =>
      process === 'p2' && tried?.some(({ started }) => started === undefined) === true
    const claim = known(this.writes.find(isClaim))
    const step = known(this.writes[0])
    claim.change = {
      ...claim.change,
      at: step.change.at + 1,
      tried: claim.change.tried?.map((one) => ({ ...one, due: step.change.at + 20_000 })),
    }
    this.add({ ...claim }, step)
  }
}

function isBookkeeping({ change }: Written): boolean {
  return change.tried !== undefined
}

function isParking({ change }: Written): boolean {
  return change.parked !== undefined && change.step === undefined
}

function isOperated({ change }: Written): boolean {
  return change.operation !== undefined
}

function isDelivered(one: Observation): boolean {
  return one.kind === 'concluded' && one.result.kind === 'delivered'
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the recorded run has no such observation')
  return value
}
