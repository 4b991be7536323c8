/** The parts of a saga.json that a deploy changes. Part of the JSON of `batuta plan`: a new one may come, none goes. */
export type FileChangeKind =
  | 'initial-state'
  | 'creation-event'
  | 'state-added'
  | 'state-removed'
  | 'state-renamed'
  | 'finality'
  | 'business-state'
  | 'command'
  | 'side-effects'
  | 'timeout'
  | 'transition-added'
  | 'transition-removed'
  | 'transition-retargeted'
  | 'payload-schema'
  | 'business-event'
  | 'business-states'
  | 'business-events'
  | 'channel-added'
  | 'channel-removed'
  | 'channel-changed'
  | 'store'
  | 'setting'

/** One change between two files. `before` and `after` are values of the files; absent where there is none. They hold no secrets. */
export interface FileChange {
  readonly kind: FileChangeKind
  /** By its name in the new file; one that goes, by its old name. */
  readonly state?: string
  readonly event?: string
  readonly channel?: string
  /** Path of a setting, of a value of a channel or of the store, or a business id. */
  readonly key?: string
  readonly before?: unknown
  readonly after?: unknown
}
