/** Why a kind of problem or finding matters, and how to mend it; one sentence each. */
export interface Advice {
  readonly why: string
  readonly mend: string
}

/** Every kind of problem: the service does not start with it (C1.2). docs/FINDINGS.md is made of this table. */
export const PROBLEMS = {
  'binding.missing': {
    why: 'Each saga is a Durable Object, and the Worker reaches them by this binding only.',
    mend: 'Bind a Durable Object namespace of the class Sagas under this name, or name the binding that exists.',
  },
  'business-event.unknown': {
    why: 'The history would lack the business event of this transition.',
    mend: 'Add the business event to "businessEvents", or name one that is there.',
  },
  'business-state.unknown': {
    why: 'Sagas in this state would have no business state.',
    mend: 'Add the business state to "businessStates", or name one that is there.',
  },
  'channel.not-carried': {
    why: 'This worker has no client for channels of this type, so the commands of the channel would never be sent.',
    mend: 'Start the worker that carries it, such as npm run start:kafka, or take a channel of another type.',
  },
  'channel.receives-only': {
    why: 'A Kafka channel without output topics sends nothing, so the command would wait for ever.',
    mend: 'Add "outputTopics" to the channel, or send the command to another one.',
  },
  'channel.repeated': {
    why: 'A command that names this id could go to either channel.',
    mend: 'Give each channel an id of its own.',
  },
  'channel.unknown': {
    why: 'The command has no way out, so its saga would wait for ever.',
    mend: 'Add the channel to "communicationProtocols", or name one that is there.',
  },
  'dead-letters.cycle': {
    why: 'A record that no channel of the cycle accepts would circulate for ever, as fast as the brokers allow.',
    mend: 'Send the dead letters of one channel to a topic that none of the others reads.',
  },
  'event.repeated': {
    why: 'The same event would lead from one state to two.',
    mend: 'Keep one transition for the event, or give the other one an event of its own.',
  },
  'feature.later': {
    why: 'The key changes what the file means, so a file that has it is refused rather than obeyed in part.',
    mend: 'Remove the key.',
  },
  'file.unreadable': {
    why: 'Without the configuration there is no machine to run.',
    mend: 'Name a file that exists and that the user of the service may read.',
  },
  'header.invalid': {
    why: 'A request with such a header cannot be made.',
    mend: "Use only letters, digits and !#$%&'*+-.^_`|~ in names of headers.",
  },
  'header.refused': {
    why: 'The host manages this header itself, and a value of your own breaks requests on one runtime or another.',
    mend: 'Remove the header.',
  },
  'header.repeated': {
    why: 'Names of headers have no letter case, so only one of the values could be sent.',
    mend: 'Keep one spelling of the name.',
  },
  'hook.invalid': {
    why: 'Without its function the hook could make no message, and no merged metadata.',
    mend: 'Write an ES module with a synchronous function as its default export.',
  },
  'hook.not-carried': {
    why: 'This worker evaluates no text, so a hook that is not compiled into it can never run.',
    mend: 'Make the bundle with the hooks of this file: npx batuta hooks saga.json.',
  },
  'json.no-object': {
    why: 'A saga.json is one JSON object with the four sections.',
    mend: 'Write an object, to begin with { "machineDefinition": … }.',
  },
  'json.syntax': {
    why: 'A text that is not JSON has no defined meaning.',
    mend: 'Correct the text at this position; JSON has no comments and no trailing commas.',
  },
  'key.misspelt': {
    why: 'The known key is missing, so the file would silently mean something else, such as a state without transitions.',
    mend: 'Correct the key; if it is meant, say "unknownKeys": "ignore" in "settings".',
  },
  'payload-schema.invalid': {
    why: 'A schema that its draft refuses cannot be checked as it was meant.',
    mend: 'Correct the schema, or name its draft in "$schema".',
  },
  'port.unreachable': {
    why: 'This runtime blocks the port, so no request would arrive.',
    mend: 'Let the participant or the store listen on another port, or run the service on Node.',
  },
  'moved-state.exists': {
    why: 'A saga in a state that the machine has stays there, so the entry would never have an effect.',
    mend: 'Remove the entry, or rename the state in "states".',
  },
  'retention.unsupported': {
    why: 'This store cannot remove sagas, so the setting would have no effect.',
    mend: 'Remove "settings.retention", or take a store that can remove sagas.',
  },
  'secret.unresolved': {
    why: 'Without the secret the channel or the store cannot be used.',
    mend: 'Set the variable, or provide the file, where the service runs.',
  },
  'settings.contradiction': {
    why: 'Two settings demand opposite behaviour.',
    mend: 'Keep one of the two settings.',
  },
  'ssl.unsupported': {
    why: 'This runtime trusts its own authorities only, so requests to the host would fail.',
    mend: 'Remove "ssl", or run the service on Node, Deno or Bun.',
  },
  'ssl.without-https': {
    why: 'The authorities would never be used, as the connection is not encrypted.',
    mend: 'Write "protocol": "https", or remove "ssl".',
  },
  'start.option': {
    why: 'The start cannot do what this option or variable asks for.',
    mend: 'Give it a value as described, or leave it out.',
  },
  'state.repeated': {
    why: 'A transition to this id could lead to either state.',
    mend: 'Give each state an id of its own.',
  },
  'state.unknown': {
    why: 'A saga cannot enter a state that does not exist.',
    mend: 'Add the state to "states", or name one that is there.',
  },
  'store.not-carried': {
    why: 'This worker has no client for a store of this type, so no saga could be kept.',
    mend: 'Take a store that the worker carries, or a worker that carries the store.',
  },
  'store.unknown': {
    why: 'There is no store of this type, so no saga could be kept.',
    mend: 'Name one of the types of stores.',
  },
  'text.encoding': {
    why: 'Read as UTF-8, labels and ids would lose characters.',
    mend: 'Save the file as UTF-8.',
  },
  'timeout.event': {
    why: 'The event of the timeout would never be taken, so the saga would wait for ever.',
    mend: 'Name an event of "outgoingTransitions", or add a transition for it.',
  },
  'timeout.final': {
    why: 'A saga in a final state has ended, so there is nothing to wait for.',
    mend: 'Remove the timeout, or set "isFinal" to false.',
  },
  'timeout.idle': {
    why: 'The deadline would pass without any effect.',
    mend: 'Give the timeout an "event", or a "resend" above zero where the state has a command.',
  },
  'timeout.refused': {
    why: "The event of a timeout has an empty payload, which the transition's schema refuses, so the saga would wait for ever.",
    mend: 'Require nothing in the schema, or give the timeout an event of its own.',
  },
  'timeout.unsupported': {
    why: 'This store can neither be asked for due sagas nor wake them, so the deadline would pass without any effect (P17).',
    mend: 'Remove "timeout", or take a store that finds due sagas.',
  },
  'value.invalid': {
    why: 'A value of this shape has no meaning at this place.',
    mend: 'Write a value of the expected shape.',
  },
  'value.missing': {
    why: 'The key is required, and it has no default.',
    mend: 'Add the key.',
  },
  'variable.invalid': {
    why: 'The variable has a value that cannot be used.',
    mend: 'Set the variable to a value of the expected shape, or leave it out for its default.',
  },
  'variable.missing': {
    why: 'The variable is required.',
    mend: 'Set the variable.',
  },
} as const

/** The stable name of a problem. */
export type ProblemCode = keyof typeof PROBLEMS
