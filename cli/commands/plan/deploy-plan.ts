import type { Effect } from './effects.ts'
import type { FileChange } from './file-change.ts'
import type { MovedStatesAdvice } from './moved-states.ts'

/** All that `batuta plan` has found out. Its JSON is this, with `version`; a new key may come, none goes. */
export interface DeployPlan {
  readonly old: string
  readonly new: string
  readonly changes: readonly FileChange[]
  readonly effects: readonly PlannedEffect[]
  /** False where an effect needs care. */
  readonly isSafe: boolean
  readonly advice: MovedStatesAdvice
  /** The service or the store that was asked; absent without one. */
  readonly service?: AskedService | undefined
}

/** An effect, and if sagas cannot go on as before. */
export type PlannedEffect = Effect & { readonly needsCare: boolean }

/** Results of asking a service or a store for its sagas. */
export interface AskedService {
  /** Of the service; the path of a store. */
  readonly url: string
  /** False where the service runs another machine than the old file has. A store has no machine. */
  readonly hasOldMachine: boolean
  /** Open sagas; absent where the store can neither count nor list. */
  readonly open?: number
  /** False where only a part of the sagas was counted. */
  readonly isComplete?: boolean
  /** Why the sagas are not known. */
  readonly unknown?: string
}
