import type { Mismatch } from './problem.ts'

/** `warn`: probably a mistake. `info`: unusual, and a mistake in many files. */
export type FindingLevel = 'warn' | 'info'

/**
 * Every kind of finding: a value that is accepted and probably a mistake (C2.8). docs/FINDINGS.md is made of this table. The core
 * uses its keys only, so that bundles leave the texts out. `by`: the kinds that the start of a service finds and logs, and those
 * that take a look at the whole machine, which `batuta check` alone does.
 */
export const FINDINGS = {
  'broker.malformed': {
    level: 'warn',
    by: 'start',
    why: 'The client of Kafka cannot connect to it, so it is left out; a channel without any other broker is down.',
    mend: 'Write host and port, such as "kafka:9092", without scheme and path.',
  },
  'business-state.missing': {
    level: 'warn',
    by: 'check',
    why: 'Sagas in this state have no business state, so lists that filter by it lose them.',
    mend: 'Give the state a "businessStateId".',
  },
  'business-state.premature': {
    level: 'info',
    by: 'check',
    why: 'Sagas show a business state of the end before they are decided, and may end otherwise.',
    mend: 'Give the state a business state of its own.',
  },
  'business-state.unused': {
    level: 'info',
    by: 'check',
    why: 'No state names it, so no saga will ever have it.',
    mend: 'Name it at a state as "businessStateId", or remove it.',
  },
  'channel.unused': {
    level: 'warn',
    by: 'check',
    why: 'No command goes to the channel, so a command may name another one by mistake.',
    mend: 'Name the channel at a command, or remove it.',
  },
  'channels.missing': {
    level: 'warn',
    by: 'start',
    why: 'Without a channel no command is sent, so sagas move only by events that come unasked.',
    mend: 'Add a channel to "communicationProtocols".',
  },
  'command.unaddressed': {
    level: 'warn',
    by: 'start',
    why: 'The command is neither recorded nor sent, so its saga waits for an answer to a question that was never asked.',
    mend: 'Add "channel" with the id of a channel.',
  },
  'compensation.missing': {
    level: 'info',
    by: 'check',
    why: 'What an earlier step has done may stay done, although the saga has failed.',
    mend: 'Lead the transition to the state that undoes it; if there is nothing to undo, leave it as it is.',
  },
  'creation-event.awaited': {
    level: 'warn',
    by: 'check',
    why: 'The creation itself is recorded with this label and moves no saga, so sagas wait for an event that no participant sends.',
    mend: 'Wait for an event of a participant, or give the creation another label.',
  },
  'event.contradictory': {
    level: 'info',
    by: 'check',
    why: 'A participant sends one label with one meaning, so in one of the two states sagas take the wrong way.',
    mend: 'Correct the target, or give the two meanings labels of their own.',
  },
  'final.missing': {
    level: 'warn',
    by: 'check',
    why: 'No saga ever ends, so all of them stay open for people, metrics and retention.',
    mend: 'Give the last states "isFinal": true.',
  },
  'header.ignored': {
    level: 'warn',
    by: 'start',
    why: 'Each request has its own value of this header, so the configured one is not sent.',
    mend: 'Remove the header.',
  },
  'initial.final': {
    level: 'warn',
    by: 'check',
    why: 'Sagas end when they are created, so no event ever moves them.',
    mend: 'Name the first state in "initialState", or give it "isFinal": false.',
  },
  'key.repeated': {
    level: 'warn',
    by: 'start',
    why: 'JSON keeps the last value only, so all others have no effect.',
    mend: 'Keep the key once.',
  },
  'key.unknown': {
    level: 'warn',
    by: 'start',
    why: 'The key has no effect here.',
    mend: 'Remove it, or correct it to a known key.',
  },
  'loop.endless': {
    level: 'warn',
    by: 'check',
    why: 'Sagas that enter the loop never reach a final state.',
    mend: 'Add a transition that leads out of the loop.',
  },
  'port.blocked': {
    level: 'warn',
    by: 'start',
    why: 'Deno does not send to this port, as browsers do not; Node, Bun and workerd do.',
    mend: 'Let the participant or the store listen on another port if the service may run on Deno.',
  },
  'secret.plain': {
    level: 'warn',
    by: 'check',
    why: 'Everyone who may read the file, its repository or its backups knows the secret.',
    mend: 'Write a reference in its place, { "type": "env", "name": … } or { "type": "file", "path": … }.',
  },
  'state.dead-end': {
    level: 'warn',
    by: 'check',
    why: 'The answer to its command moves nothing, so sagas stay here for ever.',
    mend: 'Add a transition for each answer, or give the state "isFinal": true.',
  },
  'state.inert': {
    level: 'warn',
    by: 'check',
    why: 'Nothing is sent and nothing is awaited, so sagas stay here for ever.',
    mend: 'Add a command and a transition, or give the state "isFinal": true.',
  },
  'state.unreachable': {
    level: 'warn',
    by: 'check',
    why: 'No saga ever enters the state, so its command is never sent.',
    mend: 'Add a transition to it, correct the one that should lead here, or remove the state.',
  },
  'store.malformed': {
    level: 'warn',
    by: 'start',
    why: 'The client of the store refuses the address, so the store cannot be opened.',
    mend: 'Write the address of the store with its scheme.',
  },
  'store.missing': {
    level: 'warn',
    by: 'start',
    why: 'Sagas are kept in the embedded store of the host, which other hosts cannot read.',
    mend: 'Name a store in "persistencyManagement", such as { "type": "sqlite" }.',
  },
  'text.damaged': {
    level: 'warn',
    by: 'start',
    why: 'A program has decoded the text wrongly, so that labels or ids differ from those of the participants.',
    mend: 'Write the original character in place of U+FFFD.',
  },
  'variable.unknown': {
    level: 'warn',
    by: 'start',
    why: 'The variable has no effect, and the one with nearly its name is not set.',
    mend: 'Correct the name of the variable.',
  },
} as const

/** The stable name of a finding. */
export type FindingCode = keyof typeof FINDINGS

/** A value that is accepted and is probably a mistake: the service starts all the same (C2.8). */
export interface Finding extends Mismatch {
  readonly code: FindingCode
}

/** A finding of a kind. */
export function finding(code: FindingCode, mismatch: Mismatch): Finding {
  return { code, ...mismatch }
}
