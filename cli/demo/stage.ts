import type { Creation, ServiceClient } from '../../testing/load/service-client.ts'
import type { SagaRun } from '../../testing/load/run-saga.ts'
import type { DemoService } from './demo-service.ts'

/** What is asked for, and what must become of it. */
export interface DemoScenario {
  /** The n-th reservation. */
  readonly reservation: (n: number) => Creation
  /** The final state that a reservation must come to. */
  readonly expectedState: (creation: Creation) => string
}

/** A line of the summary: what, and how much of it. */
export type SummaryLine = readonly [what: string, figure: string]

/** Everything that takes part, connected. */
export interface DemoStage extends DemoScenario {
  readonly service: DemoService
  readonly door: ServiceClient
  /** Brings one saga to its end. */
  readonly lead: (creation: Creation, patience: number) => Promise<SagaRun>
  /** What it has counted, once all sagas have ended. */
  figures(): SummaryLine[] | Promise<SummaryLine[]>
  /** Addresses and lines to paste, for as long as it is left running. */
  invitation(): string[]
  /** What else can be done once it has ended. */
  next(): string[]
  close(): Promise<void>
}
