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
    ['a secret with a tab as JSON text', String.raw`"key\tword"`, ['key\tword'], '"[redacted]"'],
    ['a secret of a URL', '?k=a%20b%2F', ['a b/'], '?k=[redacted]'],
    ['the password of basic credentials', 'wrong: s3same', ['Basic em9lOnMzc2FtZQ=='], 'wrong: [redacted]'],
    ['basic credentials that are none', 'wrong', ['Basic ***'], 'wrong'],
    ['one secret within another', 'abcdef abcd', ['abcd', 'abcdef'], '[redacted] [redacted]'],
    ['a short header value', 'a1', ['1'], 'a1'],
    ['a header value that is a plain word', '{"gone":true}', ['true', 'https'], '{"gone":true}'],
    ['a secret as PHP writes JSON', String.raw`"k\/y+z="`, ['k/y+z='], '"[redacted]"'],
    ['a secret as .NET writes JSON', String.raw`"k\u002Fy\u002Bz\u003D"`, ['k/y+z='], '"[redacted]"'],
    [
      'a secret in JSON within JSON',
      String.raw`{"e":"{\"k\":\"k\\\/y+z=\"}"}`,
      ['k/y+z='],
      String.raw`{"e":"{\"k\":\"[redacted]\"}"}`,
    ],
    ['a secret in HTML', '<p>k&#x2F;y&#43;z&quot;&lt;</p>', ['k/y+z"<'], '<p>[redacted]</p>'],
    ['a secret in UTF-16', 'k\u0000/\u0000y\u0000+\u0000z', ['k/y+z'], '[redacted]'],
    ['a secret that has escapes itself', 'GET /?k=a%2fb+c and a/b+c', ['a%2fb+c'], 'GET /?k=[redacted] and [redacted]'],
    ['a secret that is short without its escapes', 'A: %41 was wrong', ['%41%42'], 'A: %41 was wrong'],
    [
      'escapes that hide nothing',
      String.raw`\u00e4 &amp; 100%25 of \"all\"`,
      ['other'],
      String.raw`\u00e4 &amp; 100%25 of \"all\"`,
    ],
    [
      'the token of others, escaped',
      String.raw`"got Bearer ab\/cd\u002Bef== back"`,
      [],
      '"got Bearer [redacted] back"',
    ],
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

  test.each([
    ['in JSON', String.raw`k\u002Fy\u002Bz\u00`],
    ['in HTML', 'k&#x2F;y&#x2'],
    ['in an address', 'k%2Fy%2'],
  ])('a secret that is cut in an escape goes too: %s', (_, end) => {
    const text = `${'-'.repeat(ANSWER_BYTES - 40 - end.length)}${end}`
    expect(answerText(text.padStart(ANSWER_BYTES, '-'), ['k/y+z=0123'])).not.toContain('k')
  })

  test('each of many repeats of a secret and of its escapes goes', () => {
    const text = String.raw`k\/y+z=`.repeat(ANSWER_BYTES / 8)
    expect(
      answerText(
        text,
        Array.from({ length: 20 }, (__, at) => `k/y+z=${at === 0 ? '' : at}`),
      ),
    ).toMatch(/^(\[redacted\])+\[?r?e?/)
  })

  test('the end of a whole answer stays, although a secret begins like it', () => {
    expect(answerText('hunter', [SECRET])).toBe('hunter')
  })

  test('at most 1,000 bytes, and no part of a character', () => {
    const text = answerText('€'.repeat(400), []) ?? ''
    expect(text).toBe('€'.repeat(333))
  })
})
