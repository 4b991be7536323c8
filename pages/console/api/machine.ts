/** The machine of saga.json, as `GET /machine-definition` answers it. */
export interface Machine {
  readonly initialState: string
  readonly states: readonly MachineState[]
  readonly businessStates?: readonly Described[]
  readonly businessEvents?: readonly Described[]
}

/** A state of the machine. */
export interface MachineState {
  readonly id: string
  readonly description?: string
  readonly isFinal: boolean
  readonly businessStateId?: string | number
  readonly outputCommand?: MachineCommand
  readonly sideEffects?: readonly MachineCommand[]
  readonly outgoingTransitions?: readonly MachineTransition[]
  readonly timeout?: { readonly after: string; readonly event?: string }
}

/** A command or a side effect of a state; one without a channel is not sent. */
export interface MachineCommand {
  readonly label: string
  readonly channel?: string
}

/** A transition of a state. */
export interface MachineTransition {
  readonly inputEvent: string
  readonly targetState: string
  readonly businessEventId?: string | number
  readonly payloadValidationSchema?: JsonSchema
}

/** A JSON Schema, as far as forms are made of it. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
}

interface Described {
  readonly id: string | number
  readonly description?: string
}

/** A business state as the page marks it: a colour of eight, a letter, and its description. Colour is never alone. */
export interface BusinessMark {
  readonly colour: number
  readonly letter: string
  readonly description: string
}

/** The state with this id; undefined for a state that the machine lacks. */
export function stateOf(machine: Machine | undefined, id: string): MachineState | undefined {
  return machine?.states.find((state) => state.id === id)
}

/** The mark of a business state; the first of several with one id wins, as in the service (C2.1). */
export function businessMark(machine: Machine | undefined, id: string | number | undefined): BusinessMark | undefined {
  if (id === undefined || id === null) return undefined
  const all = uniqueBusinessStates(machine)
  const at = all.findIndex((one) => String(one.id) === String(id))
  if (at < 0) return undefined
  return { colour: at % 8, letter: letterAt(at), description: all[at]?.description ?? String(id) }
}

/** The business states of the machine, each id once. */
export function uniqueBusinessStates(machine: Machine | undefined): readonly Described[] {
  const seen = new Map<string, Described>()
  for (const one of machine?.businessStates ?? []) if (!seen.has(String(one.id))) seen.set(String(one.id), one)
  return [...seen.values()]
}

function letterAt(at: number): string {
  const letter = String.fromCodePoint(65 + (at % 26))
  return at < 26 ? letter : `${letterAt(Math.floor(at / 26) - 1)}${letter}`
}
