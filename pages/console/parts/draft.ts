/** The content of a dialog's own fields. */
export interface Draft {
  readonly body?: string | undefined
  /** The sentence that keeps the action from being sent. */
  readonly problem?: string | undefined
}
