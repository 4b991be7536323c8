import { jsonFlag } from '../../service/json-flag.ts'

/** Flags that only some actions take. */
export const ACTION_FLAGS = {
  channel: {
    kind: 'parsed',
    parse: String,
    optional: true,
    brief: 'Only commands of this channel',
    placeholder: 'channel',
  },
  cancelled: {
    kind: 'boolean',
    default: false,
    withNegated: false,
    brief: 'Commands that an operator cancelled too',
  },
  label: { kind: 'parsed', parse: String, brief: 'The event, which the state must list', placeholder: 'label' },
  payload: {
    kind: 'parsed',
    parse: jsonFlag('payload'),
    default: '{}',
    brief: 'Payload of the event, merged into the metadata',
    placeholder: 'json',
  },
  state: { kind: 'parsed', parse: String, brief: 'The state that the saga enters', placeholder: 'state' },
  // Without a default of its own, the library takes `false` for an absent flag: a choice that must be made.
  command: {
    kind: 'boolean',
    optional: true,
    brief: 'Send the command and the side effects of the state; --no-command leaves them out',
  },
  merge: {
    kind: 'parsed',
    parse: jsonFlag('merge'),
    brief: 'JSON merge patch of the metadata: null removes a key',
    placeholder: 'json',
  },
} as const
