import { compile } from '../../../src/machine/compile.ts'
import { mergeFirstLevel } from '../../../src/engine/merge.ts'
import type { CorridorParts } from '../../../src/orchestrator/corridor-parts.ts'
import { CommandHooks } from '../../../src/orchestrator/hooks/command-hooks.ts'
import { HookWatch } from '../../../src/orchestrator/hooks/hook-watch.ts'
import { HeadCache } from '../../../src/orchestrator/events/head-cache.ts'
import { IdleLeases } from '../../../src/orchestrator/sending/idle-leases.ts'
import { Incidents } from '../../../src/orchestrator/incidents.ts'
import { Ledger } from '../../../src/orchestrator/events/ledger.ts'
import { Mailbox } from '../../../src/orchestrator/mailbox.ts'
import { Redelivery } from '../../../src/orchestrator/recovery/redelivery.ts'
import { Relay } from '../../../src/orchestrator/sending/relay.ts'
import { Claims } from '../../../src/orchestrator/sending/claims.ts'
import { DebtLeases, leaseOf } from '../../../src/orchestrator/sending/debt-leases.ts'
import { Sender } from '../../../src/orchestrator/sending/sender.ts'
import { Settlements } from '../../../src/orchestrator/sending/settlements.ts'
import { StepFeed } from '../../../src/orchestrator/events/step-feed.ts'
import { fakeChannel } from '../../fakes/channel.ts'
import type { FakeChannel } from '../../fakes/channel.ts'
import { fakeMetrics } from '../../fakes/metrics.ts'
import { fakeStore } from '../../fakes/store.ts'
import type { FakeStore } from '../../fakes/store.ts'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import type { SimulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'

const MACHINE = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'pay', channel: 'bank' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'shipping' }],
    },
    {
      id: 'shipping',
      isFinal: false,
      outputCommand: { label: 'ship', channel: 'shop' },
      outgoingTransitions: [{ inputEvent: 'shipped', targetState: 'done' }],
    },
    { id: 'done', isFinal: true, sideEffects: [{ label: 'thank', channel: 'shop' }] },
  ],
}

/** The parts of a corridor without an orchestrator, so that a test decides what one turn does. */
export interface CorridorBench {
  readonly parts: CorridorParts
  readonly store: FakeStore
  readonly mailbox: Mailbox
  readonly redelivery: Redelivery
  readonly runtime: SimulatedRuntime
  readonly bank: FakeChannel
  readonly shop: FakeChannel
}

/** `isRedelivered`: requests wait for their commands (P17). */
export function corridorBench({ isRedelivered = false } = {}): CorridorBench {
  const [runtime, metrics, mailbox, store] = [simulatedRuntime(), fakeMetrics(), new Mailbox(), fakeStore()]
  const [bank, shop] = [fakeChannel('bank'), fakeChannel('shop')]
  const channels = new Map([bank, shop].map((channel) => [channel.id, channel]))
  const machine = compile(MACHINE, { merge: mergeFirstLevel, leaseOf: (id) => leaseOf(channels.get(id)) })
  const ledger = new Ledger({ persistency: store, heads: new HeadCache(1_000_000), runtime, metrics })
  const [leases, incidents] = [new IdleLeases(100), new Incidents(runtime)]
  const settlements = new Settlements({ ledger, mailbox, runtime, settleAfter: 1_000, atOnce: 64 })
  const relay = new Relay({
    channels,
    runtime,
    metrics,
    incidents,
    queue: { commands: 100, bytes: 1_000_000 },
    sendsAtOnce: 10,
    concluded: ({ command }, { kind }) =>
      kind === 'delivered' ? settlements.delivered({ command, attempts: 0 }) : undefined,
    dropped: () => undefined,
  })
  const debtLeases = new DebtLeases({ relay, runtime, channels, shared: true, leases })
  const sending = { relay, settlements, runtime, channels, incidents, debtLeases }
  const sender = new Sender({ ...sending, shared: true, leases })
  const claims = new Claims({ ...sending, ledger, sender, metrics })
  const redelivery = new Redelivery({
    persistency: store,
    ledger,
    mailbox,
    relay,
    settlements,
    claims,
    debtLeases,
    channels,
    runtime,
  })
  const feed = new StepFeed(runtime.log)
  const watch = new HookWatch({ runtime, metrics, incidents })
  const hooks = new CommandHooks({ machine, runtime, metrics, watch })
  const common = {
    machine,
    persistency: store,
    ledger,
    settlements,
    sender,
    debtLeases,
    feed,
    runtime,
    metrics,
    incidents,
    hooks,
    parking: { limit: 2, timeToLive: 60_000 },
  }
  const parts: CorridorParts = isRedelivered ? { ...common, redelivery } : common
  return { parts, store, mailbox, redelivery, runtime, bank, shop }
}
