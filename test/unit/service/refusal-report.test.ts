import { expect, test } from 'vitest'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { RefusalReport } from '../../../workers/refusal-report.ts'

function open() {
  const runtime = simulatedRuntime()
  const counted: string[] = []
  const metrics = {
    refused: (reason: string) => void counted.push(reason),
    request: ({ route, status }: { route: string; status: number }) => void counted.push(`${route} ${status}`),
  }
  const lines = () =>
    runtime.logged.filter(({ level }) => level !== 'debug').map(({ code, fields }) => ({ code, ...fields }))
  return { runtime, counted, lines, report: new RefusalReport(runtime, metrics) }
}

test('P16 refusals of a host are counted, and logged when they begin and when they are over', async () => {
  const { runtime, counted, lines, report } = open()
  report.admitted()
  for (let at = 0; at < 2; at++) report.refused('/event', 40)
  report.admitted()
  await runtime.advance(20_000)
  expect(counted).toEqual(['wait', '/event 503', 'wait', '/event 503'])
  expect(lines()).toMatchObject([
    { code: 'request.overload', waiting: 40 },
    { code: 'request.admitted', kind: 'turns', times: 2 },
  ])
})

test('P16 so are connections that were ended: their end is a connection that is kept', async () => {
  const { runtime, counted, lines, report } = open()
  const { dropped, accepted } = report.connections(7)
  for (const call of [accepted, dropped, dropped, accepted]) call()
  await runtime.advance(20_000)
  expect(counted).toEqual(['connections', 'connections'])
  expect(lines()).toMatchObject([
    { code: 'request.overload', connections: 7 },
    { code: 'request.admitted', kind: 'connections', times: 2 },
  ])
})
