import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type {
  BusinessDefinition,
  BusinessId,
  CommandDefinition,
  HookDefinition,
  MachineDefinition,
  StateDefinition,
  TimeoutDefinition,
  TransitionDefinition,
} from './definition.ts'
import { milliseconds } from './duration.ts'
import type { CommandHook } from './hook.ts'
import { compilePayloadCheck, type PayloadCheck } from './payload.ts'

/** A compiled machine: references are resolved, each look-up is one step, and it is frozen. */
export interface Machine {
  readonly initial: State
  readonly creationEvent: string
  readonly states: ReadonlyMap<string, State>
  /** First eight bytes of the SHA-256 of the definition, in hex; each history entry has it (P5). */
  readonly hash: string
  readonly merge: Merge
  /** States that earlier machines had under other names, by those names (P11). Absent where there are none. */
  readonly movedStates?: ReadonlyMap<string, State> | undefined
}

/** A state of a compiled machine. */
export interface State {
  readonly id: string
  readonly isFinal: boolean
  readonly business?: BusinessTag | undefined
  readonly command?: CommandTemplate | undefined
  readonly sideEffects: readonly CommandTemplate[]
  /** The command or a side effect has a hook, whose input includes the history. */
  readonly hasHooks: boolean
  readonly transitions: ReadonlyMap<string, Transition>
  /** Absent where the saga may stay in the state for any time. */
  readonly timeout?: StateTimeout | undefined
}

/** The deadline of a state, and its effects in order: resends of the command, then the event (P18). */
export interface StateTimeout {
  /** Milliseconds until the first effect, and between two. */
  readonly after: number
  /** Times that the command is sent again before the event fires. */
  readonly resends: number
  /** Label of a transition of the state; absent where only the command is sent again. */
  readonly event?: string | undefined
}

/** An event that a state takes, and where it leads. */
export interface Transition {
  readonly event: string
  readonly target: State
  readonly business?: BusinessTag | undefined
  /** Absent without `payloadValidationSchema`. */
  readonly check?: PayloadCheck | undefined
}

/** A command that a state sends. */
export interface CommandTemplate {
  readonly label: string
  readonly channel: string
  /** Milliseconds that its first sender holds it alone (P12). */
  readonly lease: number
  /** Makes the whole message (C2.7); absent where the message is label and metadata. */
  readonly hook?: CommandHook | undefined
}

/** A business state or a business event, as the document shows it (C5). */
export interface BusinessTag {
  readonly id: BusinessId
  readonly description?: string | undefined
}

type JsonObject = Readonly<Record<string, unknown>>
/** The metadata after an event's payload (C2.5). It changes neither argument. */
export type Merge = (metadata: JsonObject, payload: JsonObject) => JsonObject

/** Options of `compile`. */
export interface CompileOptions {
  readonly merge: Merge
  /** Milliseconds that the first sender holds a command of this channel alone (P12). */
  readonly leaseOf: (channel: string) => number
  /** The function of a hook. Default: none, and a definition with command hooks is refused. */
  readonly hookOf?: ((definition: HookDefinition) => CommandHook | undefined) | undefined
  /** The hook that `merge` calls: it is no part of the definition, and counts for the hash. */
  readonly mergeHook?: HookDefinition | undefined
  /** True for a pattern of a payload schema that is proven not to backtrack. Default: the structural test of `compilePattern` decides. */
  readonly isLinearPattern?: ((source: string) => boolean) | undefined
  /** Names of states by the names that earlier machines had for them (P11): a setting, so no part of the hash. */
  readonly movedStates?: Readonly<Record<string, string>> | undefined
}

/** The label of a creation where the definition has none (C2.1). */
export const CREATION_EVENT = '__created__'

/** Definition → machine. Throws a `TypeError` for a definition that the configuration would refuse. */
export function compile(definition: MachineDefinition, options: CompileOptions): Machine {
  const businessStates = index(definition.businessStates)
  const states = new Map<string, State>()
  for (const state of definition.states) states.set(state.id, shell(state, businessStates, options))

  const businessEvents = index(definition.businessEvents)
  const isLinear = options.isLinearPattern
  for (const state of definition.states) connect(state, { states, business: businessEvents, isLinear })

  return Object.freeze({
    initial: known(states, definition.initialState),
    creationEvent: definition.creationEvent ?? CREATION_EVENT,
    states,
    hash: hashOf(definition, options.mergeHook),
    merge: options.merge,
    ...(options.movedStates !== undefined && { movedStates: renamedStates(states, options.movedStates) }),
  })
}

function renamedStates(states: ReadonlyMap<string, State>, moved: Readonly<Record<string, string>>) {
  return new Map(Object.entries(moved).map(([former, now]) => [former, known(states, now)]))
}

/** A state without transitions, which need all states to exist. */
function shell(state: StateDefinition, business: BusinessIndex, options: CompileOptions): State {
  const command = state.outputCommand && templatesOf(state.outputCommand, options)[0]
  const sideEffects = Object.freeze((state.sideEffects ?? []).flatMap((one) => templatesOf(one, options)))
  return Object.freeze({
    id: state.id,
    isFinal: state.isFinal,
    business: tag(business, state.businessStateId),
    command,
    sideEffects,
    hasHooks: command?.hook !== undefined || sideEffects.some(({ hook }) => hook !== undefined),
    transitions: new Map<string, Transition>(),
    timeout: state.timeout && timeoutOf(state.timeout),
  })
}

function timeoutOf({ after, resend = 0, event }: TimeoutDefinition): StateTimeout {
  const wait = milliseconds(after)
  if (wait === undefined || wait === 0)
    throw new TypeError(`compile a machine: "${after}" is not an ISO 8601 duration above zero`)
  return Object.freeze({ after: wait, resends: resend, event })
}

/** None for a command without channel, which is not sent. */
function templatesOf(command: CommandDefinition, options: CompileOptions): CommandTemplate[] {
  const { label, channel } = command
  if (channel === undefined) return []
  const template = { label, channel, lease: options.leaseOf(channel) }
  return [Object.freeze(command.hook === undefined ? template : { ...template, hook: hookOf(command, options) })]
}

function hookOf({ label, hook }: CommandDefinition, options: CompileOptions): CommandHook {
  const made = hook && options.hookOf?.(hook)
  if (made === undefined) throw new TypeError(`compile a machine: the hook of "${label}" was not loaded`)
  return made
}

/** The parts of a machine that a transition refers to. */
interface TransitionParts {
  readonly states: ReadonlyMap<string, State>
  readonly business: BusinessIndex
  readonly isLinear: CompileOptions['isLinearPattern']
}

function connect(state: StateDefinition, parts: TransitionParts): void {
  const transitions = known(parts.states, state.id).transitions as Map<string, Transition>
  for (const transition of state.outgoingTransitions ?? []) {
    transitions.set(transition.inputEvent, Object.freeze(resolve(transition, parts)))
  }
}

function resolve(transition: TransitionDefinition, { states, business, isLinear }: TransitionParts): Transition {
  const { payloadValidationSchema: schema } = transition
  return {
    event: transition.inputEvent,
    target: known(states, transition.targetState),
    business: tag(business, transition.businessEventId),
    ...(schema !== undefined && { check: compilePayloadCheck(schema, { isLinear }) }),
  }
}

interface BusinessIndex {
  readonly byId: ReadonlyMap<BusinessId, BusinessTag>
  readonly byText: ReadonlyMap<string, BusinessTag>
}

/** Published files repeat an id: the first entry wins (C2.1). */
function index(definitions: readonly BusinessDefinition[] = []): BusinessIndex {
  const [byId, byText] = [new Map<BusinessId, BusinessTag>(), new Map<string, BusinessTag>()]
  for (const { id, description } of definitions) {
    const tag = Object.freeze({ id, description })
    if (!byId.has(id)) byId.set(id, tag)
    if (!byText.has(String(id))) byText.set(String(id), tag)
  }
  return { byId, byText }
}

/** The entry of this id, else the one whose id has the same text: the stores of the reference keep ids as texts (C5a). */
function tag({ byId, byText }: BusinessIndex, id: BusinessId | undefined): BusinessTag | undefined {
  return id === undefined ? undefined : (byId.get(id) ?? byText.get(String(id)))
}

function known(states: ReadonlyMap<string, State>, id: string): State {
  const state = states.get(id)
  if (state === undefined) throw new TypeError(`compile a machine: "${id}" is not the id of a state`)
  return state
}

function hashOf(definition: MachineDefinition, mergeHook: HookDefinition | undefined): string {
  const text = JSON.stringify(definition) + (mergeHook === undefined ? '' : JSON.stringify(mergeHook))
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 8))
}
