import { describe, expect, test } from 'vitest'
import { checkDurable } from '../../../testing/checker/durable.ts'

const ID = '01a20a5f-a79f-7584-93ba-3dacafbf4e96'
const OTHER = '01a20a60-0000-7000-8000-3dacafbf4e96'
const WAL = '24</data/batuta.sqlite-wal>'

const write = (text: string) => `7  pwrite64(${WAL}, "\\r\\0\\1${text}x\\0", 4096, 56) = 4096`
const sync = `7  fdatasync(${WAL}) = 0`
const answer = (body: object) => {
  const json = JSON.stringify(body).replaceAll('"', '\\"')
  return `7  write(28<socket:[138724]>, "HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n${json}", 204) = 204`
}
const created = answer({ sagaId: ID })
const moved = (state = 'validated') => answer({ outcome: 'moved', sagaId: ID, currentState: state })

function check(...lines: string[]) {
  return checkDurable(lines, { eventOf: { validated: 'validationOK', confirmed: 'checkOK' } })
}

describe('I1 the durability checker', () => {
  test('passes what was written, synced and then acknowledged', () => {
    const whole = check(write(ID), sync, created, write(`key/${ID}/validationOKvalidationOK`), sync, moved())
    expect(whole).toMatchObject({ syncs: 2, created: 1, moved: 1, problems: [] })
  })

  test('fails an acknowledgement before its sync', () => {
    expect(check(write(ID), created, sync).problems).toEqual([
      `the creation of "${ID}" was acknowledged while it was written but not synced`,
    ])
    expect(check(write(ID), sync, created, write(`key/${ID}/validationOK`), moved(), sync).problems).toEqual([
      `the event "validationOK" of "${ID}" was acknowledged while it was written but not synced`,
    ])
  })

  test('fails an acknowledgement of what was never written', () => {
    expect(check(write(OTHER), sync, created).problems).toEqual([
      `the creation of "${ID}" was acknowledged while it was not written`,
    ])
    const another = [write(ID), sync, created, write(`key/${ID}/validationOK`), sync, moved('confirmed')]
    expect(check(...another).problems).toEqual([
      `the event "checkOK" of "${ID}" was acknowledged while it was not written`,
    ])
  })

  test('a sync that failed, or of another file, makes nothing durable', () => {
    const failed = `7  fdatasync(${WAL}) = -1 EIO (Input/output error)`
    expect(check(write(ID), failed, created)).toMatchObject({ syncs: 0, problems: [expect.any(String)] })
    expect(check(write(ID), '7  fsync(23</data/batuta.sqlite>) = 0', created).problems).toHaveLength(1)
  })

  test('a sync covers what was written before it began, once it has ended', () => {
    const begins = `8  fdatasync(${WAL} <unfinished ...>`
    const ends = '8  <... fdatasync resumed>)        = 0'
    expect(check(write(ID), begins, ends, created).problems).toEqual([])
    expect(check(write(ID), begins, created, ends).problems).toHaveLength(1)
    expect(check(begins, write(ID), ends, created).problems).toHaveLength(1)
  })

  test('an interrupted write counts when it has ended, an answer when it begins', () => {
    const begins = write(ID).replace(/\) = 4096$/, ' <unfinished ...>')
    const ends = '7  <... pwrite64 resumed>)        = 4096'
    expect(check(begins, ends, sync, created).problems).toEqual([])
    expect(check(begins, sync.replace('7', '8'), ends, created).problems).toHaveLength(1)
    expect(check(write(ID), created.replace(/\) = 204$/, ' <unfinished ...>'), sync).problems).toHaveLength(1)
  })

  test('knows strace with addresses, with process ids in brackets and without any', () => {
    const address = created.replace('socket:[138724]', 'TCP:[127.0.0.1:3000->127.0.0.1:51234]')
    for (const begin of ['[pid  7] ', '']) {
      const lines = [write(ID), sync, address].map((line) => line.replace(/^7 +/, begin))
      expect(check(...lines)).toMatchObject({ syncs: 1, created: 1, problems: [] })
    }
  })

  test('other answers and other lines say nothing', () => {
    const lines = [
      '7  write(1</var/log>, "{\\"sagaId\\":\\"x\\"}", 14) = 14',
      answer({ items: [] }),
      created.replace('200 OK', '503 Service Unavailable'),
      '7  --- SIGTERM {si_signo=SIGTERM} ---',
      '7  +++ exited with 0 +++',
    ]
    expect(check(...lines)).toMatchObject({ syncs: 0, created: 0, moved: 0, problems: [] })
  })
})
