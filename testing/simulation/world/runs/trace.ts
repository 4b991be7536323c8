import type { Asking, Observation } from '../../../checker/observation.ts'
import type { Change } from '../../../../src/engine/change.ts'
import type { SimulatedRun } from './simulated-run.ts'

/** A run as text, one line for each observation and each happening: seconds of virtual time, process, what. */
export function traceOf(run: SimulatedRun): readonly string[] {
  const happened = run.happened.map(({ time, what, key }) => ({ time, line: `${' '.repeat(10)}* ${what}   (${key})` }))
  const observed = run.observations.map((one) => ({
    time: run.timeOf(one.at),
    line: `#${String(one.at).padEnd(4)} ${one.process.padEnd(6)} ${told(one)}`,
  }))
  return [...happened, ...observed]
    .toSorted((one, other) => one.time - other.time)
    .map(({ time, line }) => `${(time / 1_000).toFixed(3).padStart(10)} ${line}`)
}

function told(observation: Observation): string {
  switch (observation.kind) {
    case 'asked':
      return `request ${observation.request}: ${asked(observation.by)}`
    case 'answered': {
      const { kind, ...rest } = observation.answer
      return `answer ${observation.request}: ${kind} ${brief(rest)}`
    }
    case 'written':
      return `writes ${observation.change.sagaId} (${observation.change.writeId}): ${written(observation.change)}`
    case 'removed':
      return `removes ${observation.sagaId}`
    case 'departed':
      return `send ${observation.send} begins: ${observation.command.id} "${observation.command.label}"`
    case 'arrived':
      return `send ${observation.send} arrives: ${observation.command.id} "${observation.command.label}"`
    case 'concluded': {
      const { kind, ...rest } = observation.result
      return `send ${observation.send} ends: ${observation.command.id} ${kind} ${brief(rest)}`
    }
    default:
      return observation.kind
  }
}

function asked(by: Asking): string {
  switch (by.door) {
    case 'creation':
      return `create ${by.creation.id} (${by.creation.key ?? 'without a key'})`
    case 'event':
      return `event "${by.event.label}" of ${by.event.sagaId} (${by.event.id})`
    case 'source':
      return `event "${by.event.label}" of ${by.event.sagaId} (${by.event.id}) from ${by.partition}/${by.offset}`
    case 'operator':
      return `${by.operation.sagaId} ${brief(by.operation.action)} (${by.operation.id})`
    case 'bulk':
      return `${brief(by.bulk.action)} of all with ${JSON.stringify(by.bulk.filter)} (${by.bulk.id})`
    case 'bulk-end':
      return `cancel ${by.id}`
  }
}

function written(change: Change): string {
  const { sagaId: _saga, writeId: _write, at: _at, step, ...rest } = change
  const parts = Object.entries(rest).filter(([, value]) => value !== undefined && !isEmpty(value))
  const moved = step && `step ${step.number} by "${step.event.label}" into "${step.state.id}"`
  const owes = step?.owes.map(({ id }) => id) ?? []
  return [
    ...(moved === undefined ? [] : [moved]),
    ...(owes.length === 0 ? [] : [`owes ${owes.join(' ')}`]),
    ...(step?.timer === undefined ? [] : [`timer ${brief(step.timer)}`]),
    ...parts.map(([name, value]) => `${name} ${brief(value)}`),
  ].join('; ')
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function brief(value: unknown): string {
  const text = JSON.stringify(value)
  return text === '{}' ? '' : text
}
