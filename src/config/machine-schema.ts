import * as v from 'valibot'
import type {
  BusinessDefinition,
  BusinessId,
  CommandDefinition,
  MachineDefinition,
  PayloadSchema,
  StateDefinition,
  TimeoutDefinition,
  TransitionDefinition,
} from '../machine/definition.ts'
import { DESCRIPTION, FLAG, noArray, object, TEXT } from './schema-parts.ts'
import { STAY } from './duration.ts'
import { HOOK } from './hook-schema.ts'
import { isEmptyObject, isObject } from './json-tree.ts'

/** C2.1. `referenceProblems` checks that ids exist. */
const A_BUSINESS_ID = 'a string or a number'
const BUSINESS_ID: v.GenericSchema<unknown, BusinessId> = v.union([v.string(), v.number()], A_BUSINESS_ID)

const COMMAND: v.GenericSchema<unknown, CommandDefinition> = noArray(
  object({
    label: TEXT,
    channel: v.optional(TEXT),
    hook: v.optional(HOOK),
  }),
)

/** A JSON Schema. `examinePayloadSchemas` checks what is inside. Not copied: a property may be named `__proto__`. */
export const PAYLOAD_SCHEMA: v.GenericSchema<unknown, PayloadSchema> = v.custom<PayloadSchema>(
  (value) => isObject(value) || typeof value === 'boolean',
  'a JSON Schema: an object, true or false',
)

const TRANSITION: v.GenericSchema<unknown, TransitionDefinition> = noArray(
  object({
    inputEvent: TEXT,
    targetState: TEXT,
    businessEventId: v.optional(BUSINESS_ID),
    payloadValidationSchema: v.optional(PAYLOAD_SCHEMA),
  }),
)

const MOST_RESENDS = 1_000
const A_COUNT = `a whole number, 0 to ${MOST_RESENDS}`
const RESENDS = v.pipe(v.number(A_COUNT), v.integer(A_COUNT), v.minValue(0, A_COUNT), v.maxValue(MOST_RESENDS, A_COUNT))

/** C2.5a. `timeoutProblems` checks that it can have an effect. */
const TIMEOUT: v.GenericSchema<unknown, TimeoutDefinition> = noArray(
  object({
    after: STAY,
    resend: v.optional(RESENDS),
    event: v.optional(TEXT),
  }),
)

const STATE: v.GenericSchema<unknown, StateDefinition> = noArray(
  object({
    id: TEXT,
    description: v.optional(DESCRIPTION),
    isFinal: FLAG,
    businessStateId: v.optional(BUSINESS_ID),
    outputCommand: v.optional(COMMAND),
    sideEffects: v.optional(v.array(COMMAND, 'an array of commands')),
    outgoingTransitions: v.optional(v.array(TRANSITION, 'an array of transitions')),
    timeout: v.optional(TIMEOUT),
  }),
)

const BUSINESS: v.GenericSchema<unknown, BusinessDefinition> = noArray(
  object({
    id: BUSINESS_ID,
    description: v.optional(DESCRIPTION),
  }),
)

const A_MACHINE = 'an object, to begin with { "initialState": <id of a state>, "states": [{ "id": …, "isFinal": … }] }'

const FULL_MACHINE: v.GenericSchema<unknown, MachineDefinition> = object(
  {
    initialState: TEXT,
    creationEvent: v.optional(TEXT),
    states: v.array(STATE, 'an array of states'),
    businessStates: v.optional(v.array(BUSINESS, 'an array of business states')),
    businessEvents: v.optional(v.array(BUSINESS, 'an array of business events')),
  },
  A_MACHINE,
)
const NO_MACHINE: v.GenericSchema<unknown, never> = v.never(A_MACHINE)

/** The tutorial's first file has an empty machine: one problem, which says what to write first (C2). */
export const MACHINE: v.GenericSchema<unknown, MachineDefinition> = noArray(
  v.lazy((input) => (isEmptyObject(input) ? NO_MACHINE : FULL_MACHINE)),
  A_MACHINE,
)
