/** A `disk` service of workerd: `HEAD` answers a file's size, `GET` the names in a folder. */
export interface DiskService {
  fetch(url: string, init?: { readonly method: string }): Promise<DiskAnswer>
}

interface DiskAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  json(): Promise<unknown>
}

/** Name of the binding for the folder of the objects' SQLite files; `npm run start:workerd` alone binds it. */
export const OBJECTS_FOLDER = 'BATUTA_OBJECTS'

/** Bytes of a file that was opened and never written to: one empty page. */
const EMPTY = 4_096

/**
 * True if the object with this id has written anything. Reads sizes of files, since waking the object would make a file, which is
 * never removed, and hold three descriptors for ten seconds.
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
