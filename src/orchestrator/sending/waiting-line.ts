/** A command that waits, with the lane that it waits in. */
interface Waiting {
  readonly lane: string
}

/** Commands that wait for their turn. */
export interface WaitingLine<Each extends Waiting> {
  readonly length: number
  /** Commands of one lane; of all where lanes do not matter. */
  lengthOf(lane: string): number
  push(one: Each): void
  /** Takes out the next command that may start; `undefined` where none may. */
  shift(mayStart: (one: Each) => boolean): Each | undefined
  /** Takes out the commands that match, in their order. */
  withdraw(matches: (one: Each) => boolean): readonly Each[]
  /** The first command of each lane. */
  heads(): Iterable<Each>
}

/** First come, first served. */
export class PlainLine<Each extends Waiting> implements WaitingLine<Each> {
  #all: Each[] = []

  get length(): number {
    return this.#all.length
  }

  lengthOf(): number {
    return this.#all.length
  }

  push(one: Each): void {
    this.#all.push(one)
  }

  shift(mayStart: (one: Each) => boolean): Each | undefined {
    const first = this.#all[0]
    return first !== undefined && mayStart(first) ? this.#all.shift() : undefined
  }

  withdraw(matches: (one: Each) => boolean): readonly Each[] {
    const { withdrawn, kept } = parted(this.#all, matches)
    this.#all = kept
    return withdrawn
  }

  heads(): Iterable<Each> {
    return this.#all.slice(0, 1)
  }
}

/** A line for each lane. They take turns, so that a long one does not hold up the others. */
export class LaneLine<Each extends Waiting> implements WaitingLine<Each> {
  readonly #lanes = new Map<string, Each[]>()
  #length = 0

  get length(): number {
    return this.#length
  }

  lengthOf(lane: string): number {
    return this.#lanes.get(lane)?.length ?? 0
  }

  push(one: Each): void {
    this.#length++
    const line = this.#lanes.get(one.lane)
    if (line === undefined) this.#lanes.set(one.lane, [one])
    else line.push(one)
  }

  shift(mayStart: (one: Each) => boolean): Each | undefined {
    for (const [lane, line] of this.#lanes) {
      const first = line[0]
      if (first === undefined || !mayStart(first)) continue
      line.shift()
      this.#length--
      this.#lanes.delete(lane)
      if (line.length > 0) this.#lanes.set(lane, line) // behind the others
      return first
    }
    return undefined
  }

  withdraw(matches: (one: Each) => boolean): readonly Each[] {
    const all: Each[] = []
    for (const [lane, line] of this.#lanes) {
      const { withdrawn, kept } = parted(line, matches)
      all.push(...withdrawn)
      if (kept.length > 0) this.#lanes.set(lane, kept)
      else this.#lanes.delete(lane)
    }
    this.#length -= all.length
    return all
  }

  *heads(): Generator<Each> {
    for (const [first] of this.#lanes.values()) if (first !== undefined) yield first
  }
}

function parted<Each>(line: readonly Each[], matches: (one: Each) => boolean): { withdrawn: Each[]; kept: Each[] } {
  const [withdrawn, kept]: [Each[], Each[]] = [[], []]
  for (const one of line) (matches(one) ? withdrawn : kept).push(one)
  return { withdrawn, kept }
}
