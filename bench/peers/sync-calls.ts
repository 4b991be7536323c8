/** The calls of fsync and fdatasync together in a table of `strace -c`. */
export function syncCalls(table: string): number {
  return table.split('\n').reduce((sum, line) => {
    const [, , , calls, ...rest] = line.trim().split(/\s+/)
    return ['fsync', 'fdatasync'].includes(rest.at(-1) ?? '') ? sum + Number(calls) : sum
  }, 0)
}
