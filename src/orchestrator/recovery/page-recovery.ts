import { isResting } from '../../codec/due-order.ts'
import { DEFAULTS } from '../../defaults.ts'
import type { DuePlace, Loaded } from '../../ports/persistency.ts'
import type { Runtime } from '../../ports/runtime.ts'
import { isBusy } from './saga-recovery.ts'
import type { SagaRecovery } from './saga-recovery.ts'
import type { Scan, ScanProgress } from './scan-progress.ts'
import type { ClaimResult } from '../sending/claims.ts'
import type { UnknownReferences } from '../observability/unknown-references.ts'

/** Options of `PageRecovery`. */
export interface PageRecoveryOptions {
  /** Other processes sweep the same store: each claims a random part first, so that they seldom collide (P16). */
  readonly shared: boolean
  readonly sagaRecovery: SagaRecovery
  readonly scanProgress: ScanProgress
  readonly runtime: Pick<Runtime, 'random'>
  readonly unknownReferences: Pick<UnknownReferences, 'scanBegins' | 'scanned'>
}

/** Recovers the sagas of one page of a scan, side by side. */
export class PageRecovery {
  readonly #options: PageRecoveryOptions

  constructor(options: PageRecoveryOptions) {
    this.#options = options
  }

  /** Returns the place after which the scan goes on: that of the page's last saga which keeps its place in the store's order. */
  async recover(page: readonly Loaded[], scan: Scan): Promise<DuePlace | undefined> {
    const { sagaRecovery, scanProgress } = this.#options
    if (scan.kind === 'full') this.#countUnknown(page, scan)
    const skipped = new Map(page.map((loaded) => [loaded, sagaRecovery.skippedOf(loaded)]))
    const wanted = page.filter((loaded) => skipped.get(loaded) === undefined && scan.isRipe?.(loaded.saga.id) !== false)
    const claims = await this.#claim(wanted)
    if (claims.size < wanted.length) {
      scan.isEffective = true
      return scan.at
    }
    for (const loaded of page) {
      const claim = claims.get(loaded)
      const lanes = claim?.passed ?? skipped.get(loaded) ?? []
      for (const lane of lanes) scanProgress.skipped(lane, scan)
      if (lanes.length > 0 || (claim !== undefined && (claim.kind !== 'left' || isBusy(claim)))) scan.isEffective = true
    }
    const last = page.findLast((loaded) => claims.get(loaded)?.kind !== 'written')
    if (last === undefined) return scan.at
    const { due = 0, id } = last.saga
    return { due, id, isResting: isResting(last.saga) }
  }

  /**
   * Claims all of them, or on a shared store a random part: the rest is read again with the next page, and by then it may be
   * another process's. Only where all of the part was lost to others, the rest is claimed too.
   */
  async #claim(wanted: readonly Loaded[]): Promise<ReadonlyMap<Loaded, ClaimResult>> {
    const { shared, sagaRecovery, runtime } = this.#options
    const claims = new Map<Loaded, ClaimResult>()
    const claim = async (loaded: Loaded) => void claims.set(loaded, await sagaRecovery.recover(loaded))
    const part = shared ? randomPart(wanted, runtime) : wanted
    await Promise.all(part.map(claim))
    if ([...claims.values()].some(({ kind }) => kind === 'written')) return claims
    await Promise.all(wanted.filter((loaded) => !claims.has(loaded)).map(claim))
    return claims
  }

  #countUnknown(page: readonly Loaded[], scan: Scan): void {
    const { unknownReferences } = this.#options
    if (scan.at === undefined) unknownReferences.scanBegins()
    for (const { saga } of page) unknownReferences.scanned(saga)
  }
}

/** At most 64 neighbours in the order in which they are due. */
function randomPart(page: readonly Loaded[], runtime: Pick<Runtime, 'random'>): readonly Loaded[] {
  const left = page.length - DEFAULTS.sweepAtOnce
  if (left <= 0) return page
  const from = Math.floor(runtime.random() * (left + 1))
  return page.slice(from, from + DEFAULTS.sweepAtOnce)
}
