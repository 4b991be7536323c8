import type { SagaDocument } from '../../../src/codec/saga-document.ts'
import { checkDocument } from '../../../testing/checker/check-document.ts'
import type { DocumentTerms } from '../../../testing/checker/document/document-terms.ts'
import type { Violation } from '../../../testing/checker/observation.ts'
import { Firsts } from './firsts.ts'
import type { Cut } from './firsts.ts'
import { atOnce } from '../../service/at-once.ts'
import type { UnreadableListed } from '../../service/saga-pages.ts'
import type { JudgedSaga, SagaSource } from './saga-source.ts'

/** All that `batuta verify` has found. Lists are cut; the counts are whole. */
export interface Survey {
  readonly sagas: number
  /** Violations by rule. */
  readonly violated: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly unreadable: Cut<UnreadableListed>
  /** Ids of a file that are no saga; of a list a saga may be removed meanwhile, so there it is none of these. */
  readonly missing: Cut<string>
  /** Commands that are owed, oldest first. */
  readonly debts: Cut<OldDebt>
  /** Sagas that stand still and have nothing pending, longest first. */
  readonly stale: Cut<StaleSaga>
  /** Entries of histories that another machine decided: they were judged without it. */
  readonly otherMachines: number
}

/** A command that is not delivered. */
export interface OldDebt {
  readonly sagaId: string
  readonly id: string
  readonly channel: string
  readonly since: string
  readonly attempts: number
  readonly last?: string | undefined
}

/** A saga that nothing of the service will move. */
export interface StaleSaga {
  readonly sagaId: string
  readonly state: string
  readonly since: string
  readonly deadLetters: number
}

/** Options of `survey`. */
export interface SurveyOptions {
  /** Milliseconds since the epoch, at each look. */
  readonly now: () => number
  /** Age from which a saga without pending work is stale, in milliseconds. */
  readonly olderThan: number
  /** Entries of each list. */
  readonly shown: number
  /** The ids are of a file: each must be a saga. */
  readonly areNamed?: boolean | undefined
  /** Waits before a second look at the sagas of a page that break a rule. */
  readonly pause: () => Promise<unknown>
}

/** Documents that are read at once. */
const AT_ONCE = 16
/** Milliseconds that due work may take: the service waits up to five minutes for what its topics held (P18). */
const SLACK = 600_000

/** Judges all sagas of a source. Its memory does not grow with their number. */
export async function survey(source: SagaSource, options: SurveyOptions): Promise<Survey> {
  const surveyor = new Surveyor(source, options)
  for await (const page of source.pages()) {
    await atOnce(page, AT_ONCE, (saga) => surveyor.look(saga))
    await surveyor.confirm()
  }
  return surveyor.survey
}

class Surveyor {
  readonly #source: SagaSource
  readonly #options: SurveyOptions
  readonly #violated = new Map<string, number>()
  readonly #violations: Violation[] = []
  readonly #unreadable: Firsts<UnreadableListed>
  readonly #missing: Firsts<string>
  readonly #debts: Firsts<OldDebt>
  readonly #stale: Firsts<StaleSaga>
  /** Documents of the page that break a rule. */
  readonly #suspects: SagaDocument[] = []
  #sagas = 0
  #otherMachines = 0

  constructor(source: SagaSource, options: SurveyOptions) {
    this.#source = source
    this.#options = options
    this.#unreadable = new Firsts(options.shown, ({ sagaId }) => sagaId)
    this.#missing = new Firsts(options.shown, (sagaId) => sagaId)
    this.#debts = new Firsts(options.shown, ({ since }) => since)
    this.#stale = new Firsts(options.shown, ({ since }) => since)
  }

  get survey(): Survey {
    return {
      sagas: this.#sagas,
      violated: Object.fromEntries([...this.#violated].toSorted(([one], [other]) => (one < other ? -1 : 1))),
      violations: this.#violations,
      unreadable: this.#unreadable.cut,
      missing: this.#missing.cut,
      debts: this.#debts.cut,
      stale: this.#stale.cut,
      otherMachines: this.#otherMachines,
    }
  }

  async look(listed: JudgedSaga): Promise<void> {
    this.#sagas++
    if ('unreadable' in listed) return this.#unreadable.add(listed)
    const document = await this.#source.document(listed.sagaId)
    if (document === undefined) return this.#options.areNamed === true ? this.#missing.add(listed.sagaId) : undefined
    if ('unreadable' in document) return this.#unreadable.add(document)
    this.#noteDebts(document)
    this.#noteStale(document)
    for (const { machine } of document.history.events) if (machine !== this.#source.machine.hash) this.#otherMachines++
    if (this.#judge(document).length > 0) this.#suspects.push(document)
  }

  /** To be called after a page. A saga at work is written between two reads of it: only what is there a second time is told. */
  async confirm(): Promise<void> {
    if (this.#suspects.length === 0) return
    await this.#options.pause()
    for (const suspect of this.#suspects.splice(0)) await this.#confirmOne(suspect)
  }

  async #confirmOne(first: SagaDocument): Promise<void> {
    const again = await this.#source.document(first.sagaId)
    if (again === undefined || 'unreadable' in again) return
    const known = this.#judge(first).map(keyOf)
    for (const violation of this.#judge(again)) {
      if (!known.includes(keyOf(violation))) continue
      this.#violated.set(violation.rule, (this.#violated.get(violation.rule) ?? 0) + 1)
      if (this.#violations.length < this.#options.shown) this.#violations.push(violation)
    }
  }

  #judge(document: SagaDocument): readonly Violation[] {
    const { definition, hash, parkingLimit } = this.#source.machine
    const machineOf: DocumentTerms['machineOf'] = (wanted) => (wanted === hash ? definition : undefined)
    return checkDocument(document, { machineOf, now: this.#options.now(), slack: SLACK, parkingLimit })
  }

  #noteDebts({ sagaId, owed = [] }: SagaDocument): void {
    for (const { id, channel, since, attempts, last } of owed)
      this.#debts.add({
        sagaId,
        id,
        channel,
        since,
        attempts,
        last: last && `${last.status ?? ''} ${last.answer ?? ''}`.trim(),
      })
  }

  #noteStale(document: SagaDocument): void {
    const { sagaId, currentState: state, isFinal, history, stateSince, deadLetters = [] } = document
    const since = stateSince ?? history.states.at(-1)?.timestamp ?? ''
    if (isFinal || isPending(document) || Date.parse(since) > this.#options.now() - this.#options.olderThan) return
    this.#stale.add({ sagaId, state, since, deadLetters: deadLetters.length })
  }
}

/** Something of the service, or its clock, will move the saga. */
function isPending({ owed = [], parked = [], timer, hold }: SagaDocument): boolean {
  return owed.length > 0 || parked.length > 0 || timer !== undefined || hold !== undefined
}

function keyOf({ rule, why }: Violation): string {
  return `${rule} ${why}`
}
