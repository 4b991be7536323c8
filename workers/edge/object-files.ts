/** What is needed of a `disk` service that workerd binds: a file's size by `HEAD`, a folder's names by `GET`. */
export interface DiskService {
  fetch(url: string, init?: { readonly method: string }): Promise<DiskAnswer>
}

interface DiskAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  json(): Promise<unknown>
}

/** The folder in which workerd keeps its objects, a SQLite file each; only `npm run start:workerd` binds it. */
export const OBJECTS_FOLDER = 'BATUTA_OBJECTS'

/** A file that was opened and never written to: one page that says nothing. */
const EMPTY = 4_096

/**
 * Whether the object with this id has anything written. Asked without waking it: waking alone makes a file, which nothing
 * removes, and holds three descriptors for ten seconds.
 */
export async function hasObjectFile(folder: DiskService, id: string): Promise<boolean> {
  const file = `http://disk/batuta/${id}.sqlite`
  return (await sizeOf(folder, file)) > EMPTY || (await sizeOf(folder, `${file}-wal`)) > 0
}

async function sizeOf(folder: DiskService, url: string): Promise<number> {
  const { status, headers } = await folder.fetch(url, { method: 'HEAD' })
  if (status === 404) return 0
  if (status !== 200) throw new Error(`look for an object's file: found status ${status}, expected 200 or 404`)
  return Number(headers.get('content-length'))
}
