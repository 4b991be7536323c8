import { readFile, watch } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'

/** Milliseconds of quiet after which a file is taken as written. */
const QUIET = 50

/**
 * Yields whenever the content of a file has changed. It watches the folder, since editors put a new file in place of the old one;
 * a file that is absent in between counts as not changed.
 */
export async function* changesOf(path: string): AsyncGenerator<undefined, void> {
  const [folder, name] = [dirname(resolve(path)), basename(path)]
  let before = await textOf(path)
  for await (const { filename } of watch(folder)) {
    if (filename !== null && filename !== name) continue
    await new Promise((done) => setTimeout(done, QUIET))
    const now = await textOf(path)
    if (now === undefined || now === before) continue
    before = now
    yield undefined
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'base64')
  } catch {
    return undefined
  }
}
