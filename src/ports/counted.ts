/** A name of `batuta_internal_total`: one occurrence of it is counted by `Metrics.count`. */
export type Counted = keyof typeof COUNTED

/** Everything that is counted by name, and its meaning; docs/METRICS.md is made of it. */
export const COUNTED = {
  'save-saved': 'writes that the store took',
  'save-conflict': 'writes that another writer was faster than; decided again on a fresh head (P21)',
  'save-duplicate': 'steps of events that were applied before (I4)',
  'save-too-large': 'steps beyond a limit of the store (P24)',
  'save-unknown': 'writes without an answer of the store; the same write is tried again (P6)',
  'relay-forgotten': 'commands that a full queue did not take; the sweep finds them in the store (P16)',
  'relay-expired': 'commands whose lease ended while they waited; the sweep claims them again (P14)',
  'command-given-up': 'commands that became dead letters (P15)',
  'hook-failed': 'hooks of commands and side effects that threw',
  'hook-slow': 'hooks that held up the thread of events',
  'saga-unreadable': 'stored sagas that cannot be read (P20)',
  'inexact-number': 'numbers that a double cannot hold',
  'header-left-out': 'headers of records that cannot be handed on (C3.6)',
  'parked-taken': 'parked events that a state took (P10)',
  'parked-expired': 'parked events that became dead letters because no state took them in time (P10)',
  'parked-refused':
    'parked events that became dead letters because they could not be applied when their turn came (P10)',
  'parked-dropped': 'parked events that a final state dropped (P10)',
  'saga-renamed': 'sagas that got the new name of their state (P11)',
  'records-expired': 'partitions whose records expired before they were read',
  'poison-bad-key': 'records without the id of a saga as their key',
  'poison-bad-value': 'records whose value is no message',
  'poison-unreadable': 'records that cannot be decoded',
  'poison-unexpected': 'records whose event the state does not list, under `reject`',
  'poison-refused': 'records whose payload was refused',
  'poison-unknown-saga': 'records of sagas that do not exist (C4.4)',
  'poison-too-large': 'records whose step exceeds a limit',
  'poison-inexact-number': 'records with a number that a double cannot hold, under `refuse`',
  'poison-parking-full': 'records whose saga keeps as many parked events as it may (P10)',
  'poison-stuck': 'records that were tried again and again, while others were written (P20)',
  'poison-failed': 'records that a defect kept from being handled',
  'poison-dead-letter': 'records that the dead-letter topic refused; they were skipped',
} as const
