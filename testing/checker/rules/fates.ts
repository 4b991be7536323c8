import type { Asking, Violation, Written } from '../observation.ts'
import type { Request, RunIndex } from '../run-index.ts'
import { identity } from '../saga-story.ts'
import { eventOf } from './steps.ts'

/**
 * A write without an answer is repeated as it is until its fate is known (P6): a request that came once is not answered as its own
 * repeat. Where another write has followed, a store may not know the first one any more, and that answer is right.
 */
export function* fates({ requests, sagas }: RunIndex): Iterable<Violation> {
  const times = new Map<string, number>()
  for (const { asked } of requests) times.set(nameOf(asked.by), (times.get(nameOf(asked.by)) ?? 0) + 1)
  for (const request of requests) {
    const { asked, answered } = request
    if (answered === undefined || !REPEATS.has(answered.answer.kind) || times.get(nameOf(asked.by)) !== 1) continue
    const sagaId = sagaOf(asked.by)
    if (sagaId === undefined) continue
    const [own, ...others] = (sagas.get(sagaId)?.writes ?? []).filter(({ at }) => isDuring(at, request))
    if (own === undefined || others.length > 0 || own.process !== asked.process || !isOf(own, asked.by)) continue
    const why = `a request that came once was answered "${answered.answer.kind}": its own write was not known`
    yield { rule: 'P6', sagaId, at: answered.at, why }
  }
}

const REPEATS: ReadonlySet<string> = new Set(['duplicate', 'repeated'])

function isDuring(at: number, { asked, answered }: Request): boolean {
  return at > asked.at && at < (answered?.at ?? at)
}

/** `undefined` for a request about many sagas: `bulks` judges those. */
function sagaOf(by: Asking): string | undefined {
  switch (by.door) {
    case 'creation':
      return by.creation.id
    case 'operator':
      return by.operation.sagaId
    case 'bulk':
    case 'bulk-end':
      return undefined
    default:
      return by.event.sagaId
  }
}

/** The same for repeats, also of an event that comes over HTTP and from a source. */
function nameOf(by: Asking): string {
  switch (by.door) {
    case 'creation':
      return `creation ${by.creation.id}`
    case 'operator':
      return `operation ${by.operation.sagaId} ${by.operation.id}`
    case 'bulk':
      return `bulk ${by.bulk.id}`
    case 'bulk-end':
      return `end of bulk ${by.id}`
    default:
      return `event ${by.event.sagaId} ${identity(by.event)}`
  }
}

function isOf({ change: { step, operation } }: Written, by: Asking): boolean {
  if (by.door === 'operator') return operation?.id === by.operation.id
  if (by.door === 'creation') return step?.number === 0
  const event = eventOf(by)
  return step !== undefined && event !== undefined && identity(step.event) === identity(event)
}
