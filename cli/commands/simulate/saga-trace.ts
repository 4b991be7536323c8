import type { Observation } from '../../../testing/checker/observation.ts'
import type { SimulatedRun } from '../../../testing/simulation/world/runs/simulated-run.ts'

/** A moment of a saga, in words. */
export interface TraceLine {
  /** Virtual milliseconds since the beginning of the run. */
  readonly time: number
  readonly text: string
}

/** What happened to one saga of a run, and the faults of the run; `undefined`: to all of its sagas. */
export function sagaTrace(run: SimulatedRun, sagaId: string | undefined): readonly TraceLine[] {
  const faults = run.happened.flatMap(({ what, time }) => (isPart(what) ? [] : [{ time, text: `fault: ${what}` }]))
  const events = new Map<number, { readonly label: string; readonly sagaId: string }>()
  const seen = run.observations.flatMap((one) => {
    if (one.kind === 'asked' && 'event' in one.by) events.set(one.request, one.by.event)
    const told = toldOf(run, one, events)
    if (told === undefined || (sagaId !== undefined && told.of !== undefined && told.of !== sagaId)) return []
    const of = sagaId === undefined && told.of !== undefined ? `${told.of}: ` : ''
    return [{ time: run.timeOf(one.at), text: `${of}${told.text}` }]
  })
  const lines = [...faults, ...seen].toSorted((one, other) => one.time - other.time)
  return [...lines, ...ends(run, sagaId, lines.at(-1)?.time ?? 0)]
}

function ends({ sagas, isCut }: SimulatedRun, sagaId: string | undefined, time: number): readonly TraceLine[] {
  const open = [...sagas.values()].filter(({ head }) => !head.isFinal && (sagaId === undefined || head.id === sagaId))
  return open.map(({ head: { id, state } }) => {
    const of = sagaId === undefined ? `${id}: ` : ''
    return {
      time,
      text: isCut
        ? `${of}the run is cut off, in ${state}`
        : `${of}nothing is under way any more: stands still in ${state}`,
    }
  })
}

/** Parts of the plan are no faults. */
function isPart(what: string): boolean {
  return what.startsWith('creation of ') || what.startsWith('beginning of ')
}

interface ToldMoment {
  /** Absent: it concerns all sagas. */
  readonly of?: string | undefined
  readonly text: string
}

function toldOf(
  run: SimulatedRun,
  one: Observation,
  events: ReadonlyMap<number, { readonly label: string; readonly sagaId: string }>,
): ToldMoment | undefined {
  switch (one.kind) {
    case 'written':
      return stepText(one)
    case 'arrived':
      return { of: one.command.sagaId, text: arrivalText(run, one) }
    case 'concluded':
      return one.result.kind === 'unreachable'
        ? { of: one.command.sagaId, text: `${one.command.label}: no answer of its participant, it is sent again` }
        : undefined
    case 'answered': {
      const event = events.get(one.request)
      return event && answerText(event, one)
    }
    case 'crashed':
      return { text: `process ${one.process} crashes` }
    case 'calm':
      return run.timeOf(one.at) === 0 ? undefined : { text: 'from here on there are no faults' }
    default:
      return undefined
  }
}

function stepText({ change, before, after }: Extract<Observation, { kind: 'written' }>): ToldMoment | undefined {
  const { step, sagaId } = change
  if (step === undefined) return undefined
  if (before === undefined) return { of: sagaId, text: `created in ${after.state}` }
  const { id, label } = step.event
  return {
    of: sagaId,
    text: `${label}${id.startsWith('key/') ? '' : ' of the deadline'}: ${before.state} → ${after.state}`,
  }
}

function arrivalText(
  { acts, timeOf }: SimulatedRun,
  { at, command }: Extract<Observation, { kind: 'arrived' }>,
): string {
  const { id, label } = command
  const act = acts.find((one) => one.command.id === id)
  if (act === undefined || act.time > timeOf(at)) return `${label} is not accepted`
  if (act.time < timeOf(at)) return `${label} comes again, and is recognised`
  const what = id.endsWith('/0') ? label : `the side effect ${label}`
  if (act.answer !== undefined) return `${what} is accepted; its participant answers ${act.answer}`
  return id.endsWith('/0') ? `${what} is accepted; its participant sends no event` : `${what} is accepted`
}

function answerText(
  { label, sagaId }: { readonly label: string; readonly sagaId: string },
  { answer }: Extract<Observation, { kind: 'answered' }>,
): ToldMoment | undefined {
  switch (answer.kind) {
    case 'unexpected':
      return {
        of: sagaId,
        text: `${label} arrives: ${answer.state} does not list it, ${answer.reject ? 'rejected' : 'ignored'}`,
      }
    case 'parked':
      return { of: sagaId, text: `${label} arrives: ${answer.state} does not list it, parked` }
    case 'duplicate':
      return { of: sagaId, text: `${label} arrives again: it was applied before` }
    default:
      return undefined
  }
}
