/** The beginning or the end of a system call; a call that nothing interrupts is both. */
export interface Call {
  readonly thread: string
  readonly name: string
  readonly moment: 'begin' | 'end'
  /** The file descriptor as strace shows it: a path, `socket:[123]`, `TCP:[…]`. */
  readonly path: string
  /** The further arguments, without strace's escapes of quotes. */
  readonly text: string
  /** The further arguments as strace writes them. */
  readonly raw: string
  /** At the end: the call returned no error. */
  readonly succeeded: boolean
}

const WHOLE = /^(?:\[pid +)?(\d+)?\]? *(\w+)\(\d+<(.*?[^\\])>(?:, |\)| (?=<unfinished))(.*)$/s
const RESUMED = /^(?:\[pid +)?(\d+)?\]? *<\.\.\. (\w+) resumed>(.*)$/s
const UNFINISHED = /<unfinished \.\.\.>$/
const FAILED = /= (?:-1|\?)(?: [A-Z0-9]+ \([^()]*\))?$/

/** Joins the lines of `strace -f -y`: a call that another thread interrupted is split over two. */
export class Assembly {
  readonly #open = new Map<string, Call>()

  /** The sides of calls in this line, in order; none for lines without a file, such as signals and exits. */
  take(line: string): Call[] {
    const [, thread = '', , rest] = RESUMED.exec(line) ?? []
    if (rest !== undefined) return this.#end(thread, rest)
    return this.#begin(line)
  }

  #begin(line: string): Call[] {
    const [, thread = '', name = '', path = '', rest = ''] = WHOLE.exec(line) ?? []
    if (name === '') return []
    const begun: Call = { thread, name, moment: 'begin', path, text: unescaped(rest), raw: rest, succeeded: false }
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
