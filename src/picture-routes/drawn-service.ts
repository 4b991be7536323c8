import type { Corridor } from '../orchestrator/corridor.ts'

/** Clock and timer of the host: a layout is computed in slices. */
export interface PictureRuntime {
  /** Milliseconds. */
  monotonic(): number
  /** Runs once after a wait of milliseconds. */
  after(wait: number, run: () => void): unknown
}

/** The parts of a service that its pictures need. */
export interface DrawnService {
  readonly corridor: Corridor
  readonly runtime: PictureRuntime
}
