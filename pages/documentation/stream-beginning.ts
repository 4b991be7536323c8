/** Milliseconds and characters of a stream that are shown. */
const [LONGEST, MOST] = [5_000, 50_000]

/** True for an answer that does not end by itself. */
export function isStream(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('text/event-stream') === true
}

/** What a stream of server-sent events says in its first seconds; then it is closed. */
export async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  const over = setTimeout(() => void reader.cancel(), LONGEST)
  let text = ''
  for (let part = await reader.read(); !part.done && text.length < MOST; part = await reader.read()) text += part.value
  clearTimeout(over)
  await reader.cancel()
  return text
}
