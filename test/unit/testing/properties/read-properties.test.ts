import { describe, expect, test } from 'vitest'
import { readProperties } from '../../../../testing/properties/read-properties.ts'
import type { PropertyTerm } from '../../../../testing/properties/properties.ts'
import { SMALL_MACHINE } from './small-machine.ts'

function problemsOf(file: unknown): readonly string[] {
  const read = readProperties(typeof file === 'string' ? file : JSON.stringify(file), SMALL_MACHINE)
  return read.ok ? [] : read.problems
}

function termOf(text: string): PropertyTerm | undefined {
  const read = readProperties(JSON.stringify({ never: [[text]] }), SMALL_MACHINE)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.value.never[0]?.terms[0]
}

describe('the properties file', () => {
  test('has lists of terms that must not hold together, and "eventually final"', () => {
    const file = {
      $schema: './properties.schema.json',
      never: [['state charged', 'not delivered'], ['takePayment twice']],
      always: ['eventually final'],
    }
    expect(readProperties(`\uFEFF${JSON.stringify(file)}`, SMALL_MACHINE)).toEqual({
      ok: true,
      value: {
        never: [
          {
            text: 'state charged, not delivered',
            terms: [
              { isNegated: false, kind: 'state', name: 'charged', times: 1 },
              { isNegated: true, kind: 'event', name: 'delivered', times: 1 },
            ],
          },
          {
            text: 'takePayment twice',
            terms: [{ isNegated: false, kind: 'command', name: 'takePayment', times: 2 }],
          },
        ],
        isEventuallyFinal: true,
      },
    })
    expect(readProperties('{ "never": [] }', SMALL_MACHINE)).toEqual({
      ok: true,
      value: { never: [], isEventuallyFinal: false },
    })
  })

  test.each([
    ['paying', { isNegated: false, kind: 'state', name: 'paying', times: 1 }],
    ['not  event  notify 3 times', { isNegated: true, kind: 'event', name: 'notify', times: 3 }],
    ['command notify', { isNegated: false, kind: 'command', name: 'notify', times: 1 }],
    // names in the words of the grammar
    ["'not shipped'", { isNegated: false, kind: 'state', name: 'not shipped', times: 1 }],
    ["not 'not shipped'", { isNegated: true, kind: 'state', name: 'not shipped', times: 1 }],
    ['not state shipped', { isNegated: true, kind: 'state', name: 'shipped', times: 1 }],
    ['refused twice', { isNegated: false, kind: 'state', name: 'refused twice', times: 1 }],
    ['refused twice twice', { isNegated: false, kind: 'state', name: 'refused twice', times: 2 }],
  ])('the term "%s"', (text, term) => expect(termOf(text)).toEqual(term))

  test('a wrong term is refused with its place and the nearest name', () => {
    const text = `{
  "never": [
    ["chargd"],
    ["paying", "not command shipParsel twice"],
    ["charged"], ["not shipped"], ["notify"],
    ["paying 0 times"], ["paying 21 times"]
  ],
  "allways": []
}`
    expect(problemsOf(text)).toEqual([
      'never[0][0] (3:6): found "chargd", expected the name of a state, an event or a command of the machine; the nearest is "charged"',
      'never[1][1] (4:16): found "not command shipParsel twice", expected the name of a command of the machine; the nearest is "shipParcel"',
      'never[2][0] (5:6): found "charged", expected "state charged" or "event charged": the machine has each',
      'never[3][0] (5:19): found "not shipped", expected "state \'not shipped\'" or "not state shipped": the machine has each',
      'never[4][0] (5:36): found "notify", expected "event notify" or "command notify": the machine has each',
      'never[5][0] (6:6): found "paying 0 times", expected "twice", or 1 to 20 times',
      'never[6][0] (6:26): found "paying 21 times", expected "twice", or 1 to 20 times',
      'allways (8:3): found an unknown key, expected a known key; the nearest is "always"',
    ])
  })

  test('what an ambiguous term is told to be written as is one', () => {
    for (const text of ['state charged', 'event charged', "state 'not shipped'", 'not state shipped'])
      expect(problemsOf({ never: [[text]] })).toEqual([])
  })

  test.each([
    [{}, 'the file (1:1): found no property, expected "never" or "always"'],
    [{ never: 'paying' }, 'never (1:10): found "paying", expected a list of lists of terms'],
    [{ never: ['paying'] }, 'never[0] (1:11): found "paying", expected a list of terms that must not hold together'],
    [{ never: [[]] }, 'never[0] (1:11): found an empty array, expected a list of terms'],
    [{ never: [[5]] }, 'never[0][0] (1:12): found 5, expected a term, such as "charged"'],
    [{ never: [['']] }, 'never[0][0] (1:12): found an empty string, expected a term'],
    [{ never: [['log']] }, 'found "log", expected the name of a state, an event or a command'], // it has no channel
    [{ always: ['finaly'] }, 'always[0] (1:12): found "finaly", expected "eventually final"'],
    [{ always: { final: true } }, 'always (1:11): found an object, expected a list of "eventually final"'],
    ['{', 'the file (1:2)'],
    ['[]', 'the file: found an empty array, expected an object'],
  ])('%j is refused: %s', (file, problem) => {
    expect(problemsOf(file).join('\n')).toContain(problem)
  })
})
