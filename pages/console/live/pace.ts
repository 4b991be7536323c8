/** The pace of a read that is repeated: milliseconds. */
export interface Pace {
  readonly every: number
  /** The wait is so many times as long as the read before it, where that is more: the page does not keep a slow store busy. */
  readonly share: number
  /** But no longer than this: a busy machine does not stop the page. */
  readonly longest: number
}

/** Milliseconds from the end of a read to the next one. */
export function pauseAfter(took: number, { every, share, longest }: Pace): number {
  return Math.max(every, Math.min(took * share, longest))
}
