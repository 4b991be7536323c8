/** One side of a system call: what was handed over as it began, or how it ended. One that nothing interrupts is both. */
export interface Call {
  readonly thread: string
  readonly name: string
  readonly moment: 'begin' | 'end'
  /** What stands for the file descriptor: a path, `socket:[123]`, `TCP:[…]`. */
  readonly path: string
  /** The arguments after it, quotes and backslashes as they were before strace escaped them. */
  readonly text: string
  /** At the end: whether it answered no error. */
  readonly succeeded: boolean
}

const WHOLE = /^(?:\[pid +)?(\d+)?\]? *(\w+)\(\d+<(.*?[^\\])>(?:, |\)| (?=<unfinished))(.*)$/s
const RESUMED = /^(?:\[pid +)?(\d+)?\]? *<\.\.\. (\w+) resumed>(.*)$/s
const UNFINISHED = /<unfinished \.\.\.>$/
const FAILED = /= (?:-1|\?)(?: [A-Z0-9]+ \([^()]*\))?$/

/** Puts the lines of `strace -f -y` together again: a call that another thread interrupted stands in two of them. */
export class Assembly {
  readonly #open = new Map<string, Call>()

  /** What this line tells, in order. Lines that speak of no file (signals, exits) tell nothing. */
  take(line: string): Call[] {
    const [, thread = '', , rest] = RESUMED.exec(line) ?? []
    if (rest !== undefined) return this.#end(thread, rest)
    return this.#begin(line)
  }

  #begin(line: string): Call[] {
    const [, thread = '', name = '', path = '', rest = ''] = WHOLE.exec(line) ?? []
    if (name === '') return []
    const begun: Call = { thread, name, moment: 'begin', path, text: unescaped(rest), succeeded: false }
    if (UNFINISHED.test(line)) {
      this.#open.set(thread, begun)
      return [begun]
    }
    return [begun, { ...begun, moment: 'end', succeeded: !FAILED.test(rest) }]
  }

  #end(thread: string, rest: string): Call[] {
    const begun = this.#open.get(thread)
    this.#open.delete(thread)
    return begun === undefined ? [] : [{ ...begun, moment: 'end', succeeded: !FAILED.test(rest) }]
  }
}

function unescaped(text: string): string {
  return text.replaceAll('\\"', '"')
}
