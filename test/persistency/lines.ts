import type { Readable } from 'node:stream'

/** Lines ended by a line feed only: node:readline also ends them at U+2028, which JSON may hold. */
export function linesOf(stream: Readable, take: (line: string) => void): void {
  let left = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${left}${chunk}`.split('\n')
    left = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
