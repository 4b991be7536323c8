import type { Instant } from '../../engine/saga.ts'
import type { Lane } from '../sending/lane.ts'
import type { Sweep } from './sweep.ts'

type Signalled = Pick<Sweep, 'wakeAt' | 'freed'>

/**
 * Tells the sweep of news. It is made before the sweep, which needs the relay that calls it; signals before `connect`, and
 * where there is no sweep, have no effect.
 */
export class SweepSignal implements Signalled {
  #sweep: Signalled | undefined

  connect(sweep: Signalled): void {
    this.#sweep = sweep
  }

  /** Work is due at this instant (wall clock). */
  wakeAt(due: Instant): void {
    this.#sweep?.wakeAt(due)
  }

  /** This lane has room again; without one: all of them may have. */
  freed(lane?: Lane): void {
    this.#sweep?.freed(lane)
  }
}
