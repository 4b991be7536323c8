import { expect, onTestFinished } from 'vitest'
import { join } from 'node:path'
import type { ReplayReport } from '../../cli/commands/replay/replay-tally.ts'
import type { Survey } from '../../cli/commands/verify/survey.ts'
import { call, eventually } from '../services/client.ts'
import { startParticipant } from '../services/participant.ts'
import type { Reaction } from '../services/participant.ts'
import { reservation } from '../services/reservation.ts'
import { Worker } from '../services/worker.ts'
import type { WorkerScript } from '../services/worker.ts'
import { runCommand } from '../unit/cli/service.ts'

/** Sagas of every kind that a survey tells apart, by the fate of each. */
export const KINDS = ['ended', 'waiting', 'owing', 'dead', 'held', 'cancelled', 'parking', 'moved'] as const
export type Kind = (typeof KINDS)[number]

/** A service of the reservation that leads one saga of each kind, on a store. It ends with the test. */
export interface SurveyedService {
  readonly worker: Worker
  readonly ids: Readonly<Record<Kind, string>>
}

const REACTIONS: Readonly<Record<string, Reaction>> = { owing: { status: 503 }, dead: { status: 400 } }

export async function leadSurveyed(
  persistencyManagement: object,
  script: WorkerScript = 'start',
): Promise<SurveyedService> {
  const participant = await startParticipant(({ payload }) => REACTIONS[String(payload['kind'])] ?? {})
  onTestFinished(() => participant.close())
  const file = reservation(participant.port, (saga) =>
    Object.assign(saga, { persistencyManagement, settings: { unexpectedEvents: 'park' } }),
  )
  const worker = await Worker.start({ script, configuration: JSON.stringify(file) })
  onTestFinished(() => worker.stop())
  const ids: Record<string, string> = {}
  for (const kind of KINDS) {
    const body = { associatedEntityId: kind, metadata: { kind } }
    ids[kind] = ((await call(`${worker.url}/saga`, { body })).json as { sagaId: string }).sagaId
  }
  const tell = (key: string | undefined, messageLabel: string) =>
    ask(`${worker.url}/event`, { key, value: { messageLabel, messagePayload: {} } })
  const operate = (kind: Kind, action: string, body: object = {}) =>
    ask(`${worker.url}/sagas/${ids[kind]}/${action}`, body)
  for (const label of ['validationOK', 'checkOK']) await tell(ids['ended'], label)
  await operate('held', 'hold')
  for (const kind of ['held', 'parking'] as const) await tell(ids[kind], 'checkOK')
  await operate('cancelled', 'cancel', { state: 'reservationFailed' })
  await operate('moved', 'move', { state: 'reservationValidated', command: true })
  await eventually(async () => {
    const [owing, dead] = await Promise.all(
      ['owed', 'dead-letters'].map((mark) => call(`${worker.url}/sagas?has=${mark}`)),
    )
    const of = (answer: typeof owing) =>
      ((answer?.json ?? { items: [] }) as { items: { sagaId: string }[] }).items.map((one) => one.sagaId)
    return of(owing).join() === ids['owing'] && of(dead).includes(ids['dead'] ?? '') ? true : undefined
  })
  return { worker, ids: ids as Record<Kind, string> }
}

async function ask(url: string, body: object): Promise<void> {
  expect((await call(url, { body, headers: { 'x-reason': 'a test' } })).status).toBe(200)
}

/** Both commands on the store of a worker's file, beside the worker. */
export async function surveyOf({ folder }: Pick<Worker, 'folder'>): Promise<Survey> {
  const { stdout, stderr } = await runCommand(
    ['verify', '--store', join(folder, 'saga.json'), '--json'],
    environment(folder),
  )
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Survey
}

export async function replayOf(
  { folder }: Pick<Worker, 'folder'>,
  from = join(folder, 'saga.json'),
): Promise<ReplayReport> {
  const args = ['replay', join(folder, 'saga.json'), '--from', from, '--json']
  const { stdout, stderr } = await runCommand(args, environment(folder))
  expect(stderr).toBe('')
  return JSON.parse(stdout) as ReplayReport
}

export function environment(folder: string): Record<string, string> {
  return { DATA_PATH: join(folder, 'data') }
}

/** What both commands find in a store that is sound. */
export async function expectSound(worker: Worker): Promise<void> {
  expect(await surveyOf(worker)).toMatchObject({
    sagas: KINDS.length,
    violated: {},
    unreadable: { count: 0 },
    debts: { count: 1 },
    otherMachines: 0,
  })
  expect(await replayOf(worker)).toMatchObject({ sagas: KINDS.length, same: KINDS.length, unread: { sagas: 0 } })
}

/** An edit of one stored saga by hand. `undefined`: the store cannot hold such a saga, by its own uniqueness. */
export type Plants = Readonly<Record<'step' | 'state' | 'event' | 'debt', ((id: string) => Promise<void>) | undefined>>

/**
 * A removed step, a wrong state, an event that is there twice and a command that is lost, each in a saga of its own: every one is named by
 * its rule, or as damaged where the store sees it.
 */
export async function expectNamed({ worker, ids }: SurveyedService, plants: Plants): Promise<void> {
  await plants.step?.(ids.ended)
  await plants.state?.(ids.waiting)
  await plants.event?.(ids.parking)
  await plants.debt?.(ids.owing)
  const { violations, unreadable } = await surveyOf(worker)
  const named = (id: string) => [
    ...violations.filter(({ sagaId }) => sagaId === id).map(({ rule }) => rule),
    ...unreadable.first.filter(({ sagaId }) => sagaId === id).map(() => 'unreadable'),
  ]
  expect(['I3', 'unreadable']).toContain(named(ids.ended)[0])
  expect(named(ids.waiting)).toContain('I3')
  if (plants.event !== undefined) expect(named(ids.parking)).toContain('I4')
  expect(named(ids.owing)).toEqual(['I2'])
  expect([...named(ids.held), ...named(ids.dead), ...named(ids.cancelled), ...named(ids.moved)]).toEqual([])
}
