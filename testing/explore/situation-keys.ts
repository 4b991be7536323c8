import type { ExploredSituation, KnownCommand } from './explored-situation.ts'

/** Code units of one string. A number above takes several. */
const UNIT = 0xffff

/**
 * A text for each situation. Two situations share one exactly if the same can happen in both. Numbers of steps are left out, only their
 * order counts, so that a loop comes back to where it was; the label of an event is that of its act. Metadata, times and dead letters are
 * left out, since nothing depends on them here.
 */
export class SituationKeys {
  readonly #numbers = new Map<string, number>()
  /** Of the key in the making. One string of numbers is made several times faster than one of its parts. */
  readonly #units: number[] = []

  of({ saga, commands, events, tally }: ExploredSituation): string {
    const { state, timer, owed, parked } = saga
    const place = (id: string) => commands.findIndex((command) => command.id === id)
    this.#units.length = 0
    this.#add(this.#numberOf(state), timer === undefined ? 0 : timer.resends + 1)
    this.#add(owed.length, events.length, parked.length, commands.length)
    for (const { id, tried, claimed } of owed)
      this.#add(place(id), (tried === true ? 1 : 0) + (claimed === true ? 2 : 0))
    for (const { command, act, isLate } of events) this.#add(place(command), act, isLate ? 1 : 0)
    for (const { event } of parked) {
      const end = event.id.lastIndexOf('#')
      this.#add(place(event.id.slice(0, end)), Number(event.id.slice(end + 1)))
    }
    let before: KnownCommand | undefined
    for (const command of commands) {
      this.#addCommand(command, {
        isNewest: command.step === saga.length - 1,
        isSameStep: command.step === before?.step,
      })
      before = command
    }
    this.#add(...tally)
    return String.fromCharCode(...this.#units)
  }

  #addCommand(
    { origin, isPending, acts }: KnownCommand,
    { isNewest, isSameStep }: { readonly isNewest: boolean; readonly isSameStep: boolean },
  ): void {
    this.#add(origin, (isPending ? 1 : 0) + (isNewest ? 2 : 0) + (isSameStep ? 4 : 0), acts.length)
    for (const { answer, isApplied } of acts)
      this.#add(answer === undefined ? 0 : this.#numberOf(answer) + 1, isApplied ? 1 : 0)
  }

  #add(...numbers: readonly number[]): void {
    for (const number of numbers) {
      let rest = number
      for (; rest >= UNIT; rest -= UNIT) this.#units.push(UNIT)
      this.#units.push(rest)
    }
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.#numbers.size)
    return this.#numbers.size - 1
  }
}
