import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A document as it was sent, and the tag of exactly these bytes. */
export interface TaggedDocument {
  readonly document: string
  readonly tag: string
}

/** The condition of a write: none, no document yet, or a document with one of these tags. */
export type WriteCondition =
  | { readonly kind: 'none' | 'absent' | 'present' }
  | { readonly kind: 'tags'; readonly tags: readonly string[] }

const WRITES = {
  none: 'INSERT INTO sagas VALUES (:id, :document, :tag) ON CONFLICT DO UPDATE SET document = :document, tag = :tag',
  absent: 'INSERT INTO sagas VALUES (:id, :document, :tag) ON CONFLICT DO NOTHING',
  present: 'UPDATE sagas SET document = :document, tag = :tag WHERE id = :id',
  tags: 'UPDATE sagas SET document = :document, tag = :tag WHERE id = :id AND tag IN (SELECT value FROM json_each(:tags))',
} as const

/** Sagas in a SQLite file. Check and write are one statement, so of two writers only one succeeds. */
export class DocumentStore {
  readonly #db: DatabaseSync

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#db = new DatabaseSync(path)
    // FULL: a document that was answered with 200 survives a power cut.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
    this.#db.exec('CREATE TABLE IF NOT EXISTS sagas (id TEXT PRIMARY KEY, document TEXT NOT NULL, tag TEXT NOT NULL)')
  }

  read(id: string): TaggedDocument | undefined {
    return this.#db.prepare('SELECT document, tag FROM sagas WHERE id = ?').get(id) as TaggedDocument | undefined
  }

  /** Returns the new tag, or nothing if the condition does not hold. */
  write(id: string, document: string, condition: WriteCondition): string | undefined {
    const tag = `"${createHash('sha256').update(document).digest('base64url')}"`
    const tags = condition.kind === 'tags' ? { tags: JSON.stringify(condition.tags) } : {}
    const { changes } = this.#db.prepare(WRITES[condition.kind]).run({ id, document, tag, ...tags })
    return changes === 0 ? undefined : tag
  }

  close(): void {
    this.#db.close()
  }
}
