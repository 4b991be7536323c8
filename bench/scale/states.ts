import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { residentNow } from '../memory/resident.ts'
import { createSagas, sendEvents } from './event-load.ts'
import type { EventFigures } from './event-load.ts'
import { startMeasured } from './measured-service.ts'
import { alternately } from './sides.ts'
import type { Sides } from './sides.ts'

const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
/** States of the two machines. */
const COUNTS = { small: 4, large: 1_000 }
/** Sagas whose events count, and those before them. */
const SAGAS = 1_000
const WARM = 500

/** One start of the service with a machine. */
export interface StatesFigures {
  /** Milliseconds. */
  readonly startedIn: number
  /** MiB. */
  readonly atEnd: number
  /** The first two events of sagas. */
  readonly events: EventFigures
  /** Milliseconds of `batuta check`, its start included. */
  readonly check: number
}

/** A machine of four states and one of a thousand, in turns. */
export function measureStates(root: string, rounds: number): Promise<Sides<StatesFigures>> {
  return alternately(rounds, (side, round) => measure(join(root, `states-${side}-${round}`), COUNTS[side]))
}

async function measure(folder: string, states: number): Promise<StatesFigures> {
  mkdirSync(folder)
  const service = await startMeasured(folder, { machineDefinition: chainOf(states), communicationProtocols: [] })
  const { client, pid, startedIn } = service
  const events = (ids: readonly string[]) => ['first', 'second'].flatMap((key) => ids.map((id) => nextOf(id, key)))
  try {
    await sendEvents({ client, pid, events: events(await createSagas(client, WARM)) })
    const figures = await sendEvents({ client, pid, events: events(await createSagas(client, SAGAS)) })
    return { startedIn, atEnd: residentNow(pid), events: figures, check: await checkTime(join(folder, 'saga.json')) }
  } finally {
    await service.stop()
  }
}

function nextOf(sagaId: string, key: string) {
  return { sagaId, label: 'next', payload: {}, key: `${sagaId}/${key}` }
}

async function checkTime(file: string): Promise<number> {
  const begun = performance.now()
  await promisify(execFile)(process.execPath, [CLI, 'check', file])
  return performance.now() - begun
}

/** States one after the other, without commands; every other one has a second way, to the state after the next. */
function chainOf(count: number): unknown {
  const states = Array.from({ length: count }, (_, at) => ({
    id: `state${at}`,
    isFinal: at === count - 1,
    outgoingTransitions: waysOf(at, count),
  }))
  return { initialState: 'state0', states }
}

function waysOf(at: number, count: number): readonly { readonly inputEvent: string; readonly targetState: string }[] {
  if (at === count - 1) return []
  const next = { inputEvent: 'next', targetState: `state${at + 1}` }
  return at % 2 === 0 && at + 2 < count ? [next, { inputEvent: 'skip', targetState: `state${at + 2}` }] : [next]
}
