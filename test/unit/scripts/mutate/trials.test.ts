import { describe, expect, test } from 'vitest'
import { StateLeft, Trials } from '../../../../scripts/mutate/trials.ts'
import type { TrialRules } from '../../../../scripts/mutate/trials.ts'

type Kill = readonly [mutant: string, kind: string, test: string]

/** What instrumented code does: it counts each visit of a place, and asks for the mutant of it that is active. */
const switches = (globalThis as { __stryker__?: Switches }).__stryker__ as Switches
interface Switches {
  activeMutant?: string
  currentTestId?: string
  hitCount?: number
  hitLimit?: number
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> }
}

function visit(...mutants: string[]): string | undefined {
  const { static: atLoad, perTest } = (switches.mutantCoverage ??= { static: {}, perTest: {} })
  const counts = switches.currentTestId === undefined ? atLoad : (perTest[switches.currentTestId] ??= {})
  for (const one of mutants) counts[one] = (counts[one] ?? 0) + 1
  const active = mutants.find((one) => one === switches.activeMutant)
  if (active !== undefined && switches.hitCount !== undefined && ++switches.hitCount > (switches.hitLimit ?? 0)) {
    throw new Error('too many visits')
  }
  return active
}

function begin(rules: Partial<TrialRules> = {}): { readonly trials: Trials; readonly kills: Kill[] } {
  switches.mutantCoverage = { static: {}, perTest: {} }
  const kills: Kill[] = []
  const onKill = (...kill: Kill) => void kills.push(kill)
  return { trials: new Trials({ killed: new Set(), careful: false, patience: 60_000, onKill, ...rules }), kills }
}

describe('the trials of a test file', () => {
  test('a test kills the mutants that it reaches and that make it fail, each once', async () => {
    const { trials, kills } = begin()
    const fails = async () => expect(visit('1', '2')).not.toBe('1')
    await trials.run('first', fails)
    await trials.run('second', fails)
    expect(kills).toEqual([['1', 'killed', 'first']])
    expect(trials.tested).toEqual(['1', '2'])
  })

  test('a mutant that another file has killed is not run again', async () => {
    const { trials, kills } = begin({ killed: new Set(['1']) })
    const seen: unknown[] = []
    await trials.run('first', async () => void seen.push(visit('1')))
    expect([seen, kills, trials.tested]).toEqual([[undefined], [], ['1']])
  })

  test('a mutant that is reached only outside of tests acts at load', async () => {
    const { trials } = begin()
    visit('1', '2')
    await trials.run('first', async () => void visit('2'))
    expect([trials.loaded, trials.tested]).toEqual([['1'], ['2']])
  })

  test('a mutant that is reached only while another one is active is not covered', async () => {
    const { trials } = begin()
    await trials.run('first', async () => {
      if (visit('1') !== undefined) visit('2')
    })
    await trials.run('second', async () => undefined)
    expect([trials.tested, trials.loaded]).toEqual([['1'], []])
  })

  test('a test of size judges no mutant', async () => {
    const { trials, kills } = begin()
    await trials.run('first', async () => {
      expect(visit('1')).toBeUndefined()
      const perTest = switches.mutantCoverage?.perTest['first']
      if (perTest !== undefined) perTest['1'] = 30_000_001
    })
    expect([trials.tested, kills]).toEqual([[], []])
  })

  test('a loop that goes round and round is endless', async () => {
    const { trials, kills } = begin()
    await trials.run('first', async () => {
      while (visit('1') !== undefined) continue
    })
    expect(kills).toEqual([['1', 'endless', 'first']])
  })

  test('a test that waits for what the mutant has taken away is endless', async () => {
    const { trials, kills } = begin({ patience: 1 })
    await trials.run('first', async () => {
      if (visit('1') !== undefined) await new Promise(() => undefined)
    })
    expect(kills).toEqual([['1', 'endless', 'first']])
  })

  test('a test that fails without a mutant ends the file', async () => {
    const { trials } = begin()
    await expect(trials.run('first', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})

describe('a mutant that leaves something behind', () => {
  /** Fails for ever once the mutant was active. */
  function leaving(mutant: string, ...others: string[]): () => Promise<void> {
    let isBroken = false
    return async () => {
      isBroken ||= visit(...others, mutant) === mutant
      if (isBroken) throw new Error('broken')
    }
  }

  test('it is killed, and the worker judges no more', async () => {
    const { trials, kills } = begin()
    await expect(trials.run('first', leaving('1'))).rejects.toThrow(StateLeft)
    expect(kills).toEqual([['1', 'killed', 'first']])
  })

  test('a mutant after a silent one is not blamed', async () => {
    const { trials, kills } = begin()
    let isBroken = false
    const silent = async () => {
      const active = visit('1', '2')
      if (isBroken) throw new Error('broken')
      isBroken = active === '1'
    }
    await expect(trials.run('first', silent)).rejects.toThrow(StateLeft)
    expect(kills).toEqual([])
  })

  test('a careful run finds the silent one out before the next', async () => {
    const { trials, kills } = begin({ careful: true })
    let runs = 0
    await trials.run('first', async () => {
      runs++
      visit('1', '2')
    })
    expect([runs, kills]).toEqual([4, []])
  })
})
