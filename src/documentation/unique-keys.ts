/** Makes keys of names of saga.json: OpenAPI and AsyncAPI allow letters, digits and `.-_`; keys that would meet are numbered. */
export class UniqueKeys {
  readonly #taken = new Set<string>()

  keyOf(name: string): string {
    const key = name.replaceAll(/[^A-Za-z0-9._-]/g, '_')
    const free = this.#taken.has(key) ? this.#numbered(key) : key
    this.#taken.add(free)
    return free
  }

  #numbered(key: string): string {
    let number = 2
    while (this.#taken.has(`${key}-${number}`)) number++
    return `${key}-${number}`
  }
}
