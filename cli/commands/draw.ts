import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { buildCommand } from '@stricli/core'
import { reasonOf } from '../../src/errors.ts'
import type { Flow } from '../../src/drawing/placed-picture.ts'
import { USAGE_ERROR, type CommandLine } from '../command-line.ts'
import { findBrowser, openFile, writePng } from './draw/browser.ts'
import { drawMachine } from './draw/draw-machine.ts'
import { readMachine } from './draw/read-machine.ts'
import { changesOf } from './draw/watch-file.ts'

const FORMATS = ['svg', 'mermaid', 'html', 'png'] as const
type DrawFormat = (typeof FORMATS)[number]

interface DrawFlags {
  readonly format?: DrawFormat | undefined
  readonly output?: string | undefined
  readonly flow: Flow
  readonly theme?: 'light' | 'dark' | undefined
  readonly open: boolean
  readonly watch: boolean
}

const EXTENSIONS: Readonly<Record<string, DrawFormat>> = {
  '.svg': 'svg',
  '.mmd': 'mermaid',
  '.html': 'html',
  '.htm': 'html',
  '.png': 'png',
}
/** Seconds after which a page that is watched reads itself anew. */
const REFRESH = 2

/** `batuta draw`: draws the machine of a saga.json. */
export const draw = buildCommand<DrawFlags, [string], CommandLine>({
  docs: {
    brief: 'Draw the machine of a saga.json',
    fullDescription: [
      'Writes the picture to stdout or to a file: SVG, a diagram of Mermaid, a page that stands alone, or PNG where a browser of',
      'the Chromium family is at hand (CHROME_PATH names one). Without --format the name of the file decides.',
      '--open shows the picture as a page; --watch draws again whenever the file changes, until it is interrupted.',
      'Exit code: 0, 1 where the file has problems, 2 where it cannot be read or the command line is invalid.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      format: { kind: 'enum', values: FORMATS, optional: true, brief: 'Default: svg; html with --open' },
      output: { kind: 'parsed', parse: String, optional: true, placeholder: 'file', brief: 'The file to write' },
      flow: {
        kind: 'enum',
        values: ['right', 'down'],
        default: 'right',
        brief: 'From left to right, or from top to bottom',
      },
      theme: { kind: 'enum', values: ['light', 'dark'], optional: true, brief: 'Default: as the reader prefers' },
      open: { kind: 'boolean', default: false, withNegated: false, brief: 'Show the picture' },
      watch: { kind: 'boolean', default: false, withNegated: false, brief: 'Draw again whenever the file changes' },
    },
    aliases: { o: 'output' },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'The file', placeholder: 'saga.json' }] },
  },
  async func(flags, path) {
    const { stderr, env } = this.process
    const job = await jobOf(flags, path)
    const wrong = misuse(job, flags, env)
    if (wrong !== undefined) {
      stderr.write(`draw: ${wrong}\n`)
      return this.end(USAGE_ERROR)
    }
    const code = await drawOnce(this, path, job)
    if (flags.open && job.output !== undefined && code === 0) openFile(job.output)
    if (!flags.watch) return this.end(code)
    stderr.write(`draw: watching "${path}", Ctrl-C ends it\n`)
    for await (const _ of changesOf(path)) await drawOnce(this, path, job)
  },
})

/** One picture to be drawn, perhaps many times. */
interface DrawJob {
  readonly format: DrawFormat
  /** Absent: stdout. */
  readonly output?: string | undefined
  readonly flow: Flow
  readonly theme?: 'light' | 'dark' | undefined
  readonly isWatched: boolean
}

async function jobOf({ format, output, flow, theme, open, watch }: DrawFlags, path: string): Promise<DrawJob> {
  const byName = output === undefined ? undefined : EXTENSIONS[extname(output).toLowerCase()]
  const chosen = format ?? byName ?? (open ? 'html' : 'svg')
  const shown = { format: chosen, flow, theme, isWatched: watch }
  if (output !== undefined || !open) return { ...shown, output }
  const extension = chosen === 'mermaid' ? 'mmd' : chosen
  const folder = await mkdtemp(join(tmpdir(), 'batuta-draw-'))
  return { ...shown, output: join(folder, `${basename(path, extname(path))}.${extension}`) }
}

function misuse(
  { format, output }: DrawJob,
  { watch }: DrawFlags,
  env: CommandLine['process']['env'],
): string | undefined {
  if (output === undefined && format === 'png') return 'found --format png without --output, expected a file to write'
  if (output === undefined && watch) return 'found --watch without --output or --open, expected a file to write'
  if (format !== 'png' || findBrowser(env) !== undefined) return undefined
  return 'found no browser for --format png, expected Chromium, Chrome or Edge on PATH, or CHROME_PATH; svg and html need none'
}

/** Draws once. Resolves with the exit code. */
async function drawOnce({ process }: CommandLine, path: string, job: DrawJob): Promise<number> {
  const { stdout, stderr, env } = process
  const read = await readMachine(path)
  if ('lines' in read) {
    for (const line of read.lines) stderr.write(`${line}\n`)
    return read.code
  }
  const { format, output, isWatched, ...shown } = job
  const refresh = isWatched && format === 'html' ? REFRESH : undefined
  const title = `${basename(path)} · Batuta`
  const drawn = drawMachine(read.configuration, {
    ...shown,
    title,
    refresh,
    format: format === 'png' ? 'html' : format,
  })
  if (output === undefined) {
    stdout.write(drawn.text)
    return 0
  }
  const failed =
    format === 'png' ? await writePng(findBrowser(env) ?? '', drawn, output) : await write(output, drawn.text)
  stderr.write(failed === undefined ? `drawn: ${output}\n` : `draw "${output}": ${failed}\n`)
  return failed === undefined ? 0 : USAGE_ERROR
}

async function write(path: string, text: string): Promise<string | undefined> {
  try {
    await writeFile(path, text)
    return undefined
  } catch (thrown) {
    return reasonOf(thrown)
  }
}
