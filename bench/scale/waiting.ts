import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { closedPort } from '../../test/services/backlog/stage.ts'
import { deskChannel } from '../flow/start-service.ts'
import type { MeasuredFlow } from '../flow/start-service.ts'
import { residentNow } from '../memory/resident.ts'
import { createSagas, sendEvents } from './event-load.ts'
import type { EventFigures } from './event-load.ts'
import { fillFile } from './fill.ts'
import { pagesOf } from './list-pages.ts'
import type { PageFigures } from './list-pages.ts'
import { startMeasured } from './measured-service.ts'
import { FEW, MANY, sagaOf } from './sagas.ts'
import { alternately } from './sides.ts'
import type { Sides } from './sides.ts'

const SMALL = 1_000
/** Milliseconds from ready until the memory is read. */
const REST = 3_000
/** Events before those that count, on new sagas. */
const WARM = 500
/** Events that count, and sagas that are waiting and get one of them. */
const EVENTS = 1_000

/** One start of the service on a file of waiting sagas. */
export interface WaitingFigures {
  /** Milliseconds. */
  readonly startedIn: number
  /** MiB. */
  readonly atRest: number
  readonly atEnd: number
  /** Events of sagas that were created in the measurement. */
  readonly fresh: EventFigures
  /** Events of waiting sagas, each another. */
  readonly waiting: EventFigures
  readonly pages: readonly PageFigures[]
}

/** The service on 1,000 waiting sagas and on `sagas` of them, in turns. */
export async function measureWaiting(
  root: string,
  { sagas, rounds }: { readonly sagas: number; readonly rounds: number },
): Promise<Sides<WaitingFigures>> {
  const flow = flowTo(await closedPort())
  const counts = { small: SMALL, large: sagas }
  for (const [side, count] of Object.entries(counts)) {
    mkdirSync(join(root, side), { recursive: true })
    await fillFile({ shape: 'waiting', sagas: count, path: join(root, side, 'batuta.sqlite') })
  }
  return alternately(rounds, (side, round) => measure(join(root, side), flow, { sagas: counts[side], round }))
}

async function measure(
  folder: string,
  flow: MeasuredFlow,
  { sagas, round }: { readonly sagas: number; readonly round: number },
): Promise<WaitingFigures> {
  const service = await startMeasured(folder, flow)
  const { client, pid, startedIn } = service
  try {
    await pause(REST)
    const atRest = residentNow(pid)
    const events = (ids: readonly string[], label = 'noted') =>
      ids.map((sagaId, at) => ({ sagaId, label, payload: { round }, key: `${round}/${at}/${sagaId}` }))
    const load = { client, pid }
    await sendEvents({ ...load, events: events(await createSagas(client, WARM)) })
    const fresh = await sendEvents({ ...load, events: events(await createSagas(client, EVENTS)) })
    const waiting = await sendEvents({ ...load, events: events(someOf(sagas)) })
    return { startedIn, atRest, fresh, waiting, pages: await pagesOf(client), atEnd: residentNow(pid) }
  } finally {
    await service.stop()
  }
}

/** Ids of waiting sagas without a mark, spread over all. */
function someOf(sagas: number): readonly string[] {
  const apart = Math.max(1, Math.floor(sagas / EVENTS))
  const places = Array.from({ length: EVENTS }, (_, at) => at * apart)
  const ids: string[] = []
  for (const place of places) {
    const { id, state, hold, parked, timer } = sagaOf(place, 'waiting')
    if (state === MANY.state && hold === undefined && parked.length === 0 && timer === undefined) ids.push(id)
  }
  return ids
}

/** No state has a command: an event is one write, and nothing else is measured. */
function flowTo(port: number): MeasuredFlow {
  const state = (id: string, isFinal: boolean, rest: object = {}) => ({
    id,
    isFinal,
    businessStateId: id === MANY.state ? MANY.business : FEW.business,
    ...rest,
  })
  const asked = state(MANY.state, false, {
    timeout: { after: 'P3650D', event: 'late' },
    outgoingTransitions: [
      { inputEvent: 'noted', targetState: 'noted' },
      { inputEvent: 'late', targetState: FEW.state },
    ],
  })
  const noted = state('noted', false, { outgoingTransitions: [{ inputEvent: 'noted', targetState: 'noted' }] })
  return {
    machineDefinition: {
      initialState: MANY.state,
      states: [asked, noted, state(FEW.state, true)],
      businessStates: [MANY, FEW].map(({ business, state: description }) => ({ id: business, description })),
    },
    communicationProtocols: ['desk', 'counter'].map((id) => deskChannel({ id, port })),
  }
}
