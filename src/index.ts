/**
 * The public API: compose a service for a host of your own, or write a store or a channel and hold it to the contract suites in
 * `testing/contract/`.
 */
export { composeApp, composeOrchestrator, openChannels, prepareHost } from './service.ts'
export type { Host, PreparedHost } from './service.ts'
export { startService } from './start.ts'
export type { Service } from './start.ts'
export type { Corridor, Created, CreateRequest, Outcome } from './orchestrator/corridor.ts'
export type { ChannelMakers, PersistencyMakers, StoreContext } from './orchestrator/attach.ts'
export type { Channel, Delivered, Rejected, Sent, Unreachable } from './ports/channel.ts'
export type { Health } from './ports/health.ts'
export type { Metrics } from './ports/metrics.ts'
export type {
  Basis,
  Capabilities,
  Cursor,
  ListQuery,
  Loaded,
  Page,
  Persistency,
  Saved,
  RecoveryBySweep,
} from './ports/persistency.ts'
export type { Fetch, Log, LogLevel, OutwardAnswer, OutwardRequest, Runtime } from './ports/runtime.ts'
export type {
  Change,
  Command,
  Creation,
  Debt,
  Duration,
  Instant,
  Metadata,
  Saga,
  SagaEvent,
  SagaId,
  Step,
} from './engine/saga.ts'
export type { SagaDocument, SagaSummary } from './codec/document.ts'
export type { MachineDefinition } from './machine/definition.ts'
export { BatutaError, ERRORS } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { NAME, VERSION } from './version.ts'
