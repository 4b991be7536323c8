import { expect, test } from 'vitest'
import type { Basis, Loaded, Persistency, Saved } from '../../../src/ports/persistency.ts'
import type { PreparedSave } from '../build.ts'
import type { FaultKind } from '../gaps.ts'
import { save } from '../saves.ts'
import type { FaultSubject, StoreLink, Reached } from './link.ts'

/** Milliseconds until a store must answer again, and until a test must end. */
const BACK = 15_000
const TEST = 60_000

/** A store, its link and the checks of both. */
export interface Scene extends Reached {
  readonly line: StoreLink
  readonly subject: FaultSubject
  /** Expects a call to fail: in time, with the right code and without secrets. */
  readonly fails: (call: Promise<unknown>) => Promise<void>
  /** Resolves when the store answers again by itself. */
  readonly isBack: () => Promise<void>
}

/** A test on a store of its own. Where the fault cannot happen, `gaps` declares that instead. */
export function troubled(
  subject: FaultSubject,
  { kind, title }: { readonly kind: FaultKind; readonly title: string },
  run: (scene: Scene) => Promise<void>,
): void {
  if (subject.gaps?.trouble?.[kind] === undefined) test(title, { timeout: TEST }, () => onScene(subject, run))
}

/** Runs a test on a scene of its own, and closes it. */
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

/** Runs with a second process on the same store. */
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
  // A busy file and an unusable one have different codes; both may be retried.
  expect(failed).toMatchObject({ code: expect.stringMatching(/^store-(unavailable|busy)$/), retryable: true })
  expectNoSecret(failed, subject)
}

/** Checks the message, the stack and every cause. */
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

/** The same where only `saved` is right. */
export async function insistSaved(store: Persistency, written: PreparedSave, basis: Basis | 'absent'): Promise<Loaded> {
  const saved = await insist(store, written, basis)
  if (saved.kind !== 'saved') throw new Error(`insist on a change: expected "saved", found "${saved.kind}"`)
  return { saga: written.next, basis: saved.basis }
}

function expectUnknown(thrown: unknown): undefined {
  expect(thrown).toMatchObject({ code: 'store-unavailable' })
}
