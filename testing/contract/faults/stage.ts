import { expect, test } from 'vitest'
import type { Basis, Loaded, Persistency, Saved } from '../../../src/ports/persistency.ts'
import type { PreparedSave } from '../build.ts'
import type { FaultKind } from '../gaps.ts'
import { save } from '../saves.ts'
import type { FaultSubject, StoreLink, Reached } from './link.ts'

/** Longest that a suite waits for a store to be back, and that a test takes. */
const BACK = 15_000
const TEST = 60_000

/** A store, its line, and what the tests ask of both. */
export interface Scene extends Reached {
  readonly line: StoreLink
  readonly subject: FaultSubject
  /** What the store says of it when a call fails: soon, and without secrets. */
  readonly fails: (call: Promise<unknown>) => Promise<void>
  /** The store answers again, by itself. */
  readonly isBack: () => Promise<void>
}

/** A test on a store of its own. Where such trouble cannot befall it, `gaps` shows that instead. */
export function troubled(
  kind: FaultKind,
  title: string,
  subject: FaultSubject,
  run: (scene: Scene) => Promise<void>,
): void {
  if (subject.gaps?.trouble?.[kind] === undefined) test(title, { timeout: TEST }, () => onScene(subject, run))
}

export async function onScene(subject: FaultSubject, run: (scene: Scene) => Promise<void>): Promise<void> {
  const reached = await subject.open()
  const { store } = reached
  try {
    await run({
      ...reached,
      line: reached.line as StoreLink,
      subject,
      fails: (call) => expectFailure(call, subject),
      isBack: () => expect.poll(async () => (await store.probe()).ok, { timeout: BACK, interval: 20 }).toBe(true),
    })
  } finally {
    await store.close()
    await reached.close()
  }
}

/** Another process has it too, for as long as `run` lasts. */
export async function besides(
  { another }: Pick<Reached, 'another'>,
  run: (other: Persistency) => Promise<void>,
): Promise<void> {
  const other = await another()
  try {
    await run(other)
  } finally {
    await other.close()
  }
}

async function expectFailure(call: Promise<unknown>, subject: FaultSubject): Promise<void> {
  const begun = performance.now()
  const failed = await call.then(
    (answer) => expect.unreachable(`it was answered: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )
  expect(performance.now() - begun, 'ms until it failed').toBeLessThan(subject.patience)
  // A file that somebody holds is told apart from one that cannot be used; both may be tried again.
  expect(failed).toMatchObject({ code: expect.stringMatching(/^store-(unavailable|busy)$/), retryable: true })
  expectNoSecret(failed, subject)
}

/** Neither the message nor what caused it. */
export function expectNoSecret(thrown: unknown, { secrets }: FaultSubject): void {
  for (let at = thrown; at instanceof Error; at = at.cause) {
    for (const secret of secrets?.() ?? []) expect(`${at.message} ${at.stack}`).not.toContain(secret)
  }
}

/** The same change until its fate is known (P6). */
export async function insist(store: Persistency, written: PreparedSave, basis: Basis | 'absent'): Promise<Saved> {
  for (;;) {
    const saved = await save(store, written, basis).catch((thrown: unknown) => expectUnknown(thrown))
    if (saved !== undefined) return saved
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The same where it can only be `saved`. */
export async function insistSaved(store: Persistency, written: PreparedSave, basis: Basis | 'absent'): Promise<Loaded> {
  const saved = await insist(store, written, basis)
  if (saved.kind !== 'saved') throw new Error(`insist on a change: expected "saved", found "${saved.kind}"`)
  return { saga: written.next, basis: saved.basis }
}

function expectUnknown(thrown: unknown): undefined {
  expect(thrown).toMatchObject({ code: 'store-unavailable' })
}
