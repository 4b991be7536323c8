/** A saga.json after its check, as `POST /console/draft` answers it. */
export interface Draft {
  readonly reports: readonly Report[]
  /** The number of further reports. */
  readonly unreported?: number
  readonly svg?: string
  /** Why there is no picture. */
  readonly undrawn?: string
  readonly deploy?: Deploy
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

/** What the sagas of the running file would meet if a draft took its place. */
export interface Deploy {
  /** Of the states of both files, worst first. */
  readonly strandings: readonly Stranding[]
  /** Names under which sagas go on in the draft: its states, and their former names. */
  readonly states: readonly string[]
}

/** A change that live sagas meet: the state is gone, has a new name, or loses events; or the channel is gone. */
export type Stranding =
  | { readonly kind: 'gone'; readonly state: string; readonly isEnded: boolean }
  | { readonly kind: 'moved'; readonly state: string; readonly to: string; readonly events: readonly string[] }
  | { readonly kind: 'deaf'; readonly state: string; readonly events: readonly string[] }
  | { readonly kind: 'channel'; readonly channel: string }
