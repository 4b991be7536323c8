import { DEFAULTS } from '../defaults.ts'
import type { RecoveryBySweep } from '../ports/persistency.ts'
import type { Runtime } from '../ports/runtime.ts'
import type { Scan, ScanProgress } from './scan-progress.ts'
import type { ScanReader } from './scan-reader.ts'
import type { Sender } from './sender.ts'

/** Options of `scanFuture`. */
export interface FutureScanOptions {
  readonly recovery: RecoveryBySweep
  readonly shared: boolean
  readonly sender: Pick<Sender, 'lease' | 'longest'>
  readonly runtime: Pick<Runtime, 'monotonic' | 'wallClock'>
  readonly scanProgress: ScanProgress
  readonly reader: Pick<ScanReader, 'read'>
}

/**
 * Scans the sagas that are due later than this process could write: their debts come from a clock that is ahead, or that was set
 * back since (P23). On a shared store they are left alone for the length of a lease, in which their holder can come back to them.
 * Sagas may also be due at a deadline far ahead: a scan with nothing to claim is repeated only a minute later.
 */
export async function scanFuture(options: FutureScanOptions): Promise<void> {
  const { runtime, recovery, sender, shared, scanProgress, reader } = options
  const now = runtime.monotonic()
  if (now < scanProgress.nextFuture) return
  const from = { due: runtime.wallClock() + sender.longest, id: '' }
  const isThere = (await recovery.findDue(Number.MAX_SAFE_INTEGER, 1, from)).length > 0
  scanProgress.futureSince = isThere ? (scanProgress.futureSince ?? now) : undefined
  const mustWait = shared && now - (scanProgress.futureSince ?? now) < sender.lease
  const isIdle = !isThere || (!mustWait && (await isWithoutEffect(scanProgress.future(from), reader)))
  scanProgress.nextFuture = now + (isIdle ? DEFAULTS.clockLook : DEFAULTS.sweep)
}

/** True if the scan came to its end and there was nothing to claim. */
async function isWithoutEffect(scan: Scan, reader: FutureScanOptions['reader']): Promise<boolean> {
  return (await reader.read(scan)) && scan.isEffective !== true
}
