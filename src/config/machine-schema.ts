import * as v from 'valibot'
import type {
  BusinessDefinition,
  BusinessId,
  CommandDefinition,
  MachineDefinition,
  PayloadSchema,
  StateDefinition,
  TransitionDefinition,
} from '../machine/definition.ts'
import { DESCRIPTION, FLAG, noArray, notYet, object, TEXT } from './schema-parts.ts'
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

const STATE: v.GenericSchema<unknown, StateDefinition> = noArray(
  object({
    id: TEXT,
    description: v.optional(DESCRIPTION),
    isFinal: FLAG,
    businessStateId: v.optional(BUSINESS_ID),
    outputCommand: v.optional(COMMAND),
    sideEffects: v.optional(v.array(COMMAND, 'an array of commands')),
    outgoingTransitions: v.optional(v.array(TRANSITION, 'an array of transitions')),
    timeout: notYet('timeout', 'timers'),
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
