import type { SagaRequest, ServiceClient } from '../../testing/load/service-client.ts'
import type { SagaRun } from '../../testing/load/run-saga.ts'
import type { DemoService } from './demo-service.ts'

/** The sagas of a demonstration, and their expected ends. */
export interface DemoScenario {
  /** The n-th reservation. */
  readonly reservation: (n: number) => SagaRequest
  /** The expected final state of a reservation. */
  readonly expectedState: (creation: SagaRequest) => string
}

/** A line of the summary: a name and its value. */
export type SummaryLine = readonly [name: string, value: string]

/** The running parts of a demonstration: service, participants, broker. */
export interface DemoStage extends DemoScenario {
  readonly service: DemoService
  readonly door: ServiceClient
  /** Runs one saga to its end, for at most `patience` ms. */
  readonly lead: (creation: SagaRequest, patience: number) => Promise<SagaRun>
  /** Counts for the summary, once all sagas have ended. */
  figures(): SummaryLine[] | Promise<SummaryLine[]>
  /** Addresses and command lines to paste, printed with `--keep`. */
  invitation(): string[]
  /** Further command lines to try, printed at the end. */
  next(): string[]
  close(): Promise<void>
}
