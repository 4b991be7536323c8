import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SagaDocument } from '../../src/codec/saga-document.ts'
import { checkDocument } from '../../testing/checker/check-document.ts'
import { ledgerProblems } from '../../testing/checker/ledger-problems.ts'
import type { AcknowledgedCreation } from '../../testing/checker/ledger-problems.ts'
import type { Violation } from '../../testing/checker/observation.ts'
import { readLedger } from '../../testing/ledger/ledger-file.ts'
import { leftWaiting } from '../services/waits.ts'
import type { Stage } from './deployment.ts'
import type { DeskEntry } from './participants/desk.ts'
import { mannerOf } from './reactions.ts'
import type { Transport } from './reactions.ts'

export interface JudgedRun {
  readonly stage: Stage
  /** For the evidence of violations. */
  readonly folder: string
  readonly created: readonly AcknowledgedCreation[]
  /** Absent where the service does not answer any more: then its sagas are not judged. */
  readonly documents: ReadonlyMap<string, SagaDocument> | undefined
}

export interface Judgement {
  readonly violations: readonly Violation[]
  /** Commands that arrived again under their key. */
  readonly repeated: number
}

/** Compares the ledgers of driver and participants with the sagas. With a violation, the documents of its saga go into the folder. */
export function judge({ stage, folder, created, documents }: JudgedRun): Judgement {
  const desk = readLedger<DeskEntry>(stage.ledger)
  const arrivals = desk.filter((entry) => entry.kind === 'arrived')
  const events = desk.filter((entry) => entry.kind === 'acknowledged')
  const repeated = arrivals.length - new Set(arrivals.map(({ key }) => key)).size
  if (documents === undefined) return { violations: [], repeated }
  const violations = [
    ...ledgerProblems({ machine: stage.machine, creations: created, arrivals, events, documents }),
    ...[...documents.values()].flatMap((document) => [
      ...checkDocument(document, { machineOf: () => stage.machine, now: Date.now(), slack: 0 }),
      ...unplannedLetters(document, stage.transport),
      ...leftovers(document),
    ]),
  ]
  const guilty = new Set(violations.flatMap(({ sagaId }) => (sagaId === undefined ? [] : [sagaId])))
  const shown = [...guilty].map((sagaId) => documents.get(sagaId))
  if (violations.length > 0) write(folder, 'violations.json', { violations, documents: shown })
  return { violations, repeated }
}

/** Only the participants that refuse a payment for good make dead letters. */
function unplannedLetters({ sagaId, metadata, deadLetters = [] }: SagaDocument, transport: Transport): Violation[] {
  if (mannerOf(Number(metadata['n']), transport) === 'rejects') return []
  return deadLetters.map(({ label, why }) => ({ rule: 'P15', sagaId, why: `"${label}" is a dead letter: ${why}` }))
}

/** Everything must have come to its end (I9). */
function leftovers(document: SagaDocument): Violation[] {
  const { sagaId, owed } = document
  const left = [...(owed === undefined ? [] : ['it owes commands']), ...leftWaiting(document)]
  return left.map((why) => ({ rule: 'I9', sagaId, why }))
}

function write(folder: string, name: string, content: object): void {
  writeFileSync(join(folder, name), JSON.stringify(content, undefined, 2))
}
