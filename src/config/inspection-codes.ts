/**
 * Kinds of findings that `batuta check` alone reports (C2.8): it looks at the machine as a whole, and at secrets. A start does not
 * look for them, so that its log stays short. docs/FINDINGS.md is made of this table.
 */
export const INSPECTIONS = {
  'business-state.missing': {
    level: 'warn',
    why: 'Sagas in this state have no business state, so lists that filter by it lose them.',
    mend: 'Give the state a "businessStateId".',
  },
  'business-state.premature': {
    level: 'info',
    why: 'Sagas show a business state of the end before they are decided, and may end otherwise.',
    mend: 'Give the state a business state of its own.',
  },
  'business-state.unused': {
    level: 'info',
    why: 'No state names it, so no saga will ever have it.',
    mend: 'Name it at a state as "businessStateId", or remove it.',
  },
  'channel.unused': {
    level: 'warn',
    why: 'No command goes to the channel, so a command may name another one by mistake.',
    mend: 'Name the channel at a command, or remove it once no saga owes it one: `GET /sagas?channel=` lists those that do.',
  },
  'compensation.missing': {
    level: 'info',
    why: 'What an earlier step has done may stay done, although the saga has failed.',
    mend: 'Lead the transition to the state that undoes it; if there is nothing to undo, leave it as it is.',
  },
  'creation-event.awaited': {
    level: 'warn',
    why: 'The creation itself is recorded with this label and moves no saga, so sagas wait for an event that no participant sends.',
    mend: 'Wait for an event of a participant, or give the creation another label.',
  },
  'event.contradictory': {
    level: 'info',
    why: 'A participant sends one label with one meaning, so in one of the two states sagas take the wrong way.',
    mend: 'Correct the target, or give the two meanings labels of their own.',
  },
  'final.missing': {
    level: 'warn',
    why: 'No saga ever ends, so all of them stay open for people, metrics and retention.',
    mend: 'Give the last states "isFinal": true.',
  },
  'initial.final': {
    level: 'warn',
    why: 'Sagas end when they are created, so no event ever moves them.',
    mend: 'Name the first state in "initialState", or give it "isFinal": false.',
  },
  'loop.endless': {
    level: 'warn',
    why: 'Sagas that enter the loop never reach a final state.',
    mend: 'Add a transition that leads out of the loop.',
  },
  'name.similar': {
    level: 'warn',
    why: 'Names are compared letter by letter, so a participant that sends the one spelling is not understood where the other stands.',
    mend: 'Write the name in one spelling.',
  },
  'retry.unstated': {
    level: 'info',
    why: 'A command without a 2xx is sent again until it has one, so the participant must recognise its "idempotency-key".',
    mend: 'Say "retry": { "attempts": 1 } for one send, as in Flow Manager, or "retry": {} once the participant knows the key.',
  },
  'secret.plain': {
    level: 'warn',
    why: 'Everyone who may read the file, its repository or its backups knows the secret.',
    mend: 'Write a reference in its place, { "type": "env", "name": … } or { "type": "file", "path": … }.',
  },
  'state.dead-end': {
    level: 'warn',
    why: 'The answer to its command moves nothing, so sagas stay here for ever.',
    mend: 'Add a transition for each answer, or give the state "isFinal": true.',
  },
  'state.inert': {
    level: 'warn',
    why: 'Nothing is sent and nothing is awaited, so sagas stay here for ever.',
    mend: 'Add a command and a transition, or give the state "isFinal": true.',
  },
  'state.unreachable': {
    level: 'warn',
    why: 'No saga ever enters the state, so its command is never sent.',
    mend: 'Add a transition to it, correct the one that should lead here, or remove the state.',
  },
  'topic.echoed': {
    level: 'warn',
    why: 'Every command comes back as an event that no state expects, and each is an error in the log.',
    mend: 'Write commands to a topic of their own.',
  },
} as const
