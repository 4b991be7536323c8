import { describe, expect, test } from 'vitest'
import { ANSWER_BYTES, answerText } from '../../adapters/channel/rest/answer-text.ts'

const SECRET = 'hunter2-hunter2'

describe('C2.6 the words of a participant', () => {
  test.each<[string, string, readonly string[], string | undefined]>([
    ['nothing', '', [], undefined],
    ['white space', ' \n ', [], undefined],
    ['no secret', 'out of stock\n', ['other'], 'out of stock'],
    ['a secret', `key ${SECRET}?`, [SECRET], 'key [redacted]?'],
    ['the credentials of a header', `key ${SECRET}?`, [`Bearer ${SECRET}`], 'key [redacted]?'],
    ['a secret as JSON text', String.raw`"a\"b\\c"`, [String.raw`a"b\c`], '"[redacted]"'],
    ['a secret of a URL', '?k=a%20b%2F', ['a b/'], '?k=[redacted]'],
    ['the password of basic credentials', 'wrong: s3same', ['Basic em9lOnMzc2FtZQ=='], 'wrong: [redacted]'],
    ['basic credentials that are none', 'wrong', ['Basic ***'], 'wrong'],
    ['one secret within another', 'abcdef abcd', ['abcd', 'abcdef'], '[redacted] [redacted]'],
    ['a short header value', 'a1', ['1'], 'a1'],
    ['a header value that is a plain word', '{"gone":true}', ['true', 'https'], '{"gone":true}'],
    ['the token of others', 'got bearer abc.def-1 back', [], 'got bearer [redacted] back'],
    ['a web token', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x_y back', [], 'got [redacted] back'],
    ['control characters', 'a\u0000b\u001Bc\td', [], 'a\uFFFDb\uFFFDc\td'],
  ])('%s', (_, text, secrets, expected) => {
    expect(answerText(text, secrets)).toBe(expected)
  })

  test('a secret that is cut at the end goes too', () => {
    const text = `${'x'.repeat(ANSWER_BYTES - 6)}${SECRET.slice(0, 6)}`
    expect(answerText(text, [SECRET])).toBe(`${'x'.repeat(ANSWER_BYTES - 6)}[redac`)
  })

  test('the end of a whole answer stays, although a secret begins like it', () => {
    expect(answerText('hunter', [SECRET])).toBe('hunter')
  })

  test('at most 1,000 bytes, and no part of a character', () => {
    const text = answerText('€'.repeat(400), []) ?? ''
    expect(text).toBe('€'.repeat(333))
  })
})
