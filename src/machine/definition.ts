/** The `machineDefinition` of a saga.json (C2.1), in the words of the file. Compiled, it has those of docs/GLOSSARY.md. */
export interface MachineDefinition {
  readonly initialState: string
  /** Label of the creation in the history. Default: `__created__`. */
  readonly creationEvent?: string | undefined
  readonly states: readonly StateDefinition[]
  readonly businessStates?: readonly BusinessDefinition[] | undefined
  readonly businessEvents?: readonly BusinessDefinition[] | undefined
}

/** An entry of `states`. */
export interface StateDefinition {
  readonly id: string
  readonly description?: string | undefined
  readonly isFinal: boolean
  readonly businessStateId?: BusinessId | undefined
  readonly outputCommand?: CommandDefinition | undefined
  readonly sideEffects?: readonly CommandDefinition[] | undefined
  readonly outgoingTransitions?: readonly TransitionDefinition[] | undefined
  readonly timeout?: TimeoutDefinition | undefined
}

/** The longest stay in a state, and what happens at its end (P18): resends of the command first, then the event. */
export interface TimeoutDefinition {
  /** ISO 8601 duration of a fixed length, such as `PT15M`. */
  readonly after: string
  /** Times that the state's command is sent again before the event fires. Default: 0. */
  readonly resend?: number | undefined
  /** Label of a transition of the state. Absent: the command is sent again, and no more. */
  readonly event?: string | undefined
}

/** A command or side effect as a state declares it. */
export interface CommandDefinition {
  readonly label: string
  /** Id of a channel. A command without one is neither recorded nor sent, so that an unfinished file can be tried. */
  readonly channel?: string | undefined
  /** Makes the whole message of the command (C2.7). */
  readonly hook?: HookDefinition | undefined
}

/** A function as the source of an ES module, whose default export it is (C2.7). */
export interface HookDefinition {
  readonly type: 'file'
  /** Default: `plain`. */
  readonly encoding?: 'plain' | 'base64' | undefined
  readonly content: string
}

/** An entry of `outgoingTransitions`. */
export interface TransitionDefinition {
  readonly inputEvent: string
  readonly targetState: string
  readonly businessEventId?: BusinessId | undefined
  /** JSON Schema of the event's payload: draft 7, 2019-09 or 2020-12, as its `$schema` says. */
  readonly payloadValidationSchema?: PayloadSchema | undefined
}

/** A JSON Schema as written. */
export type PayloadSchema = Readonly<Record<string, unknown>> | boolean

/** An entry of `businessStates` or `businessEvents`. */
export interface BusinessDefinition {
  readonly id: BusinessId
  readonly description?: string | undefined
}

/** Usually an integer; any JSON string or number is accepted (C2.1). */
export type BusinessId = string | number
