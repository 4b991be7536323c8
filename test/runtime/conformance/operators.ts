import { expect, test } from 'vitest'
import { eventually } from '../../services/client.ts'
import { openRaw } from '../../services/raw.ts'
import type { RawAnswer } from '../../services/raw.ts'
import type { RunningWorker } from './stage.ts'

const TEXT = 'Zoë: 100 % übel 🦄'
const NAMED = {
  'x-operator': encodeURIComponent('Søren, Ops'),
  'x-reason': encodeURIComponent(TEXT),
  'idempotency-key': encodeURIComponent('op/100% ü🦄'),
}

/** The headers of operators' actions, which runtimes decode differently (P25). */
export function operators(stage: () => RunningWorker): void {
  const silent = () => stage().participant.behaves(() => ({}))
  /** A request as bytes, one character a byte. */
  async function post(path: string, head: readonly string[], body = ''): Promise<RawAnswer> {
    const client = await openRaw(stage().worker.port)
    try {
      client.write(Buffer.from([`POST ${path} HTTP/1.1`, 'Host: x', ...head, '', body].join('\r\n'), 'latin1'))
      return await eventually(() => client.answer)
    } finally {
      client.close()
    }
  }

  test('P25 x-operator, x-reason and idempotency-key are percent-encoded UTF-8, and a repeat changes nothing', async () => {
    silent()
    const id = await stage().create()
    const path = `/sagas/${id}/hold`
    const hold = () => stage().call(path, { method: 'POST', headers: NAMED })
    expect([(await hold()).json, (await hold()).json]).toMatchObject([{ outcome: 'done' }, { outcome: 'repeated' }])
    const { history } = await stage().document(id)
    expect(history.operations).toMatchObject([
      { id: 'key/op/100% ü🦄', action: 'hold', operator: 'Søren, Ops', reason: TEXT },
    ])
  })

  test.each([
    ['x-reason', 'Zo\u00EB'],
    ['x-reason', 'Zo\u00C3\u00AB'],
    ['x-reason', '100%'],
    ['x-operator', '%C3'],
    ['x-operator', 'Zo\u00EB'],
    ['idempotency-key', 'Zo\u00EB'],
  ])('P25 the header %s with %j is 400, and nothing is done', async (name, value) => {
    silent()
    const id = await stage().create()
    const headers = { 'x-reason': 'test', 'content-length': '0', [name]: value }
    const head = Object.entries(headers).map(([key, text]) => `${key}: ${text}`)
    expect((await post(`/sagas/${id}/hold`, head)).status).toBe(400)
    expect((await stage().call(`/sagas/${id}`)).json).not.toHaveProperty('hold')
  })

  test('P25 redeliver takes an empty body in chunks without a type', async () => {
    silent()
    const id = await stage().create()
    await stage().commands(id)
    const head = ['x-reason: test', 'Transfer-Encoding: chunked']
    const empty = await post(`/sagas/${id}/redeliver`, head, '0\r\n\r\n')
    expect([200, 409]).toContain(empty.status)
    expect((await post(`/sagas/${id}/redeliver`, head, '2\r\n{}\r\n0\r\n\r\n')).status).toBe(415)
  })
}
