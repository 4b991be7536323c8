import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { defectTable, withTable } from '../../../../scripts/defects/defect-table.ts'
import { readOptions } from '../../../../scripts/defects/options.ts'
import { plantedDefects, readDefect } from '../../../../scripts/defects/planted-defect.ts'

const WIPE = { name: 'wipe', rule: 'P3', mistake: 'A step wipes.', path: 'wipe.patch' }
const COUNT = { name: 'count', rule: 'P15', mistake: 'Silence counts.', path: 'count.patch' }

describe('a planted defect', () => {
  test('its rule and its mistake stand before the patch', () => {
    expect(readDefect('a/wipe.patch', 'rule: P3\nA step wipes.\n\ndiff --git a/x b/x\n')).toEqual({
      ...WIPE,
      path: 'a/wipe.patch',
    })
  })

  test.each(['diff --git a/x b/x\n', 'rule: three\nA step wipes.\n\ndiff --git ', 'rule: P3\n\ndiff --git '])(
    'without them it is refused by its path: %j',
    (text) => expect(() => readDefect('a/wipe.patch', text)).toThrow('read the defect "a/wipe.patch": expected a line'),
  )

  test('each of the clone changes the core alone, and is named in docs/SIMULATION.md beside its rule', () => {
    const page = readFileSync('docs/SIMULATION.md', 'utf8')
    const rows = [...page.matchAll(/^\| \[`([\w-]+)`\]\(.*?\): (.*?) \| (\S+) \|/gm)].map(([, ...cells]) => cells)
    expect(rows).toEqual(plantedDefects().map(({ name, mistake, rule }) => [name, mistake, rule]))
    for (const { path } of plantedDefects()) {
      const files = [...readFileSync(path, 'utf8').matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file)
      expect(files.length, path).toBeGreaterThan(0)
      expect(files.filter((file) => !/^src\/(?:engine|orchestrator|codec)\//.test(file ?? ''))).toEqual([])
    }
  })
})

describe('the table of planted defects', () => {
  const found = { seed: 7, rules: ['P3', 'I2'], why: 'the saga owes nothing' }

  test('one row each: rule, rules of the run, seeds and seconds; a missed one says so', () => {
    const rows = defectTable([
      { defect: WIPE, end: { seeds: 7, seconds: 1.25, found } },
      { defect: COUNT, end: { seeds: 20_000, seconds: 60, others: ['I2'] } },
    ]).split('\n')
    expect(rows.slice(2)).toEqual([
      '| [`wipe`](../test/simulation/defects/wipe.patch): A step wipes. | P3 | P3 I2 | 7 | 1.3 |',
      '| [`count`](../test/simulation/defects/count.patch): Silence counts. | P15 | missed | > 20,000 | 60.0 |',
    ])
  })

  test('it takes the place of the one before, between its marks', () => {
    const page = 'a\n<!-- generated: defects -->\nold\n<!-- end: defects -->\nb'
    expect(withTable(page, 'new')).toBe('a\n<!-- generated: defects -->\n\nnew\n\n<!-- end: defects -->\nb')
    expect(() => withTable('a', 'new')).toThrow('write docs/SIMULATION.md: expected')
  })
})

describe('the options of npm run defects', () => {
  const known = [WIPE, COUNT]

  test('all defects in 20,000 seeds, unless they are named', () => {
    expect(readOptions([], known)).toMatchObject({
      defects: known,
      isWhole: true,
      seeds: 20_000,
      from: 1,
      write: false,
    })
    expect(readOptions(['--only', 'count', '--seeds', '5', '--jobs', '3'], known)).toMatchObject({
      defects: [COUNT],
      isWhole: false,
      seeds: 5,
      jobs: 3,
    })
  })

  test.each([
    [['--only', 'nothing'], 'read --only: found "nothing", expected some of wipe, count'],
    [['--seeds', '0'], 'read the numbers: found "0"'],
    [['--only', 'wipe', '--write'], 'read --write: found --only beside it'],
  ])('%j is refused', (args, why) => expect(readOptions(args, known)).toContain(why))
})
