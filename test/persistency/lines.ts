import type { Readable } from 'node:stream'

/** Lines that end with a line feed and nothing else: node:readline takes U+2028, which JSON may hold, for an end too. */
export function linesOf(stream: Readable, take: (line: string) => void): void {
  let left = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${left}${chunk}`.split('\n')
    left = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
