/** Bytes of metadata: a document of 16 MiB also holds the older copies that debts carry (P5). */
export const LIMIT = 5_000_000
/** The same as BSON, where frames and numbers take some bytes more than as JSON. */
export const ROOM = 5_100_000
/** Bytes of everything that a write carries; the rest of the 16 MiB is for the history, which only the server has. */
export const WHOLE = 16_000_000
