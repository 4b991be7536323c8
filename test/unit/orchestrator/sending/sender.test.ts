import { expect, test } from 'vitest'
import { timelessMemory } from '../../../fakes/timeless-memory.ts'
import { begin, decide } from '../../../../src/engine/decide.ts'
import { mergeFirstLevel } from '../../../../src/engine/merge.ts'
import { compile } from '../../../../src/machine/compile.ts'
import { Settlements } from '../../../../src/orchestrator/sending/settlements.ts'
import { HeadCache } from '../../../../src/orchestrator/events/head-cache.ts'
import { IdleLeases } from '../../../../src/orchestrator/sending/idle-leases.ts'
import { Ledger } from '../../../../src/orchestrator/events/ledger.ts'
import { Mailbox } from '../../../../src/orchestrator/mailbox.ts'
import { Relay } from '../../../../src/orchestrator/sending/relay.ts'
import { Claims } from '../../../../src/orchestrator/sending/claims.ts'
import { DebtLeases, leaseOf } from '../../../../src/orchestrator/sending/debt-leases.ts'
import { Sender } from '../../../../src/orchestrator/sending/sender.ts'
import { Incidents } from '../../../../src/orchestrator/incidents.ts'
import { fakeChannel } from '../../../fakes/channel.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'

const DEFINITION = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      outputCommand: { label: 'pay', channel: 'bank' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'shipping' }],
    },
    { id: 'shipping', isFinal: false, outputCommand: { label: 'ship', channel: 'shop' } },
  ],
}

/** A sender whose channel `bank` has one place, which is taken, and no queue. */
function crowded() {
  const [runtime, metrics, mailbox] = [simulatedRuntime(), fakeMetrics(), new Mailbox()]
  const [bank, shop] = [fakeChannel('bank'), fakeChannel('shop')]
  const channels = new Map([bank, shop].map((channel) => [channel.id, channel]))
  const ledger = new Ledger({ persistency: timelessMemory(), heads: new HeadCache(0), runtime, metrics })
  const [leases, incidents] = [new IdleLeases(100), new Incidents(runtime)]
  const settlements = new Settlements({ ledger, mailbox, runtime, settleAfter: 1_000, atOnce: 64 })
  const queue = { commands: 0, bytes: 1_000_000 }
  const relay = new Relay({
    channels,
    runtime,
    metrics,
    incidents,
    queue,
    sendsAtOnce: 1,
    concluded: () => undefined,
    dropped: () => undefined,
  })
  const command = { id: 'x/0/0', sagaId: 'x', label: 'pay', channel: 'bank', payload: {} }
  relay.offer({ command, kind: 'command', attempts: 0, expires: 1_000_000 })
  const machine = compile(DEFINITION, { merge: mergeFirstLevel, leaseOf: (id) => leaseOf(channels.get(id)) })
  const debtLeases = new DebtLeases({ relay, runtime, channels, shared: true, leases })
  const common = { relay, settlements, runtime, channels, incidents, debtLeases }
  const sender = new Sender({ ...common, shared: true, leases })
  const claims = new Claims({ ...common, ledger, sender, metrics })
  return { runtime, bank, shop, ledger, machine, sender, claims }
}

test('P13 a claim without capacity is no start: a later command on a free channel waits for it', async () => {
  const { runtime, bank, shop, ledger, machine, sender, claims } = crowded()
  const creation = { id: 's', eventId: 'e', entity: '', metadata: {} }
  const first = begin(machine, creation, runtime.wallClock())
  await ledger.commit('absent', ledger.change('s', { step: first }), 0)
  await runtime.advance(leaseOf(bank))

  const leased = await ledger.read('s')
  if (leased === undefined) throw new Error('the saga was not created')
  expect(await claims.claim(leased)).toMatchObject({ kind: 'written' })
  expect(bank.ids).toEqual(['x/0/0'])

  const claimed = await ledger.read('s')
  if (claimed === undefined) throw new Error('the saga is gone')
  const paid = { id: 'key/1', sagaId: 's', label: 'paid', payload: {} }
  const decision = decide(machine, { saga: claimed.saga, event: paid, now: runtime.wallClock() })
  if (decision.kind !== 'moved') throw new Error(`decide: ${decision.kind}`)
  const committed = await ledger.commit(claimed, ledger.change('s', { step: decision.step }), 0)
  if (committed.kind !== 'saved') throw new Error(`commit: ${committed.kind}`)
  sender.dispatch(committed.loaded.saga, decision.step)
  expect(shop.ids).toEqual([])
})
