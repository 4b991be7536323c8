import { expect, test } from 'vitest'
import { DueTimers, observers } from '../../../../src/orchestrator/timers/due-timers.ts'
import { birth } from '../../../../testing/contract/build.ts'
import { simulatedRuntime } from '../../../../testing/simulation/simulated-runtime.ts'
import { fakeMetrics } from '../../../fakes/metrics.ts'

test('P18 C7 a full scan counts the deadlines that passed ten seconds ago, those of held sagas apart', () => {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const scan = observers(new DueTimers(runtime, metrics))
  const sagaWith = (deadline: number) => birth({ timer: { step: 0, deadline, resends: 0 } }).next
  const now = runtime.wallClock()
  const read = (...deadlines: readonly number[]) => {
    scan.scanBegins()
    for (const deadline of deadlines) scan.scanned(sagaWith(deadline))
    scan.scanned({ ...sagaWith(now - 60_000), hold: { since: now } })
    scan.scanned(birth().next)
    scan.scanEnds()
  }
  read(now - 10_001, now - 60_000, now - 9_000, now + 1)
  read()
  expect(metrics.lines).toEqual(['due timers 2', 'due timers 0'])
})

test('P18 C7 a scan that begins anew, as after a clock was set, does not count the sagas of the one before', () => {
  const [runtime, metrics] = [simulatedRuntime(), fakeMetrics()]
  const scan = observers(new DueTimers(runtime, metrics), new DueTimers(runtime, metrics))
  const late = birth({ timer: { step: 0, deadline: runtime.wallClock() - 60_000, resends: 0 } }).next
  for (let pass = 0; pass < 2; pass++) {
    scan.scanBegins()
    scan.scanned(late)
  }
  scan.scanEnds()
  expect(metrics.lines).toEqual(['due timers 1', 'due timers 1'])
})
