import type { InstrumenterContext } from '@stryker-mutator/api/core'

/** How the mutants of a test file are run. A mutant goes by its number. */
export interface TrialRules {
  /** Mutants that another test file has killed. More are added. */
  readonly killed: Set<string>
  /** Run the unchanged code before each mutant. */
  readonly careful: boolean
  /** Milliseconds, beside ten times the unchanged run: a test that takes longer waits for a fact that the mutant has taken away. */
  readonly patience: number
  readonly onKill: (mutant: string, kind: 'killed' | 'endless', test: string) => void
}

type Switches = { -readonly [Name in keyof InstrumenterContext]: InstrumenterContext[Name] | undefined } & {
  /** Visits are not counted (`instrument`). */
  isQuiet?: boolean
}
type Coverage = NonNullable<InstrumenterContext['mutantCoverage']>
type End = 'passed' | 'killed' | 'endless'

/** The switches of instrumented code. It keeps this object, so its fields change, and not the object. */
const SWITCHES: Switches = ((globalThis as { __stryker__?: Switches }).__stryker__ ??= {})

/** Visits of a mutant after which a loop counts as endless: a multiple of those of the unchanged code, and at least so many. */
const TIMES_AS_OFTEN = 10
const LEAST_VISITS = 10_000
/** A test with more visits in its runs with all living mutants is one of size: it would take minutes, and judges none. */
const MOST_VISITS = 30_000_000
const TIMES_AS_LONG = 10
/** Those of the host, whatever a test puts in their place. */
const { setTimeout, clearTimeout } = globalThis

/**
 * The mutants of one test file, run in one worker. A mutant may leave something behind, such as a changed constant: after each
 * death the test must pass with the unchanged code, else this worker judges no more.
 */
export class Trials {
  readonly #rules: TrialRules
  readonly #tested = new Set<string>()
  #loaded: readonly string[] | undefined
  /** True if the unchanged code has passed since the last mutant. */
  #isClean = true

  constructor(rules: TrialRules) {
    this.#rules = rules
  }

  /** Mutants that tests have reached. */
  get tested(): readonly string[] {
    return [...this.#tested]
  }

  /** Mutants that were reached only while the file was loaded. */
  get loaded(): readonly string[] {
    return (this.#loaded ?? []).filter((mutant) => !this.#tested.has(mutant))
  }

  /** Runs a test with the unchanged code, then with each living mutant that it reaches. Throws where the unchanged code fails. */
  async run(name: string, test: () => Promise<unknown>): Promise<void> {
    // Before the first test: visits while a mutant is active are counted there, too.
    this.#loaded ??= Object.keys(coverage().static)
    SWITCHES.currentTestId = name
    SWITCHES.isQuiet = false
    const began = performance.now()
    await test()
    const patience = this.#rules.patience + TIMES_AS_LONG * (performance.now() - began)
    SWITCHES.currentTestId = undefined
    SWITCHES.isQuiet = true
    this.#isClean = true
    const reached = Object.entries(coverage().perTest[name] ?? {})
    const living = reached.filter(([mutant]) => !this.#rules.killed.has(mutant))
    const most = MOST_VISITS / sum(reached)
    if (living.length > most) return
    for (const [mutant] of reached) this.#tested.add(mutant)
    for (const [mutant, visits] of living) await this.#try(mutant, { name, visits, patience, test })
  }

  async #try(mutant: string, trial: Trial): Promise<void> {
    const { name, test } = trial
    if (this.#rules.careful && !this.#isClean) await this.#clean(test)
    const wasClean = this.#isClean
    const end = await this.#endOf(mutant, trial)
    this.#isClean = false
    if (end === 'passed') return
    const failure = await failureOf(test)
    // A mutant before this one may have left something behind: a new worker will tell.
    if (failure === undefined || wasClean) {
      this.#rules.killed.add(mutant)
      this.#rules.onKill(mutant, end, name)
    }
    if (failure !== undefined) throw new StateLeft(name, failure)
    this.#isClean = true
  }

  async #endOf(mutant: string, { visits, patience, test }: Trial): Promise<End> {
    const limit = Math.max(LEAST_VISITS, visits * TIMES_AS_OFTEN)
    SWITCHES.hitCount = 0
    SWITCHES.hitLimit = limit
    SWITCHES.activeMutant = mutant
    try {
      return await inTime(test(), patience)
    } catch {
      return SWITCHES.hitCount > limit ? 'endless' : 'killed'
    } finally {
      SWITCHES.activeMutant = undefined
      SWITCHES.hitCount = undefined
    }
  }

  async #clean(test: () => Promise<unknown>): Promise<void> {
    await test()
    this.#isClean = true
  }
}

interface Trial {
  readonly name: string
  /** Of the unchanged code. */
  readonly visits: number
  readonly patience: number
  readonly test: () => Promise<unknown>
}

/** The unchanged code fails after a mutant: the rest of the file needs a new worker. */
export class StateLeft extends Error {
  constructor(test: string, cause: unknown) {
    super(`run "${test}" again with the unchanged code: it fails after a mutant`, { cause })
    this.name = 'StateLeft'
  }
}

async function failureOf(test: () => Promise<unknown>): Promise<unknown> {
  try {
    await test()
    return undefined
  } catch (thrown) {
    return thrown ?? new Error('nothing was thrown')
  }
}

async function inTime(running: Promise<unknown>, patience: number): Promise<End> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<End>((resolve) => {
    timer = setTimeout(() => resolve('endless'), patience)
  })
  try {
    return await Promise.race([running.then((): End => 'passed'), late])
  } finally {
    clearTimeout(timer)
  }
}

function coverage(): Coverage {
  return (SWITCHES.mutantCoverage ??= { static: {}, perTest: {} })
}

function sum(reached: readonly (readonly [mutant: string, visits: number])[]): number {
  return reached.reduce((all, [, visits]) => all + visits, 0)
}
