/** The first of many. */
export interface Cut<Item> {
  readonly count: number
  readonly first: readonly Item[]
}

/** Keeps the first items in the order of a text, and counts all of them. */
export class Firsts<Item> {
  readonly #most: number
  readonly #keyOf: (item: Item) => string
  #items: Item[] = []
  #count = 0

  constructor(most: number, keyOf: (item: Item) => string) {
    this.#most = most
    this.#keyOf = keyOf
  }

  get cut(): Cut<Item> {
    return { count: this.#count, first: this.#items }
  }

  add(item: Item): void {
    this.#count++
    const key = this.#keyOf(item)
    const last = this.#items.at(-1)
    if (this.#items.length >= this.#most && last !== undefined && this.#keyOf(last) <= key) return
    const place = this.#items.findIndex((one) => this.#keyOf(one) > key)
    this.#items.splice(place === -1 ? this.#items.length : place, 0, item)
    this.#items = this.#items.slice(0, this.#most)
  }
}
