/** A sum of series of the Prometheus text. */
export interface Counts {
  readonly steps: number
  readonly failures: number
  /** Absent where no channel has a group. */
  readonly lag?: number
}

/** The sums of passages, failed sends and lag in the text of `/-/metrics`. */
export function countsIn(text: string): Counts {
  let [steps, failures, lag, hasLag] = [0, 0, 0, false]
  for (const line of text.split('\n')) {
    const value = () => Number(line.slice(line.lastIndexOf(' ') + 1))
    if (line.startsWith('flow_manager_saga_states_total')) steps += value()
    else if (line.startsWith('batuta_sends_total{') && !line.includes('result="delivered"')) failures += value()
    else if (line.startsWith('batuta_group_lag')) {
      lag += value()
      hasLag = true
    }
  }
  return { steps, failures, ...(hasLag && { lag }) }
}
