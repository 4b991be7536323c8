import { readFile } from 'node:fs/promises'
import { buildCommand } from '@stricli/core'
import { reasonOf } from '../../src/errors.ts'
import type { SecretSources } from '../../src/config/secret.ts'
import { USAGE_ERROR } from '../command-line.ts'
import type { CommandLine } from '../command-line.ts'
import type { CheckedFile, CheckFormat } from './check/checked-file.ts'
import { formatGithub } from './check/format-github.ts'
import { formatJson } from './check/format-json.ts'
import { formatText } from './check/format-text.ts'
import { inspect } from './check/inspect.ts'

type FormatName = 'text' | 'json' | 'github'

interface CheckFlags {
  readonly strict: boolean
  readonly json: boolean
  readonly format: FormatName
}

/** `batuta check`: prints every problem and finding of saga.json files to stdout. */
export const check = buildCommand<CheckFlags, string[], CommandLine>({
  docs: {
    brief: 'Check a saga.json without starting anything',
    fullDescription: [
      'Prints every problem and finding of saga.json files: its place, what was found and expected, why it matters and how to mend it.',
      'An error keeps the service from starting; a warning is probably a mistake, a note is unusual.',
      'A secret that this machine lacks is a warning, since the service may run elsewhere.',
      'Exit code: 0 without errors, 1 with some, 2 where a file cannot be read or the command line is invalid.',
      'docs/FINDINGS.md explains each code.',
    ].join('\n'),
  },
  parameters: {
    flags: {
      strict: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Report warnings and notes as errors; a missing secret stays a warning',
      },
      json: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'The same as --format json',
      },
      format: {
        kind: 'enum',
        values: ['text', 'json', 'github'],
        default: 'text',
        brief: 'text for people, json for programs, github for annotations in GitHub Actions',
      },
    },
    positional: {
      kind: 'array',
      minimum: 1,
      parameter: { parse: String, brief: 'The files to check', placeholder: 'saga.json' },
    },
  },
  async func({ strict, json, format }, ...paths) {
    const { stdout, stderr, env } = this.process
    if (json && format === 'github') {
      stderr.write('check: found --json beside --format github, expected one of them\n')
      return this.end(USAGE_ERROR)
    }
    const hasColour = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === ''
    const sources = { readFile: (file: string) => readFile(file), variable: (name: string) => env[name] }
    const files: CheckedFile[] = []
    for (const path of paths) files.push(await checkedFile(path, { strict, sources }))
    for (const file of files) if ('unreadable' in file) stderr.write(`check "${file.path}": ${file.unreadable}\n`)
    stdout.write(formatOf(json ? 'json' : format, hasColour)(files))
    this.end(exitCode(files))
  },
})

interface CheckOptions {
  readonly strict: boolean
  readonly sources: SecretSources
}

async function checkedFile(path: string, options: CheckOptions): Promise<CheckedFile> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (thrown) {
    return { path, unreadable: reasonOf(thrown) }
  }
  return { path, reports: await inspect(bytes, options) }
}

function formatOf(name: FormatName, hasColour: boolean): CheckFormat {
  if (name === 'json') return formatJson
  return name === 'github' ? formatGithub : (files) => formatText(files, hasColour)
}

function exitCode(files: readonly CheckedFile[]): number {
  if (files.some((file) => 'unreadable' in file)) return USAGE_ERROR
  const hasErrors = files.some((file) => 'reports' in file && file.reports.some(({ level }) => level === 'error'))
  return hasErrors ? 1 : 0
}
