import { expect, test } from 'vitest'
import { simulatedRuntime } from '../../../testing/simulation/simulated-runtime.ts'
import { RefusalReport } from '../../../workers/refusal-report.ts'

const REFUSED = {
  incoming: { url: '/base/event?key=secret', headers: { 'x-request-id': 'r', 'user-agent': 'u', host: 'h' } },
  route: '/event',
  waiting: 40,
  waited: 250,
} as const

function open(logLevel: 'info' | 'debug' = 'info') {
  const runtime = simulatedRuntime()
  const counted: string[] = []
  const metrics = {
    refused: (reason: string) => void counted.push(reason),
    request: ({ route, status }: { route: string; status: number }, seconds: number) =>
      void counted.push(`${route} ${status} ${seconds}`),
  }
  const lines = () =>
    runtime.logged.filter(({ level }) => level !== 'debug').map(({ code, fields }) => ({ code, ...fields }))
  return { runtime, counted, lines, report: new RefusalReport({ runtime, metrics, logLevel }) }
}

test('P16 refusals of a host are counted, and logged when they begin and when they are over', async () => {
  const { runtime, counted, lines, report } = open()
  report.admitted()
  for (let at = 0; at < 2; at++) report.refused(REFUSED)
  report.admitted()
  await runtime.advance(20_000)
  expect(counted).toEqual(['wait', '/event 503 0.25', 'wait', '/event 503 0.25'])
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

test('C7 P16 a refused request has its line at debug, like one that the app answers; none at info', () => {
  const completedAt = (level: 'info' | 'debug') => {
    const { runtime, report } = open(level)
    report.refused(REFUSED)
    return runtime.logged.filter(({ code }) => code === 'request.completed')
  }
  expect(completedAt('info')).toEqual([])
  expect(completedAt('debug')).toMatchObject([
    {
      level: 'debug',
      fields: {
        reqId: 'r',
        http: { request: { method: 'POST', userAgent: { original: 'u' } }, response: { statusCode: 503 } },
        url: { path: '/base/event' },
        host: { hostname: 'h' },
        responseTime: 250,
      },
    },
  ])
})
