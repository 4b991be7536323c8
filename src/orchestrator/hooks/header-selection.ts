import { selectHeaders } from '../../codec/handed-on-headers.ts'
import type { LeftOutHeader } from '../../codec/handed-on-headers.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { HandedOnHeaders } from '../../engine/saga.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { HeaderIntake } from '../../ports/source.ts'
import type { Incidents } from '../incidents.ts'

/** Options of `HeaderSelection`. */
export interface HeaderSelectionOptions {
  /** Names of the headers that are handed on, in lower case. */
  readonly names: readonly string[]
  readonly metrics: Pick<Metrics, 'count'>
  readonly incidents: Incidents
}

/** Selects the headers that events of sources hand on (C3.6). */
export class HeaderSelection implements HeaderIntake {
  readonly names: ReadonlySet<string>
  readonly #options: HeaderSelectionOptions

  constructor(options: HeaderSelectionOptions) {
    this.names = new Set(options.names)
    this.#options = options
  }

  take(values: ReadonlyMap<string, string>, origin: string): HandedOnHeaders | undefined {
    const selected = selectHeaders(this.names, (name) => values.get(name), LIMITS)
    for (const header of selected?.leftOut ?? []) this.#report(header, origin)
    return selected?.headers
  }

  #report({ name: header, reason }: LeftOutHeader, origin: string): void {
    const { metrics, incidents } = this.#options
    metrics.count('header-left-out')
    const fields = { header, reason, origin }
    incidents.report({ code: 'event.header-left-out', group: 'headers', kind: `${header} ${reason}`, fields })
  }
}

const LIMITS = { count: DEFAULTS.handedOnHeaders, bytes: DEFAULTS.handedOnBytes }
