import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** Ids of one page. */
const PAGE = 200

/** Pages of the ids in a file: one a line, blank lines left out. Memory does not grow with the file. Throws where it cannot be read. */
export async function* idPages(path: string): AsyncGenerator<readonly string[]> {
  const file = createReadStream(path, 'utf8')
  let page: string[] = []
  try {
    for await (const line of createInterface({ input: file, crlfDelay: Infinity })) {
      const id = line.trim()
      if (id !== '') page.push(id)
      if (page.length < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  } finally {
    file.destroy()
  }
}

/** The flag `--ids` of commands that read sagas one by one. */
export const IDS_FLAG = {
  kind: 'parsed',
  parse: String,
  optional: true,
  brief: 'Read the sagas of this file, one id a line, where the store cannot list them',
  placeholder: 'file',
} as const
