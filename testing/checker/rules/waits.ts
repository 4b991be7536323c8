import type { Violation } from '../observation.ts'
import type { RunIndex } from '../run-index.ts'

/** At the end of a calm run every request has its answer, unless its process has ended (I5): nothing waits for ever. */
export function* waits({ requests, calm, ends }: RunIndex): Iterable<Violation> {
  if (calm === undefined) return
  for (const { asked, answered } of requests) {
    if (answered !== undefined || ends.has(asked.process)) continue
    yield { rule: 'I5', at: asked.at, why: `the request ${asked.request} has no answer at the end of a calm run` }
  }
}
