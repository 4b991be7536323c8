import { describe, expect, test } from 'vitest'
import type { Debt, Saga } from '../../../../src/engine/saga.ts'
import type { Incident } from '../../../../src/orchestrator/incidents.ts'
import { UnknownReferences } from '../../../../src/orchestrator/observability/unknown-references.ts'
import type { Capabilities, ListQuery, Page } from '../../../../src/ports/persistency.ts'
import { MACHINE } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'

const KNOWN = [...MACHINE.states.keys()][0] ?? ''

function sagaOf(state: string, channels: readonly string[] = [], rest: Partial<Saga> = {}): Saga {
  const owed = channels.map((channel) => ({ channel }) as Debt)
  return { id: 's1', state, owed, isFinal: false, ...rest } as Saga
}

interface SceneOptions {
  readonly pages?: readonly (readonly Saga[])[]
  readonly shared?: boolean
  readonly counts?: Capabilities['counts']
  readonly isCatchingUp?: () => boolean
  /** Milliseconds of a read. */
  readonly takes?: number
}

/** References over a list of pages; the channel `bank` is known. */
function scene({
  pages = [[]],
  shared = false,
  counts = false,
  isCatchingUp = () => false,
  takes = 0,
}: SceneOptions = {}) {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const reads: number[] = []
  let fails = false
  const page = async ({ after }: ListQuery): Promise<Page> => {
    reads.push(runtime.monotonic())
    if (takes > 0) await new Promise<void>((resolve) => runtime.after(takes, resolve))
    if (fails) throw new Error('no answer')
    const at = Number(after?.id ?? 0)
    const next = at + 1 < pages.length ? { createdAt: 0, id: String(at + 1) } : undefined
    return { items: pages[at] ?? [], next }
  }
  const references = new UnknownReferences({
    machine: MACHINE,
    channels: { has: (id) => id === 'bank' },
    can: { list: { page }, counts },
    isCatchingUp,
    shared,
    runtime,
    metrics,
  })
  const lines = () => runtime.logged.map(({ code, fields }) => ({ code, ...fields }))
  return { runtime, metrics, references, reads, lines, fail: (yes: boolean) => void (fails = yes) }
}

/** A full scan of recovery that reads these sagas. */
function scan(references: UnknownReferences, sagas: readonly Saga[]): void {
  references.scanBegins()
  for (const saga of sagas) references.scanned(saga)
  references.scanEnds()
}

const FINAL = { isFinal: true }

describe('I9 what the configuration lacks', () => {
  test('I9 the first line waits for the list and for a full scan, and counts what is unknown alone', async () => {
    const sagas = [sagaOf(KNOWN, ['bank', 'gone', 'gone']), sagaOf('once', ['bank'])]
    const { runtime, metrics, references, lines } = scene({ pages: [sagas] })
    references.start()
    await runtime.settle()
    expect([lines(), metrics.lines]).toEqual([[], []])
    scan(references, [sagaOf(KNOWN, ['gone', 'bank'], FINAL), sagaOf(KNOWN, ['gone'])])
    expect(metrics.lines).toEqual(['unknown channel gone 3', 'unknown state once 1'])
    expect(lines()).toEqual([
      { code: 'configuration.unknown', commandsByChannel: { gone: 3 }, sagasByState: { once: 1 } },
    ])
    references.stop()
    expect(runtime.timers).toBe(0)
  })

  test('I9 where no full scan comes, the second list is enough', async () => {
    const { runtime, references, lines } = scene({ pages: [[sagaOf('once')]] })
    references.start()
    await runtime.advance(60_000)
    expect(lines()).toHaveLength(1)
    references.stop()
  })

  test('I9 a scan that was given up in the middle counts for nothing', async () => {
    const { runtime, metrics, references } = scene()
    references.start()
    await runtime.settle()
    references.scanBegins()
    references.scanned(sagaOf(KNOWN, ['gone'], FINAL))
    scan(references, [sagaOf(KNOWN, ['gone'], FINAL)])
    expect(metrics.lines).toEqual(['unknown channel gone 1'])
    references.stop()
  })

  test('I9 a store that counts has the unknown states, and the known ones are none of them', async () => {
    const none = { total: 0, owed: 0, deadLetters: 0, parked: 0, timers: 0, held: 0 }
    const count = async () => [
      { ...none, state: KNOWN, total: 5 },
      { ...none, state: 'once', total: 7 },
    ]
    const { runtime, metrics, references } = scene({ pages: [[sagaOf('once', ['gone'])]], counts: { count } })
    references.start()
    await runtime.settle()
    scan(references, [])
    expect(metrics.lines).toEqual(['unknown channel gone 1', 'unknown state once 7'])
    references.stop()
  })
})

describe('I9 how often it is counted', () => {
  test('I9 once where nothing is unknown and no other process writes', async () => {
    const { runtime, references, reads } = scene()
    references.start()
    await runtime.advance(3_600_000)
    expect([reads.length, runtime.timers]).toEqual([1, 0])
  })

  test('I9 every ten minutes where other processes write, every minute while something is unknown', async () => {
    const clean = scene({ shared: true })
    clean.references.start()
    await clean.runtime.advance(1_200_000)
    expect(clean.reads).toEqual([0, 600_000, 1_200_000])
    const unknown = scene({ pages: [[sagaOf('once')]] })
    unknown.references.start()
    await unknown.runtime.advance(120_000)
    expect(unknown.reads).toEqual([0, 60_000, 120_000])
    for (const { references } of [clean, unknown]) references.stop()
  })

  test('I9 a list that fails is begun again a minute later, and publishes nothing', async () => {
    const { runtime, metrics, references, reads, lines, fail } = scene({ pages: [[sagaOf('once')]] })
    fail(true)
    references.start()
    await runtime.settle()
    scan(references, [])
    expect([metrics.lines, lines()]).toEqual([[], []])
    fail(false)
    await runtime.advance(60_000)
    expect([reads, metrics.lines]).toEqual([[0, 60_000], ['unknown state once 1']])
    references.stop()
  })

  test('I9 pages are four times their own time apart, or a second while recovery works off a backlog', async () => {
    const pages = [[], [], []]
    const slow = scene({ pages, takes: 100 })
    slow.references.start()
    await slow.runtime.advance(10_000)
    expect(slow.reads).toEqual([0, 500, 1_000])
    let isCatchingUp = true
    const late = scene({ pages, isCatchingUp: () => isCatchingUp })
    late.references.start()
    await late.runtime.advance(1_000)
    isCatchingUp = false
    await late.runtime.advance(1_001)
    expect(late.reads).toEqual([0, 1_000, 2_000])
  })

  test('I9 a backlog is waited for during a minute, not longer', async () => {
    const pages = Array.from({ length: 100 }, () => [])
    const { runtime, references, reads } = scene({ pages, isCatchingUp: () => true })
    references.start()
    await runtime.advance(60_000 + 50)
    expect(reads.slice(0, 61)).toEqual(Array.from({ length: 61 }, (_, at) => at * 1_000))
    expect(reads).toHaveLength(100)
  })
})

describe('P19 sagas with alarms of their own', () => {
  test('P19 each unknown channel, and an unknown state, is an incident with its saga', () => {
    const { references } = scene()
    const incidents: Incident[] = []
    const report = (incident: Incident) => void incidents.push(incident)
    references.woken(sagaOf('once', ['bank', 'gone', 'away']), { report })
    references.woken(sagaOf(KNOWN, ['bank']), { report })
    const group = 'unknown references'
    expect(incidents).toEqual([
      { code: 'command.unknown-channel', group, kind: 'channel gone', fields: { saga: 's1', channel: 'gone' } },
      { code: 'command.unknown-channel', group, kind: 'channel away', fields: { saga: 's1', channel: 'away' } },
      { code: 'saga.unknown-state', group, kind: 'state once', fields: { saga: 's1', state: 'once' } },
    ])
  })
})
