/** Words beside a key at the top of a tree. */
export interface TreeMark {
  readonly words: string
  /** It is the newest of all. */
  readonly isNewest: boolean
}
