/**
 * A text of a user as a regular expression of the host; none where it is not valid. The caller bounds the texts that the
 * expression is tried on: nothing is known of its time.
 */
export function nativeExpression(source: string, flags: '' | 'u'): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}
