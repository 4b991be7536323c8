/** A stable name of a log line: alerts and searches go by it, since words may be mended. */
export type LogCode = keyof typeof LOG_CODES

/**
 * Every line that Batuta logs: its level and its words; what changes from line to line is in its fields. The comment of a code is its meaning and its remedy: docs/LOGS.md is made of this table by
 * `npm run docs:logs`. A line that would repeat with every request is written once, then once a minute with `times`.
 */
export const LOG_CODES = {
  /** The service accepts requests at `url`; `address` is what it is bound to. */
  'service.listening': { level: 'info', words: 'listening' },
  /** SIGTERM arrived. Probes answer 503 and sources leave; requests are served for `milliseconds` more (C7). */
  'service.leaving': { level: 'info', words: 'leaving: probes answer KO, requests are still served' },
  /** A signal arrived, or the wait after SIGTERM is over. Requests under way end within `SHUTDOWN_TIMEOUT`. */
  'service.stopping': { level: 'info', words: 'stopping: no new requests, requests under way end' },
  /** Requests, sources, sends and the store ended, or `SHUTDOWN_TIMEOUT` is over. Commands without an answer stay in the outbox. */
  'service.stopped': { level: 'info', words: 'stopped' },
  /** On Node: nothing read standard output for a while, so that lines waited up to a bound of memory; `lines` further ones were dropped. Look for what reads the log, or raise `LOG_LEVEL`. */
  'log.dropped': { level: 'warn', words: 'lines of this log were dropped, since it was not read fast enough' },
  /** No `API_TOKEN` is set and the service listens on all interfaces: every client that reaches the port may create and move sagas. */
  'service.open': {
    level: 'warn',
    words: 'every route is open on all interfaces: set API_TOKEN, or HTTP_HOST to a private address',
  },
  /** saga.json or the environment is valid, but `finding`, of the kind `findingCode`, is probably a mistake. */
  'configuration.finding': { level: 'warn', words: 'the configuration is accepted, but it may hold a mistake' },
  /** Commands wait for channels, or sagas are in states, that saga.json no longer has. They wait until it has them again. */
  'configuration.unknown': {
    level: 'warn',
    words: 'saga.json lacks channels or states that stored sagas need; they wait until it has them',
  },
  /** saga.json has every channel and every state that the stored sagas need. */
  'configuration.known': { level: 'info', words: 'saga.json has every channel and state that stored sagas need again' },

  /** A request arrived. Written at the level `trace`, for all routes but probes and metrics. */
  'request.incoming': { level: 'trace', words: 'incoming request' },
  /** A request was answered. Written at the levels `debug` and `trace`, for all routes but probes and metrics. */
  'request.completed': { level: 'debug', words: 'request completed' },
  /** The store or earlier work of the saga kept a request from its answer (`why`), at once or up to the deadline; the client got 503. */
  'request.unavailable': {
    level: 'error',
    words: 'a request could not be carried out now; the client is asked to try again',
  },
  /** No request had to be refused for some seconds. */
  'request.available': { level: 'info', words: 'requests are carried out again' },
  /** A request failed for a reason outside of it (`why`); the client got 503. */
  'request.failed': { level: 'error', words: 'a request failed; the client is asked to try again' },
  /** The client closed the connection in the middle of a body, or its chunks are malformed. */
  'request.broken': { level: 'debug', words: 'a request body broke off; the request is dropped' },
  /** Requests come faster than they can be answered (`requests` in progress), in all or for one saga; further ones get 503 or 429. Or so many are `waiting` for their turn; or `connections` are open, and further ones are ended. */
  'request.overload': {
    level: 'warn',
    words: 'requests come faster than they can be answered; further ones are refused at once with Retry-After',
  },
  /** No request had to be refused for some seconds. */
  'request.admitted': { level: 'info', words: 'all requests are admitted again' },
  /** So many `requests` were in progress for more than a minute: the platform ended them without a word, for instance at its limit of CPU time. They count no more; their clients got no answer. */
  'request.lost': {
    level: 'warn',
    words: 'requests in progress were ended by the platform; their clients got no answer',
  },
  /** The bodies under way take `BODIES_LIMIT` bytes. Further requests with a body get 503 until others end. */
  'request.bodies-full': {
    level: 'warn',
    words: 'request bodies reach BODIES_LIMIT; further ones get 503 until others end',
  },

  /** The deadline of a state came and its command was sent again; so many resends are `left` before the event fires (P18). */
  'timer.resent': { level: 'debug', words: 'a deadline came: the command of the state is sent again' },
  /** A deadline came, and the command of the state cannot be sent again (`why`); the timer goes on without it. */
  'timer.resend-refused': {
    level: 'warn',
    words: 'a deadline came, but the command of the state cannot be sent again; the timer goes on',
  },
  /** A deadline came and its event has moved the saga (P18). */
  'timer.fired': { level: 'debug', words: 'a deadline came: its event has moved the saga' },
  /** A deadline came, but this machine cannot apply its event (`why`). It is tried again with each full look at the store. */
  'timer.waits': {
    level: 'error',
    words: 'a deadline came, but its event cannot be applied; it is tried again',
  },

  /** No transition of the saga's state fits the event. It is ignored, as `unexpectedEvents` says (C4.3). */
  'event.unexpected': { level: 'error', words: 'an event was not expected in the state of its saga; it is ignored' },
  /** The event came before its time, or its saga is held or in a state that saga.json lacks (`reason`). It is kept with the saga until it fits (P10). */
  'event.parked': { level: 'debug', words: 'an event is parked until its saga can take it' },
  /** The event is parked, and no state of saga.json lists it: its label is misspelt, or it is of a newer saga.json. `expected` are the events of the saga's state. Drop it: DELETE /sagas/{id}/parked/{eventId}. */
  'event.unlisted': { level: 'warn', words: 'an event is parked that no state of saga.json lists' },
  /** A parked event fitted after a move of its saga, or after the end of a hold; `state` is the one that it led to. */
  'event.taken': { level: 'debug', words: 'a parked event was taken by its saga' },
  /** No state took a parked event within `settings.parking.timeToLive`. It is a dead letter: GET /sagas/{id} shows it. */
  'event.expired': { level: 'warn', words: 'the time of a parked event is over; it is a dead letter of its saga' },
  /** The saga has reached a final state, which takes none of the events that it had parked (`labels`). */
  'event.dropped': { level: 'warn', words: 'a saga has ended; the events that it had parked are dropped' },
  /** A saga keeps as many parked events as it may. Over HTTP the client got 429; over Kafka the event is a dead letter. */
  'event.parking-full': {
    level: 'warn',
    words: 'a saga keeps as many parked events as it may; another one is not parked',
  },
  /** The event cannot be applied (`why`); the saga stays as it is. */
  'event.refused': { level: 'error', words: 'an event was refused' },
  /** The saga is in a state that this saga.json lacks. Another instance with the newer file moves it (P11). */
  'event.stranded': {
    level: 'error',
    words: 'a saga is in a state that saga.json lacks; its event stays with its source',
  },
  /** A number does not fit a double, so that a digit is lost. Later events of the label are only counted. */
  'event.inexact-number': {
    level: 'warn',
    words: 'a number was changed, because a double cannot hold it; later ones of its label are counted',
  },
  /** A record has a `header` that is to be handed on and cannot be (`reason`): a control character, or beyond the limits of one message (C3.6). */
  'event.header-left-out': {
    level: 'warn',
    words: 'a header of an event is not handed on to commands; the event is applied without it',
  },

  /** An operator's request has changed the saga: `action`, `operator` and `reason` are in its `history.operations` too (P25). */
  'operation.done': { level: 'info', words: "an operator's action on a saga was carried out" },
  /** The records of the service cannot be read from the store (`why`): pauses and bulk operations of other processes are not seen. */
  'records.unreadable': { level: 'warn', words: 'paused channels and open bulk operations cannot be read now' },
  /** The records of the service are read again. */
  'records.readable': { level: 'info', words: 'paused channels and open bulk operations are read again' },
  /** An operator has paused a channel, here or in another process: nothing is sent to it, and its commands stay owed. */
  'channel.paused': { level: 'warn', words: 'a channel is paused by an operator; its commands wait' },
  /** The pause of a channel has ended. */
  'channel.resumed': { level: 'info', words: 'a channel is resumed; its commands are sent' },
  /** A bulk operation was begun: `operation` is its id, `action` what it does to each saga that its filter finds. */
  'bulk.begun': { level: 'info', words: 'a bulk operation was begun' },
  /** A bulk operation goes on in this process after the end of another one, or after a restart: its `counts` so far are beside it. */
  'bulk.continued': { level: 'info', words: 'a bulk operation goes on where another process has left it' },
  /** A bulk operation has changed one saga. Written at the levels `debug` and `trace`. */
  'bulk.item-done': { level: 'debug', words: 'a bulk operation has changed a saga' },
  /** A bulk operation has a result for every saga, or was cancelled (`status`). `GET /operations/{id}` has the results. */
  'bulk.ended': { level: 'info', words: 'a bulk operation has ended' },
  /** A bulk operation cannot go on now (`why`), mostly because the store is away. It is tried again every few seconds. */
  'bulk.failed': { level: 'error', words: 'a bulk operation cannot go on now; it is tried again' },
  /** Bulk operations go on. */
  'bulk.resumed': { level: 'info', words: 'bulk operations go on again' },

  /** A saga was created. Written at the levels `debug` and `trace`. */
  'saga.created': { level: 'debug', words: 'a saga was created' },
  /** A saga entered `state` by the event `label`, by an operator's `operation`, or by a new name of its state (`renamedFrom`). Written at the levels `debug` and `trace`. */
  'saga.moved': { level: 'debug', words: 'a saga moved' },
  /** A participant accepted a command; `attempt` counts the answers. Written at the levels `debug` and `trace`. */
  'saga.delivered': { level: 'debug', words: 'a command of a saga was delivered' },
  /** The store knows that `commands` were delivered. Written at the levels `debug` and `trace`. */
  'saga.settled': { level: 'debug', words: 'deliveries of a saga are recorded' },
  /** A saga that was under way is missing in the store. Has the store lost data? */
  'saga.lost': { level: 'error', words: 'a saga that was not final is missing in the store; has the store lost data?' },
  /** The saga's state has another name in this saga.json (`settings.movedStates`); its history has the step. */
  'saga.renamed': { level: 'info', words: 'a saga has the new name of its state' },
  /** The beginning that the header `not-before` has put off is there: command and side effects are sent. */
  'saga.begun': { level: 'debug', words: 'a saga begins now, as its creation has asked' },
  /** The hold of a saga has ended by itself. */
  'saga.released': { level: 'info', words: 'the hold of a saga is over' },
  /** The stored data of a saga are damaged. Sweep, lists and removal skip it until it is mended by hand. */
  'saga.unreadable': {
    level: 'error',
    words: 'the stored data of a saga are damaged; sweep, lists and removal skip it',
  },
  /** A saga waits in a state that saga.json lacks. */
  'saga.unknown-state': {
    level: 'warn',
    words: 'a saga is in a state that saga.json lacks; it waits until saga.json has it',
  },
  /** Final sagas older than `settings.retention.final` were removed; `removed` counts them. */
  'saga.removed': { level: 'info', words: 'final sagas were removed' },
  /** The removal of old final sagas failed; the next look tries again. */
  'saga.not-removed': { level: 'warn', words: 'final sagas were not removed; the next look tries again' },

  /** The participant answered a command with a status that is not a success. The command stays in the outbox. */
  'command.rejected': { level: 'warn', words: 'a command was not accepted; it stays in the outbox and is sent again' },
  /** No answer from the participant. Commands stay in the outbox. */
  'command.unreachable': { level: 'warn', words: 'commands do not arrive; they stay in the outbox and are sent again' },
  /** A command is a dead letter of its saga: attempts or time are used up, or the answer allows no repeat (`why`). GET /sagas/{id} shows it. */
  'command.given-up': { level: 'error', words: 'a command was given up; it is a dead letter of its saga' },
  /** Five sends in a row to the channel had no answer. Its commands stay owed; one is tried about once a second, until it answers. */
  'channel.circuit-open': {
    level: 'warn',
    words: 'a participant is silent; its commands stay in the outbox, and one is tried at a time',
  },
  /** A participant answered, so its circuit is closed and everything that it is owed is sent. */
  'channel.circuit-closed': { level: 'info', words: 'a participant answers again; its commands are sent' },
  /** The participant answered a repeat with 409 or 410 (`why`): it has acted on an earlier send, so the command counts as delivered. */
  'command.settled': {
    level: 'info',
    words: 'a participant refused the repeat of a command that it has had; the command counts as delivered',
  },
  /** The participant accepts commands again: `over` is the code of the trouble and `kind` its kind, `times` the number of commands; the fields of a command are those of the first one that was accepted. */
  'command.delivered': { level: 'info', words: 'commands are accepted again' },
  /** The hook of a command failed (`why`), so there is no message to send. The saga moved; the command is one of its dead letters. */
  'command.hook-failed': {
    level: 'error',
    words: 'the hook of a command failed; the saga moved, the command is a dead letter',
  },
  /** A command waits for a channel that saga.json lacks. */
  'command.unknown-channel': { level: 'warn', words: 'a command waits for a channel that saga.json lacks' },
  /** The result of a send could not be written to the store. The command is sent again, with the same idempotency key. */
  'command.not-recorded': { level: 'warn', words: 'the result of a send was not recorded; the command is sent again' },
  /** Results of sends are recorded again. */
  'command.recorded': { level: 'info', words: 'results of sends are recorded again' },
  /** A side effect was not accepted. Side effects are sent once. */
  'side-effect.rejected': { level: 'warn', words: 'a side effect was not accepted; it is not sent again' },
  /** Side effects are accepted again. */
  'side-effect.delivered': { level: 'info', words: 'side effects are accepted again' },

  /** The hook of a side effect failed (`why`), so there is no message to send. */
  'side-effect.hook-failed': { level: 'error', words: 'the hook of a side effect failed; it is not sent' },
  /** A hook ran for `milliseconds`. Hooks run on the thread of events, so every saga of the process waited. */
  'hook.slow': { level: 'warn', words: 'a hook is slow; every saga of the process waits for it' },

  /** A listener of the step feed threw (`why`). It is logged once for each listener, which goes on getting steps. */
  'feed.listener-failed': { level: 'error', words: 'a listener of saved steps failed; it goes on listening' },

  /** The store does not answer. No event is taken in until it does; requests get 503. */
  'store.away': { level: 'error', words: 'the store does not answer; intake of events paused' },
  /** The store answers again. */
  'store.back': { level: 'info', words: 'the store answers; intake of events resumed' },
  /** The store cannot be queried for due commands, so a client without an answer must repeat its request (P17). */
  'store.no-query': {
    level: 'info',
    words:
      'the store cannot list due commands: an answer follows the delivery of its commands, and a client without one must repeat its request',
  },
  /** The store is empty, although events were acknowledged before. Is it the right database, collection or prefix? */
  'store.empty': {
    level: 'warn',
    words: 'the store is empty, but events were acknowledged before; is it the right database, collection or prefix?',
  },
  /** The sagas of the store at the start: `sagas` that are not final by state; sagas that owe commands (`owing`), with the time of the oldest debt, and those with dead letters, parked events, timers and holds. `isWhole: false`: counted within five seconds, as far as it was possible. */
  'store.counted': { level: 'info', words: 'sagas in the store' },
  /** Emptiness of the store could not be determined at start. */
  'store.emptiness-unknown': { level: 'debug', words: 'the check for a lost store failed' },
  /** The database file was removed, moved or replaced under the running service; requests for sagas get 503. Do not restart before the file is safe: a removed one exists only until the process ends (PERSISTENCY.md, "If the file is moved or removed"). */
  'store.replaced': {
    level: 'error',
    words:
      'the database file was removed, moved or replaced while open; requests get 503. Save the open file before a restart',
  },
  /** Every user of the machine may remove or replace the database file: its folder is writable by all (`why`). */
  'store.exposed': { level: 'warn', words: 'other users may remove or replace the database file' },
  /** The schema of the database file is brought up to date. At a million sagas this takes some seconds. */
  'store.migrating': { level: 'info', words: 'the database is migrated to a newer schema' },
  /** A setting of the Redis server can lose sagas; `finding` names it and the setting expected. */
  'store.setting': { level: 'warn', words: 'a setting of the store can lose sagas' },
  /** An index could not be made. Sweep and lists are slow without it. */
  'store.no-index': { level: 'warn', words: 'an index could not be made; sweep and lists are slow without it' },

  /** The sweep failed (`why`) and runs again. */
  'sweep.failed': { level: 'warn', words: 'the sweep failed; it runs again' },
  /** The sweep works again. */
  'sweep.resumed': { level: 'info', words: 'the sweep works again' },
  /** The wall clock was set by `milliseconds`; due work is read anew. */
  'clock.set': { level: 'warn', words: 'the wall clock was set; due work is read anew' },
  /** This machine's clock and the store's differ by more than 5 s. No lease is taken over until they agree (P23). */
  'clock.differs': { level: 'error', words: "clock differs from the store's by more than 5 s; recovery paused" },
  /** The clocks agree again. */
  'clock.agrees': { level: 'info', words: "clock agrees with the store's again; recovery resumed" },

  /** The Durable Object of a saga did not answer; the client got 503. */
  'object.unreachable': {
    level: 'error',
    words: 'the object of a saga did not answer; the client is asked to try again',
  },
  /** The folder of objects could not be searched for a saga; the client got 503. */
  'object.search-failed': {
    level: 'error',
    words: 'the search for the object of a saga failed; the client is asked to try again',
  },
  /** Three quarters of the file descriptors are open. Requests that need another object get 503; raise `ulimit -n`. */
  'object.no-descriptors': { level: 'warn', words: 'no further object can be woken; requests get 503' },
  /** An object's alarm failed; it rings again in a minute. */
  'object.alarm-failed': { level: 'error', words: 'an alarm failed; it rings again in a minute' },

  /** The consumer joined its group; `partitions` are its own. */
  'kafka.joined': { level: 'info', words: 'joined the consumer group' },
  /** The consumer lost its connection or its membership (`why`). It joins again, unless the fault is one of rights or settings at start. */
  'kafka.consumer-ended': { level: 'error', words: 'the consumer ended; it joins again if the fault may pass' },
  /** The consumer met a batch that it cannot unpack (`why`). Move the offset of the group behind it, then restart the service. */
  'kafka.consumer-down': { level: 'error', words: 'the consumer ended for good: a batch cannot be read' },
  /** The brokers do not answer; a connection is tried again and again. */
  'kafka.brokers-away': { level: 'warn', words: 'the Kafka brokers do not answer; the connection is tried again' },
  /** Records expired before they were read: their events are lost. Is the topic's retention too short? */
  'kafka.records-expired': { level: 'error', words: 'records expired before they were read; their events are lost' },
  /** A check for expired records failed. */
  'kafka.expiry-unknown': { level: 'debug', words: 'the check for expired records failed' },
  /** The lag of the consumer group cannot be read (`why`), for a minute and a half by now. Until then it is at level debug. */
  'kafka.lag-unknown': { level: 'warn', words: 'the lag could not be read; it is asked for again' },
  /** The lag can be read again. */
  'kafka.lag-known': { level: 'info', words: 'the lag is read again' },
  /** For a minute and a half, over all joins, no event was taken in, and the brokers have not shown that none waits (`why`). `/-/ready` is 503 until one of the two comes. */
  'kafka.standstill': {
    level: 'warn',
    words: 'the consumer takes in no event, and it is not known that none waits',
  },
  /** The consumer takes in events again, or the brokers have shown that none waits. */
  'kafka.standstill-over': { level: 'info', words: 'the consumer gets on again' },
  /** Offsets were not committed (`why`); the next commit has them. */
  'kafka.not-committed': { level: 'warn', words: 'offsets were not committed; the next commit has them' },
  /** An event cannot be written to the store. Its partition waits and is read again from its offset; others go on. */
  'kafka.partition-waits': { level: 'error', words: 'an event cannot be written; its partition waits' },
  /** A record holds no event of a saga, or its event cannot be handled (`reason`). It goes to the dead-letter topic where one is configured; otherwise it is skipped. */
  'kafka.poison': {
    level: 'error',
    words: 'a record cannot be handled; it goes to the dead-letter topic, or is skipped without one',
  },
  /** A dead letter had to leave out parts of its record (`changed`). */
  'kafka.dead-letter-changed': { level: 'warn', words: 'a dead letter lacks parts of its record' },
  /** A record did not get into the dead-letter topic (`why`); its partition waits. Further failures of the outage are at level debug. */
  'kafka.dead-letter-failed': {
    level: 'warn',
    words: 'a record did not get into the dead-letter topic; it is tried again',
  },
  /** The dead-letter topic accepts records again. */
  'kafka.dead-letter-resumed': { level: 'info', words: 'the dead-letter topic accepts records again' },
  /** The group has another member, and the store is this process's own. It may be a predecessor that was killed (P22). */
  'kafka.other-member': {
    level: 'warn',
    words: 'the group has another member; it may be a predecessor that was killed',
  },
  /** The members of the group could not be read; intake waits (P22). */
  'kafka.members-unknown': {
    level: 'warn',
    words: 'the members of the group could not be read; they are asked for again',
  },
  /** Another member has partitions, and the store is this process's own. No event is taken in until it leaves (P22). */
  'kafka.divided': { level: 'error', words: 'another member has partitions of the group; intake of events paused' },
  /** This process is the group's only member again. */
  'kafka.alone': { level: 'info', words: 'this process is the only member of its group; intake of events resumed' },
  /** A line of kafkajs itself, in `said` and `error`. */
  'kafka.library': { level: 'debug', words: 'kafkajs' },
} as const
