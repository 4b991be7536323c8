import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type {
  BusinessDefinition,
  BusinessId,
  CommandDefinition,
  MachineDefinition,
  StateDefinition,
  TransitionDefinition,
} from './definition.ts'

/** A compiled machine: references are resolved, each look-up is one step, and it is frozen. */
export interface Machine {
  readonly initial: State
  readonly creationEvent: string
  readonly states: ReadonlyMap<string, State>
  /** First eight bytes of the SHA-256 of the definition, in hex; each history entry has it (P5). */
  readonly hash: string
  readonly merge: Merge
}

/** A state of a compiled machine. */
export interface State {
  readonly id: string
  readonly isFinal: boolean
  readonly business?: BusinessTag | undefined
  readonly command?: CommandTemplate | undefined
  readonly sideEffects: readonly CommandTemplate[]
  readonly transitions: ReadonlyMap<string, Transition>
}

/** An event that a state takes, and where it leads. */
export interface Transition {
  readonly event: string
  readonly target: State
  readonly business?: BusinessTag | undefined
}

/** A command that a state sends. */
export interface CommandTemplate {
  readonly label: string
  readonly channel: string
  /** Milliseconds that its first sender holds it alone (P12). */
  readonly lease: number
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
}

/** Definition → machine. Throws a `TypeError` for a definition that the configuration would refuse. */
export function compile(definition: MachineDefinition, options: CompileOptions): Machine {
  const businessStates = index(definition.businessStates)
  const states = new Map<string, State>()
  for (const state of definition.states) states.set(state.id, shell(state, businessStates, options.leaseOf))

  const businessEvents = index(definition.businessEvents)
  for (const state of definition.states) connect(state, states, businessEvents)

  return Object.freeze({
    initial: known(states, definition.initialState),
    creationEvent: definition.creationEvent ?? '__created__',
    states,
    hash: hashOf(definition),
    merge: options.merge,
  })
}

/** A state without transitions, which need all states to exist. */
function shell(state: StateDefinition, business: BusinessIndex, leaseOf: CompileOptions['leaseOf']): State {
  const template = (command: CommandDefinition): CommandTemplate[] =>
    command.channel === undefined
      ? []
      : [Object.freeze({ label: command.label, channel: command.channel, lease: leaseOf(command.channel) })]
  return Object.freeze({
    id: state.id,
    isFinal: state.isFinal,
    business: tag(business, state.businessStateId),
    command: state.outputCommand && template(state.outputCommand)[0],
    sideEffects: Object.freeze((state.sideEffects ?? []).flatMap(template)),
    transitions: new Map<string, Transition>(),
  })
}

function connect(state: StateDefinition, states: ReadonlyMap<string, State>, business: BusinessIndex): void {
  const transitions = known(states, state.id).transitions as Map<string, Transition>
  for (const transition of state.outgoingTransitions ?? []) {
    transitions.set(transition.inputEvent, Object.freeze(resolve(transition, states, business)))
  }
}

function resolve(
  transition: TransitionDefinition,
  states: ReadonlyMap<string, State>,
  business: BusinessIndex,
): Transition {
  return {
    event: transition.inputEvent,
    target: known(states, transition.targetState),
    business: tag(business, transition.businessEventId),
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

function hashOf(definition: MachineDefinition): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(definition))).subarray(0, 8))
}
