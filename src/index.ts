/**
 * The public API of the core: compose a service for a host of your own, or write a store or a channel. Adapters, workers and
 * the contract suites have exports of their own: docs/EMBEDDING.md lists them.
 */
export { startService } from './start.ts'
export type { Service } from './start.ts'
export { compileMachine, composeApp, composeOrchestrator, openChannels, prepareHost } from './service.ts'
export type { AppParts, Host, PreparedHost } from './service.ts'
export { consolePage } from './console/console.ts'
export type { ConsoleMaker } from './console/console.ts'
export { documentation } from './documentation/documentation.ts'
export type { DocumentationMaker } from './documentation/documentation.ts'
export type { DocumentedConfiguration, DocumentedService } from './documentation/documented-service.ts'
export type { DrawnService, PictureRuntime } from './picture-routes/drawn-service.ts'
export { pictures } from './picture-routes/pictures.ts'
export type { DrawnConfiguration, PictureMaker } from './picture-routes/pictures.ts'
export type { RequestSchemas, ResponseSchemas, Route, RouteHandler } from './http/route.ts'
export type { ErrorStatus } from './http/error-response.ts'
export type { OrchestratorOptions } from './orchestrator/assemble.ts'
export type { Orchestrator } from './orchestrator/orchestrator.ts'
export type { Corridor, Created, CreateRequest, EndRequest, Outcome, Unexpected } from './orchestrator/corridor.ts'
export type { Damaged, TooLarge, Unavailable } from './orchestrator/undone.ts'
export type {
  Operated,
  OperationDone,
  OperationDetails,
  SagaAction,
  SagaOperation,
  SagaOperator,
} from './orchestrator/operators/saga-operation.ts'
export type {
  ChannelMakers,
  Channels,
  PersistencyMakers,
  SourceContext,
  SourceMakers,
  StoreContext,
} from './orchestrator/attach.ts'

// The ports
export type {
  Channel,
  ChannelRetry,
  Delivered,
  FlowLimit,
  FlowLimits,
  Rejected,
  Sent,
  Unreachable,
} from './ports/channel.ts'
export type { Health } from './ports/health.ts'
export type {
  AnswerClass,
  BulkItemOutcome,
  CreationOutcome,
  EventOutcome,
  RefusalReason,
  SaveResultLabel,
  SendResultLabel,
  WatcherKind,
} from './ports/metric-labels.ts'
export type {
  ChannelReading,
  KnownLabels,
  Metrics,
  RequestLabels,
  RequestsReading,
  SendLabels,
  StoredCounts,
} from './ports/metrics.ts'
export type {
  Basis,
  Capabilities,
  CountQuery,
  Cursor,
  DuePlace,
  ListQuery,
  Loaded,
  Page,
  PassOver,
  Persistency,
  RecordStore,
  RecoveryBySweep,
  Saved,
  StoredRecord,
  Uncounted,
  Unreadable,
} from './ports/persistency.ts'
export { COUNTED } from './ports/counted.ts'
export type { Counted } from './ports/counted.ts'
export {
  ANSWER_CLASSES,
  BULK_ITEM_OUTCOMES,
  CIRCUIT_STATES,
  CREATION_OUTCOMES,
  EVENT_OUTCOMES,
  REFUSAL_REASONS,
  SAVE_RESULTS,
  SEND_RESULTS,
  WATCHER_KINDS,
} from './ports/metric-labels.ts'
export type { MarkFilter, SagaMark } from './codec/mark-filter.ts'
export { LOG_FORMATS, LOG_LEVELS } from './ports/runtime.ts'
export type {
  Cancel,
  Fetch,
  Fields,
  HeaderText,
  Log,
  LogFormat,
  LogLevel,
  OutwardAnswer,
  OutwardRequest,
  Runtime,
} from './ports/runtime.ts'
export { LOG_CODES } from './ports/log-codes.ts'
export type { LogCode } from './ports/log-codes.ts'
export type { HeaderIntake, Intake, PoisonReason, Source, Stuck, Taken } from './ports/source.ts'

// A saga, its events and commands, and how they are stored
export type { Attempt, Change, DeadLetterId, Step, StepCause } from './engine/change.ts'
export type {
  Command,
  CommandId,
  Creation,
  DeadCommand,
  DeadEvent,
  DeadLetter,
  Debt,
  Delivery,
  Duration,
  EventId,
  EventIdentity,
  HandedOnHeaders,
  Hold,
  InexactNumbers,
  Instant,
  KeptEvent,
  KeptSideEffect,
  Metadata,
  ParkedEvent,
  ParkingBounds,
  Saga,
  SagaEvent,
  SagaId,
  SendReport,
  Timer,
  WriteId,
} from './engine/saga.ts'
export type { OperationAction, OperationRecord } from './engine/operation-record.ts'
export type { StateCount } from './codec/state-count.ts'
export { encodeDocument } from './codec/encode-document.ts'
export { encodeEntry } from './codec/history-entry.ts'
export type { EventEntry, HistoryEntry, HistoryStep, StateEntry } from './codec/history-entry.ts'
export type { KeptKeys } from './codec/kept-keys.ts'
export type { LastAnswer } from './codec/last-answer.ts'
export type {
  DeadLetterDocument,
  DebtDocument,
  DeliveryDocument,
  HoldDocument,
  OperationEntry,
  ParkedDocument,
  SagaDocument,
  SendReportDocument,
  TimerDocument,
} from './codec/saga-document.ts'
export type { BusinessEventFields, BusinessStateFields } from './codec/business-fields.ts'
export type { SagaOutline } from './codec/saga-outline.ts'
export type { SagaMarks, SagaSummary } from './codec/saga-summary.ts'

// saga.json and the environment
export type { HookLoading, HookModule, LoadedHooks, LoadHook } from './load-hooks.ts'
export type { PayloadCheck } from './machine/payload.ts'
export type { CommandHook, CommandHookInput, MergeHook, MergeHookArguments } from './machine/hook.ts'
export type { HookFlaw, HookSource } from './config/hook-source.ts'
export type {
  BusinessTag,
  CommandTemplate,
  Machine,
  Merge,
  State,
  StateTimeout,
  Transition,
} from './machine/compile.ts'
export type {
  BusinessDefinition,
  BusinessId,
  CommandDefinition,
  HookDefinition,
  MachineDefinition,
  PayloadSchema,
  StateDefinition,
  TimeoutDefinition,
  TransitionDefinition,
} from './machine/definition.ts'
export { readConfiguration } from './config/read-configuration.ts'
export type { Configuration, ConfigurationReadOptions } from './config/examine-configuration.ts'
export type { Environment } from './config/environment.ts'
export type { Sections } from './config/schema.ts'
export type { ChannelConfiguration, RestChannelSettings, ChannelRetrySettings } from './config/channel-schema.ts'
export type { LimitSetting, LimitSettings } from './config/limit-schema.ts'
export type { HttpHeaders, HttpMethod, HttpProtocol, HttpTarget } from './config/http-schema.ts'
export type { KafkaAuthentication, KafkaChannelSettings } from './config/kafka-schema.ts'
export type { KafkaAwsKeys, KafkaLogin, KafkaSasl } from './config/sasl-schema.ts'
export type {
  CrudSettings,
  DurableObjectSettings,
  MongoSettings,
  PathSettings,
  PersistencyConfiguration,
  RedisSettings,
  StoreConfiguration,
  UpstashRedisSettings,
} from './config/persistency-schema.ts'
export type { OwnPersistencyConfiguration, OwnSettings } from './config/own-store-schema.ts'
export type { InexactNumbersPolicy, Settings, UnexpectedEvents } from './config/settings-schema.ts'
export type { TlsSettings, TrustedAuthorities } from './config/tls-schema.ts'
export type { PatternJudge } from './config/payload-schemas.ts'
export type { Inspected, InspectedFile, Inspector } from './config/inspector.ts'
export type { JsonObject } from './config/json-tree.ts'
export { FINDINGS } from './config/finding.ts'
export { INSPECTIONS } from './config/inspection-codes.ts'
export type { Finding, FindingCode, FindingLevel } from './config/finding.ts'
export type { Mismatch, Problem } from './config/problem.ts'
export { PROBLEMS } from './config/problem-codes.ts'
export type { Advice, ProblemCode } from './config/problem-codes.ts'
export type { Read } from './config/read.ts'
export { Secret } from './config/secret.ts'
export type { SecretSources } from './config/secret.ts'
export type { TextPosition } from './config/text-position.ts'

export { BatutaError, ERRORS } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { NAME, VERSION } from './version.ts'
