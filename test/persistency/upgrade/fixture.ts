import type { ShownDocuments } from './making.ts'

/** One file of a fixture: the documents as their own version shows them, and the data of the store, encoded as JSON. */
export interface Fixture<Data> {
  readonly shown: ShownDocuments
  readonly data: Data
}

/** REST: the bodies of the requests by saga id. */
export type RestData = Readonly<Record<string, unknown>>

/** Durable Objects: of each object its SQL schema, the rows of its tables and its alarm. */
export type ObjectData = Readonly<
  Record<
    string,
    {
      readonly schema: readonly string[]
      readonly rows: Readonly<Record<string, readonly Row[]>>
      readonly alarm: number | null
    }
  >
>

type Row = Readonly<Record<string, string | number | null>>
