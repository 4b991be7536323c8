/** Bytes of metadata: beside it a document of 16 MiB must hold the older copies that debts carry (P5). */
export const LIMIT = 5_000_000
/** Frames and numbers take some bytes more than they do as JSON. */
export const ROOM = 5_100_000
/** Bytes of everything that a write carries; the rest of the 16 MiB is for the history, which only the server has. */
export const WHOLE = 16_000_000
