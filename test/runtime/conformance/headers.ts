import { expect, test } from 'vitest'
import { eventually } from '../../services/client.ts'
import { openRaw } from '../../services/raw.ts'
import type { RawAnswer } from '../../services/raw.ts'
import type { SagaFile } from '../../services/reservation.ts'
import { handedOn } from './bytes.ts'
import type { RunningWorker, RunningWorkerOptions } from './stage.ts'
import type { TestedRuntime } from './tested.ts'

const MANY = Array.from({ length: 101 }, (_, at) => `x-many-${at}`)

/** The options of a worker whose headers these tests send. */
export const HEADERS_SET: RunningWorkerOptions = {
  edit: ({ communicationProtocols: [channel] }: SagaFile) => {
    Object.assign(channel?.configurations ?? {}, { headers: { 'X-Team': 'ours' } })
  },
  environment: {
    USERID_HEADER_KEY: 'X-User',
    ADDITIONAL_HEADERS_TO_PROXY: ['authorization', 'x-team', 'content-length', ...MANY].join(),
  },
}

const bytes = (text: string) => Buffer.from(text).toString('latin1')

/** Headers handed on from a request to the commands of its step. */
export function handedOnHeaders(tested: TestedRuntime, stage: () => RunningWorker): void {
  const silent = () => stage().participant.behaves(() => ({}))

  /** `head`: lines as they are sent, one character a byte. */
  async function post(path: string, head: readonly string[], body: object): Promise<RawAnswer> {
    const json = JSON.stringify(body)
    const lines = [
      `POST ${path} HTTP/1.1`,
      'Host: x',
      'Content-Type: application/json',
      `Content-Length: ${json.length}`,
    ]
    const client = await openRaw(stage().worker.port)
    try {
      client.write(Buffer.from([...lines, ...head, '', json].join('\r\n'), 'latin1'))
      return await eventually(() => client.answer)
    } finally {
      client.close()
    }
  }
  const create = (head: readonly string[]) => post('/saga', head, { associatedEntityId: null, metadata: {} })
  const idOf = ({ body }: RawAnswer) => (JSON.parse(body) as { sagaId: string }).sagaId

  test('C3.6 named headers go on to the command of their step byte by byte, and no other header does', async () => {
    silent()
    const id = idOf(
      await create([
        `X-USER:  ${bytes('Zoë "1", {"a":\t2}')}  `,
        'X-Forwarded-For: 10.0.0.1',
        'x-forwarded-for: 10.0.0.2',
        'authorization: Bearer t',
        'x-team: theirs',
        'isbackoffice:',
        'miauserid: not named',
        'cookie: a=b',
        'x-other: no',
      ]),
    )
    const value = { messageLabel: 'validationOK', messagePayload: null }
    expect((await post('/event', ['miausergroups: g', 'x-other: no'], { key: id, value })).status).toBe(200)
    const received = await stage().commands(id, 2)
    expect(received.map(({ headers }) => handedOn(headers))).toEqual([
      {
        'x-user': bytes('Zoë "1", {"a":\t2}'),
        'x-forwarded-for': '10.0.0.1, 10.0.0.2',
        authorization: 'Bearer t',
        'x-team': 'ours',
      },
      { miausergroups: 'g', 'x-team': 'ours' },
    ])
  })

  // workerd decodes every header as UTF-8, with U+FFFD for other bytes.
  const isLost = tested.lacks?.includes('latin-1-headers') === true
  test(`C3.6 a header in Latin-1 is ${isLost ? 'refused with 400' : 'handed on'}`, async () => {
    silent()
    const answer = await create(['x-user: Zo\u00EB'])
    expect(answer.status).toBe(isLost ? 400 : 200)
    if (isLost) return
    const [command] = await stage().commands(idOf(answer))
    expect(command?.headers['x-user']).toBe('Zo\u00EB')
  })

  test.each([
    ['a control character', ['x-user: a\u007Fb'], 400],
    ['NUL', ['x-user: a\u0000b'], 400],
    ['a bare CR', ['x-user: a\rb'], 400],
    ['101 of them', MANY.map((name) => `${name}: v`), 431],
  ] as const)('C3.6 %s: refused, and the service goes on', async (_, head, status) => {
    silent()
    const before = stage().participant.received.length
    expect((await create(head)).status).toBe(status)
    await stage().commands(await stage().create())
    expect(stage().participant.received).toHaveLength(before + 1)
  })
}
