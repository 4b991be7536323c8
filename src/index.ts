/**
 * The public API of the core: compose a service for a host of your own, or write a store or a channel. Adapters, workers and
 * the contract suites have exports of their own: docs/EMBEDDING.md lists them.
 */
export { startService } from './start.ts'
export type { Service } from './start.ts'
export { compileMachine, composeApp, composeOrchestrator, openChannels, prepareHost } from './service.ts'
export type { Host, PreparedHost } from './service.ts'
export type { Orchestrator } from './orchestrator/orchestrator.ts'
export type { Corridor, Created, CreateRequest, Outcome } from './orchestrator/corridor.ts'
export type { ChannelMakers, Channels, PersistencyMakers, SourceMakers, StoreContext } from './orchestrator/attach.ts'
export type { Channel, Delivered, Rejected, Sent, Unreachable } from './ports/channel.ts'
export type { Health } from './ports/health.ts'
export type { Metrics } from './ports/metrics.ts'
export type {
  Basis,
  Capabilities,
  Cursor,
  DuePlace,
  ListQuery,
  Loaded,
  Page,
  Persistency,
  RecoveryBySweep,
  Saved,
} from './ports/persistency.ts'
export type { Cancel, Fetch, Fields, Log, LogLevel, OutwardAnswer, OutwardRequest, Runtime } from './ports/runtime.ts'
export type { Intake, Source } from './ports/source.ts'
export type {
  Change,
  Command,
  CommandId,
  Creation,
  DeadLetter,
  Debt,
  Duration,
  EventId,
  Instant,
  Metadata,
  ParkedEvent,
  Saga,
  SagaEvent,
  SagaId,
  Step,
  Timer,
  WriteId,
} from './engine/saga.ts'
export { encodeDocument, encodeEntry } from './codec/document.ts'
export type { HistoryEntry, SagaDocument, SagaSummary } from './codec/document.ts'
export type { Machine } from './machine/compile.ts'
export type { MachineDefinition } from './machine/definition.ts'
export { readConfiguration } from './config/read-configuration.ts'
export type { Configuration, ConfigurationReadOptions } from './config/read-configuration.ts'
export type { Environment } from './config/environment.ts'
export type { ChannelConfiguration } from './config/channel-schema.ts'
export type { OwnSettings, PersistencyConfiguration, StoreConfiguration } from './config/persistency-schema.ts'
export type { Finding } from './config/finding.ts'
export type { Problem } from './config/problem.ts'
export type { Read } from './config/read.ts'
export { Secret } from './config/secret.ts'
export { BatutaError, ERRORS } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { NAME, VERSION } from './version.ts'
