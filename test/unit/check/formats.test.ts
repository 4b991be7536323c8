import { describe, expect, test } from 'vitest'
import { formatGithub } from '../../../cli/commands/check/format-github.ts'
import { formatJson } from '../../../cli/commands/check/format-json.ts'
import { formatText } from '../../../cli/commands/check/format-text.ts'
import type { Report } from '../../../src/config/report.ts'

const ADVICE = { why: 'It matters.', mend: 'Mend it.' }
const WARNING: Report = {
  code: 'key.unknown',
  level: 'warn',
  path: 'a["b,c"]',
  found: '"100%\r\n::error::x"',
  expected: 'another: value',
  line: 3,
  column: 7,
  ...ADVICE,
}
const NOTE: Report = { ...WARNING, code: 'business-state.unused', level: 'info', line: undefined, column: undefined }
const ERROR: Report = { ...WARNING, code: 'value.invalid', level: 'error', line: 9 }

describe('C2.8 annotations for GitHub', () => {
  test('escape what would end a property, a message or a line', () => {
    const [line, summary, rest] = formatGithub([{ path: 'a:b,c%.json', reports: [WARNING] }]).split('\n')
    expect(line).toBe(
      '::warning file=a%3Ab%2Cc%25.json,line=3,col=7,title=key.unknown::' +
        'a["b,c"]: found "100%25%0D%0A::error::x", expected another: value%0AIt matters.%0AMend it.',
    )
    expect([summary, rest]).toEqual(['check a:b,c%25.json: no problems, 1 warning', ''])
  })

  test('leave out a position that there is not, and name each level', () => {
    const text = formatGithub([{ path: 'a.json', reports: [NOTE, ERROR] }])
    expect(text).toMatch(/^::notice file=a\.json,title=business-state\.unused::.*\n::error file=a\.json,line=9,/)
  })

  test('no name of a file begins a command', () => {
    expect(formatGithub([{ path: '::error::x\n::error::y', reports: [] }])).toBe(
      'check ::error::x%0A::error::y: no problems, no warnings\n',
    )
  })
})

describe('C2.8 the JSON document', () => {
  test('has every report with every key', () => {
    expect(JSON.parse(formatJson([{ path: 'a.json', reports: [NOTE, ERROR] }]))).toEqual({
      version: 1,
      files: [
        {
          file: 'a.json',
          errors: 1,
          warnings: 0,
          notes: 1,
          reports: [
            { ...NOTE, line: null, column: null },
            { ...ERROR, line: 9, column: 7 },
          ],
        },
      ],
    })
  })

  test('has the reason why a file cannot be read', () => {
    expect(JSON.parse(formatJson([{ path: 'a.json', unreadable: 'no such file' }]))).toEqual({
      version: 1,
      files: [{ file: 'a.json', unreadable: 'no such file' }],
    })
  })
})

describe('C2.8 the text for people', () => {
  const reports = [WARNING, NOTE, ERROR, { ...WARNING, line: 12 }]

  test('has errors first, each code with one reason and one mend, and the counts', () => {
    const line = (place: string, level: string, code: string) =>
      `${place}: ${level}: a["b,c"]: found ${WARNING.found}, expected another: value [${code}]`
    expect(formatText([{ path: 'a.json', reports }], false)).toBe(
      [
        line('a.json:9:7', 'error', 'value.invalid'),
        '  why:  It matters.',
        '  mend: Mend it.',
        '',
        line('a.json:3:7', 'warning', 'key.unknown'),
        line('a.json:12:7', 'warning', 'key.unknown'),
        '  why:  It matters.',
        '  mend: Mend it.',
        '',
        line('a.json', 'note', 'business-state.unused'),
        '  why:  It matters.',
        '  mend: Mend it.',
        '',
        'a.json: 1 problem, 2 warnings, 1 note',
        '',
      ].join('\n'),
    )
  })

  test('has colours where a person reads it alone', () => {
    const file = { path: 'a.json', reports }
    expect(formatText([file], true)).toContain('\u001B[1;31merror\u001B[0m: a["b,c"]')
    expect(formatText([file], false)).not.toContain('\u001B')
  })
})
