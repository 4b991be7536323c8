import { buildCommand } from '@stricli/core'
import type { WatchedSaga, WatchedStep } from '../../../src/codec/watched-saga.ts'
import type { CommandLine } from '../../command-line.ts'
import { failureText } from '../../service/api-client.ts'
import { followEvents } from '../../service/follow-events.ts'
import type { FollowedEvent } from '../../service/follow-events.ts'
import { printable } from '../../service/printable.ts'
import { SERVICE_FLAGS, apiClient } from '../../service/service-flags.ts'
import type { ServiceFlags } from '../../service/service-flags.ts'

/** `batuta sagas watch`: the steps of one saga, or of all, as they happen. */
export const watch = buildCommand<ServiceFlags, [string?], CommandLine>({
  docs: {
    brief: 'Watch a saga until its end, or all sagas',
    fullDescription:
      'A line for each step and each change. A stream that breaks off is opened again where it was. Exit code: 0 at the end of the saga, or 1 where there is none or the service refuses.',
  },
  parameters: {
    flags: SERVICE_FLAGS,
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'The saga. Default: all sagas', placeholder: 'saga-id', optional: true }],
    },
  },
  async func(flags, id) {
    const { stdout, stderr } = this.process
    const path = id === undefined ? '/watch' : `/sagas/${encodeURIComponent(id)}/watch`
    const line = flags.json ? jsonLine : lineFor(id === undefined)
    const failure = await followEvents(apiClient(flags, this.process), path, (event) => {
      const text = line(event)
      if (text !== undefined) stdout.write(`${text}\n`)
    })
    if (failure === undefined) return
    stderr.write(`watch ${id === undefined ? 'all sagas' : 'a saga'}: ${failureText(failure)}\n`)
    this.end(1)
  },
})

function jsonLine({ event, data }: FollowedEvent): string {
  return JSON.stringify({ event, data: JSON.parse(data) as unknown })
}

/** A line for people; `undefined` for an event that tells them nothing. */
function lineFor(ofAll: boolean): (event: FollowedEvent) => string | undefined {
  return ({ event, data }) => {
    const words = wordsOf(event, JSON.parse(data) as object)
    const { sagaId } = JSON.parse(data) as { readonly sagaId?: string }
    return words && printable(ofAll && sagaId !== undefined ? `${sagaId}  ${words}` : words)
  }
}

function wordsOf(event: string, data: object): string | undefined {
  switch (event) {
    case 'step': {
      const { at, step, event: label, state, operation } = data as WatchedStep
      return `${at}  ${step}  ${label} → ${state}${operation === undefined ? '' : ` by ${operation}`}`
    }
    case 'saga':
      return marksOf(data as WatchedSaga)
    case 'end':
      return 'the end'
    case 'gap':
      return 'events were missed'
    default:
      return undefined
  }
}

/** What the saga waits for, in the words of `GET /sagas/{sagaId}`. */
function marksOf({ owed, failedSends, deadLetters, parked, timer, hold, operation }: WatchedSaga): string | undefined {
  const marks = Object.entries({ owed, failedSends, deadLetters, parked, timer, held: hold?.since })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
  if (operation !== undefined) marks.push(`${operation.action} by ${operation.operator}: ${operation.reason}`)
  return marks.length === 0 ? undefined : `  ${marks.join(', ')}`
}
