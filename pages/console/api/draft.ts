/** A saga.json after its check, as `POST /console/draft` answers it. */
export interface Draft {
  readonly reports: readonly Report[]
  /** The number of further reports. */
  readonly unreported?: number
  readonly svg?: string
  /** Why there is no picture. */
  readonly undrawn?: string
  readonly outline?: Outline
}

/** A problem or a finding of `batuta check`. */
export interface Report {
  readonly code: string
  readonly level: 'error' | 'warn' | 'info'
  readonly path: string
  readonly line?: number
  readonly column?: number
  readonly found: string
  readonly expected: string
  readonly why: string
  readonly mend: string
}

/** The names of a saga.json on which live sagas depend. */
export interface Outline {
  readonly states: readonly { readonly id: string; readonly events: readonly string[] }[]
  readonly movedStates: Readonly<Record<string, string>>
  readonly channels: readonly string[]
}
