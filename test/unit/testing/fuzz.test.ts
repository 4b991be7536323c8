import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { openFuzzedService } from '../../../scripts/fuzz/http-service.ts'
import { fuzzHttp } from '../../../testing/fuzz/http.ts'
import type { FuzzedService } from '../../../testing/fuzz/http.ts'

const log = () => undefined

describe('C7 the HTTP door under fuzz', () => {
  test(
    'C7 generated requests are answered in their shape and in time, and harm nothing',
    { timeout: 120_000 },
    async () => {
      const { inputs, outcomes, failures } = await fuzzHttp({ inputs: 3_000, seed: 12, log, open: openFuzzedService })
      expect(failures).toEqual([])
      expect(inputs).toBe(3_000)
      expect(outcomes['POST 200']).toBeGreaterThan(200) // a fuzz that never gets in tests the refusals only
      expect(outcomes['POST 400']).toBeGreaterThan(200)
    },
  )

  type Answer = (request: Request, service: FuzzedService) => Promise<Response>
  const PLANTED: readonly (readonly [string, Answer, RegExp])[] = [
    ['an error of the server', async () => Response.json({}, { status: 500 }), /the answer is 500/],
    ['an answer without a body', async () => new Response(null, { status: 400 }), /the answer is no JSON/],
    [
      'a problem of another shape',
      async () => Response.json({ statusCode: 400, why: 'x' }, { status: 400 }),
      /no problem/,
    ],
    ['a prototype that was polluted', polluting, /Object.prototype has the key "polluted"/],
    ['an answer that takes long each time', late, /the answer took \d+ ms/],
  ]

  test.each(PLANTED)('is found: %s', { timeout: 60_000 }, async (_, answer, complaint) => {
    const open = async (): Promise<FuzzedService> => {
      const service = await openFuzzedService()
      const isGood = (request: Request) => request.headers.get('idempotency-key')?.startsWith('good') === true
      return { ...service, fetch: (request) => (isGood(request) ? service.fetch(request) : answer(request, service)) }
    }
    const { failures } = await fuzzHttp({ inputs: 1, seed: 1, log, open })
    expect(failures[0]).toMatch(complaint)
  })

  test('is found: a service that takes no good event any more', async () => {
    const open = async () => ({ ...(await openFuzzedService()), labels: ['checkOK'] })
    await expect(fuzzHttp({ inputs: 1, seed: 1, log, open })).rejects.toThrow('a good event has the outcome unexpected')
  })
})

async function polluting(request: Request, service: FuzzedService): Promise<Response> {
  const answer = await service.fetch(request)
  Object.assign(Object.prototype, { polluted: true })
  return answer
}

async function late(request: Request, service: FuzzedService): Promise<Response> {
  const spent = () => Object.values(process.cpuUsage()).reduce((sum, one) => sum + one, 0)
  for (const begun = spent(); spent() - begun < 400_000;);
  return service.fetch(request)
}
