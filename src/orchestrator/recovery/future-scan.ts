import { DEFAULTS } from '../../defaults.ts'
import type { SagaId } from '../../engine/saga.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { ScanProgress } from './scan-progress.ts'
import type { ScanReader } from './scan-reader.ts'
import type { DebtLeases } from '../sending/debt-leases.ts'

/** Options of `scanFuture`. */
export interface FutureScanOptions {
  readonly shared: boolean
  readonly debtLeases: Pick<DebtLeases, 'lease' | 'longest'>
  readonly runtime: Pick<Runtime, 'monotonic' | 'wallClock'>
  readonly scanProgress: ScanProgress
  readonly reader: Pick<ScanReader, 'read'>
}

/**
 * Scans the sagas that owe a command later than this process could write: their debts come from a clock that is ahead, or that was
 * set back since (P23). On a shared store each is left alone for the length of a lease, in which its holder can come back to it. A
 * saga that only waits for a deadline far ahead is not read. A scan that finds nothing is repeated a minute later.
 */
export async function scanFuture({
  runtime,
  debtLeases,
  shared,
  scanProgress,
  reader,
}: FutureScanOptions): Promise<void> {
  const now = runtime.monotonic()
  if (now < scanProgress.nextFuture) return
  const { farDebts } = scanProgress
  const isRipe = shared ? (id: SagaId) => farDebts.isRipe(id, runtime.monotonic(), debtLeases.lease) : undefined
  const scan = scanProgress.future({ due: runtime.wallClock() + debtLeases.longest, id: '' }, isRipe)
  const isComplete = await reader.read(scan)
  if (isComplete) farDebts.ended()
  const isIdle = isComplete && scan.isEffective !== true && !farDebts.areWaiting
  scanProgress.nextFuture = now + (isIdle ? DEFAULTS.clockLook : DEFAULTS.sweep)
}
