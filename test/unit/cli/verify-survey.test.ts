import { describe, expect, test } from 'vitest'
import { formatSurvey } from '../../../cli/commands/verify/report.ts'
import type { SagaSource } from '../../../cli/commands/verify/saga-source.ts'
import type { SagaListItem } from '../../../cli/service/saga-pages.ts'
import { survey } from '../../../cli/commands/verify/survey.ts'
import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { encodeSummary } from '../../../src/codec/saga-summary.ts'
import { HandMade, ID, LINE } from '../testing/checker/hand-made.ts'

const OPTIONS = { olderThan: 60_000, shown: 3, pause: () => Promise.resolve() }

/** A saga of a list, with its document. */
interface Stored {
  readonly listed: SagaListItem
  readonly document?: () => SagaDocument | undefined
}

function stored(play: (made: HandMade) => void, id = ID): Stored & { readonly whole: SagaDocument } {
  const made = new HandMade()
  play(made)
  const known = made.run().sagas.get(ID)
  if (known === undefined) throw new Error('there is no saga')
  const rename = <T>(value: T) => JSON.parse(JSON.stringify(value).replaceAll(`"${ID}`, `"${id}`)) as T
  const whole = rename(known.document)
  return { listed: rename(encodeSummary(known.head)), document: () => whole, whole }
}

function sourceOf(pages: Iterable<readonly Stored[]>, seen: { most: number } = { most: 0 }): SagaSource {
  const { hash } = new HandMade().machine
  const open = new Map<string, Stored>()
  return {
    machine: { definition: LINE, hash, parkingLimit: 100 },
    async *pages() {
      for (const page of pages) {
        open.clear()
        for (const one of page) open.set(one.listed.sagaId, one)
        seen.most = Math.max(seen.most, open.size)
        yield page.map(({ listed }) => listed)
      }
    },
    document: async (id) => open.get(id)?.document?.(),
    close: async () => undefined,
  }
}

const now = () => Date.UTC(2030, 0, 1) + 30_000

describe('batuta verify: the survey', () => {
  test('I2 sound sagas, the oldest debts first', async () => {
    const found = await survey(sourceOf([[stored((made) => void made.create().move('to-b'))]]), { ...OPTIONS, now })
    expect(found).toMatchObject({ sagas: 1, violated: {}, stale: { count: 0 }, debts: { count: 2 } })
    expect(found.debts.first.map(({ id }) => id)).toEqual([`${ID}/0/0`, `${ID}/1/0`])
  })

  test('I9 a saga that nothing will move is stale after a while; a final one, and one that waits, are not', async () => {
    const still = stored((made) => void made.create().settle().move('to-b').settle().move('to-c'), 'still')
    const others = [
      stored((made) => void made.create().settle().move('late'), 'final'),
      stored((made) => void made.create().settle(), 'timed'),
      stored((made) => void made.create(), 'owing'),
    ]
    const late = { ...OPTIONS, now: () => now() + 60_000 }
    expect((await survey(sourceOf([[still, ...others]]), { ...OPTIONS, now })).stale.count).toBe(0)
    const { stale, violated } = await survey(sourceOf([[still, ...others]]), late)
    expect(stale).toMatchObject({ count: 1, first: [{ sagaId: 'still', state: 'c', deadLetters: 0 }] })
    expect(violated).toEqual({})
  })

  test('I3 a violation is told when it is there a second time', async () => {
    const { listed, whole } = stored((made) => void made.create())
    const wrong = { ...whole, currentState: 'b' }
    const lasting = await survey(sourceOf([[{ listed, document: () => wrong }]]), { ...OPTIONS, now })
    expect(lasting).toMatchObject({
      violated: { I3: 1, P18: 1 },
      violations: [{ rule: 'I3', sagaId: ID }, { rule: 'P18' }],
    })
    let reads = 0
    const passing = () => (reads++ === 0 ? wrong : whole)
    expect((await survey(sourceOf([[{ listed, document: passing }]]), { ...OPTIONS, now })).violated).toEqual({})
    expect(reads).toBe(2)
  })

  test('P20 unreadable sagas are counted, and one that was removed meanwhile is none', async () => {
    const broken: Stored = { listed: { sagaId: 'x', unreadable: 'the head is damaged' } }
    const gone = { ...stored((made) => void made.create(), 'gone'), document: () => undefined }
    const found = await survey(sourceOf([[broken, gone]]), { ...OPTIONS, now })
    expect(found.unreadable).toEqual({ count: 1, first: [{ sagaId: 'x', unreadable: 'the head is damaged' }] })
    expect(found).toMatchObject({ sagas: 2, violated: {} })
  })

  test('I1 an id of a file that is no saga is missing; one of a list was removed meanwhile', async () => {
    const gone = { ...stored((made) => void made.create(), 'gone'), document: () => undefined }
    const named = await survey(sourceOf([[gone]]), { ...OPTIONS, now, areNamed: true })
    expect(named.missing).toEqual({ count: 1, first: ['gone'] })
    expect(formatSurvey(named)).toContain('\n\nno such saga\nSAGA\ngone\n')
    expect((await survey(sourceOf([[gone]]), { ...OPTIONS, now })).missing.count).toBe(0)
  })

  test('keeps the first of many, and a page at a time', async () => {
    const seen = { most: 0 }
    const pages = function* () {
      for (let page = 0; page < 50; page++)
        yield Array.from({ length: 20 }, (_, at) => stored((made) => void made.create(), `s${page * 20 + at}`))
    }
    const found = await survey(sourceOf(pages(), seen), { ...OPTIONS, now })
    expect(found).toMatchObject({ sagas: 1_000, debts: { count: 1_000 } })
    expect(found.debts.first).toHaveLength(3)
    expect(seen.most).toBe(20)
  })

  test('prints what is wrong, on lines that no data can break', async () => {
    const { listed, whole } = stored((made) => void made.create())
    const source = sourceOf([[{ listed, document: () => ({ ...whole, currentState: 'b\u001b[31m\n' }) }]])
    const text = formatSurvey(await survey(source, { ...OPTIONS, now }))
    expect(text).toMatch(
      /^1 sagas, 2 violations \(I3: 2\), 0 unreadable, 1 commands owed, 0 stale\n\nviolations\nRULE /,
    )
    expect(text).toMatch(/\n\noldest debts\nSINCE +SAGA +COMMAND +CHANNEL +ANSWERS +LAST\n2030/)
    expect(text).not.toMatch(/\u001b/)
  })
})
