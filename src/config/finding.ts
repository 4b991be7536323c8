import type { INSPECTIONS } from './inspection-codes.ts'
import type { Mismatch } from './problem.ts'

/** `warn`: probably a mistake. `info`: unusual, and a mistake in many files. */
export type FindingLevel = 'warn' | 'info'

/**
 * Kinds of findings that a start logs and `batuta check` reports: a value that is accepted and probably a mistake (C2.8).
 * docs/FINDINGS.md is made of this table. The core uses its keys only, so that bundles leave the texts out.
 */
export const FINDINGS = {
  'broker.malformed': {
    level: 'warn',
    why: 'The client of Kafka cannot connect to it, so it is left out; a channel without any other broker is down.',
    mend: 'Write host and port, such as "kafka:9092", without scheme and path.',
  },
  'business.repeated': {
    level: 'warn',
    why: 'The first entry with this id counts, so the description of this one is never shown.',
    mend: 'Remove the entry, or give it an id of its own.',
  },
  'channels.missing': {
    level: 'warn',
    why: 'Without a channel no command is sent, so sagas move only by events that come unasked.',
    mend: 'Add a channel to "communicationProtocols".',
  },
  'command.unaddressed': {
    level: 'warn',
    why: 'The command is neither recorded nor sent, so its saga waits for an answer to a question that was never asked.',
    mend: 'Add "channel" with the id of a channel.',
  },
  'final.transitions': {
    level: 'warn',
    why: 'A saga that has ended moves again with these events, so "final" is not its end.',
    mend: 'Remove "outgoingTransitions", or set "isFinal" to false.',
  },
  'format.unknown': {
    level: 'warn',
    why: 'A format that is not known is not checked, so every text passes.',
    mend: 'Correct the name of the format, or write a "pattern".',
  },
  'header.ignored': {
    level: 'warn',
    why: 'Each request has its own value of this header, so the configured one is not sent.',
    mend: 'Remove the header.',
  },
  'hook.unused': {
    level: 'warn',
    why: 'A merge hook is called by the deep merge alone, which is off.',
    mend: 'Set "enabled" to true beside the hook, or remove the hook.',
  },
  'key.repeated': {
    level: 'warn',
    why: 'JSON keeps the last value only, so all others have no effect.',
    mend: 'Keep the key once.',
  },
  'key.unknown': {
    level: 'warn',
    why: 'The key has no effect here.',
    mend: 'Remove it, or correct it to a known key.',
  },
  'keyword.unknown': {
    level: 'warn',
    why: 'The draft of the payload schema does not have the keyword, so it checks nothing.',
    mend: 'Correct the keyword, or name its draft in "$schema".',
  },
  'pattern.backtracks': {
    level: 'warn',
    why: 'A text could keep the pattern busy for minutes, so the pattern is not tried on texts over 1,000 characters: they are refused.',
    mend: 'Write the pattern without nested or overlapping repetitions.',
  },
  'port.blocked': {
    level: 'warn',
    why: 'Deno does not send to this port, as browsers do not; Node, Bun and workerd do.',
    mend: 'Let the participant or the store listen on another port if the service may run on Deno.',
  },
  'store.malformed': {
    level: 'warn',
    why: 'The client of the store refuses the address, so the store cannot be opened.',
    mend: 'Write the address of the store with its scheme.',
  },
  'store.missing': {
    level: 'warn',
    why: 'Sagas are kept in the embedded store of the host, which other hosts cannot read.',
    mend: 'Name a store in "persistencyManagement", such as { "type": "sqlite" }.',
  },
  'text.damaged': {
    level: 'warn',
    why: 'A program has decoded the text wrongly, so that labels or ids differ from those of the participants.',
    mend: 'Write the original character in place of U+FFFD.',
  },
  'variable.header': {
    level: 'warn',
    why: 'The header is set by the transport or by Batuta itself, or its name is no header name, so it is not handed on.',
    mend: 'Name another header, or remove this one from the variable.',
  },
  'variable.ignored': {
    level: 'warn',
    why: 'The value has no meaning, so the default of the variable counts, as in Flow Manager.',
    mend: 'Write a value as docs/CONFIGURATION.md has it, or remove the variable.',
  },
  'variable.unknown': {
    level: 'warn',
    why: 'The variable has no effect, and the one with nearly its name is not set.',
    mend: 'Correct the name of the variable.',
  },
} as const

/** The stable name of a finding. */
export type FindingCode = keyof typeof FINDINGS | keyof typeof INSPECTIONS

/** A value that is accepted and is probably a mistake: the service starts all the same (C2.8). */
export interface Finding extends Mismatch {
  readonly code: FindingCode
}

/** A finding of a kind. */
export function finding(code: FindingCode, mismatch: Mismatch): Finding {
  return { code, ...mismatch }
}
