/** Pseudo-random choices; the same seed gives the same choices (mulberry32). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** The choices of one input, which can be repeated without those before it. */
  static of(seed: number, input: number): Chance {
    return new Chance(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(input, 0xc2b2ae35))
  }

  /** An integer from 0 up to, not including, `below`. */
  upTo(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below)
  }

  /** True with the probability 1 / `inSoMany`. */
  once(inSoMany: number): boolean {
    return this.upTo(inSoMany) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.upTo(list.length)] as T
  }

  /** At most `most` elements. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.upTo(most + 1) }, make)
  }

  /** The text with up to three edits: cut, a character removed, one inserted, the beginning doubled. */
  spoil(text: string, alphabet: readonly string[]): string {
    let spoilt = text
    for (let left = 1 + this.upTo(3); left > 0; left--) {
      const at = this.upTo(spoilt.length + 1)
      const [before, after] = [spoilt.slice(0, at), spoilt.slice(at)]
      spoilt = this.pick([
        before,
        before + after.slice(1),
        before + this.pick(alphabet) + after,
        before + before + after,
      ])
    }
    return spoilt
  }
}
