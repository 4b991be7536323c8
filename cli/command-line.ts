import process from 'node:process'
import { ExitCode, run, text_en } from '@stricli/core'
import type { Application, ApplicationText, CommandContext, StricliProcess } from '@stricli/core'
import { reasonOf } from '../src/errors.ts'

/** What a command of ours is given: where to write, and how it says that it came to no good end. */
export interface CommandLine extends CommandContext {
  readonly process: {
    readonly stdout: { write(text: string): void }
    readonly stderr: { write(text: string): void }
    readonly env: Readonly<Record<string, string | undefined>>
  }
  /** The exit code to end with; 0 unless somebody says so. */
  end(code: number): void
}

/** The command line was not understood, or names a file that cannot be read. */
export const USAGE_ERROR = 2

/** A sentence instead of a stack trace. */
export const TEXT: ApplicationText = {
  ...text_en,
  exceptionWhileRunningCommand: (thrown) => reasonOf(thrown),
  exceptionWhileParsingArguments: (thrown, color) =>
    thrown instanceof Error ? thrown.message : text_en.exceptionWhileParsingArguments(thrown, color),
}

/** Runs one command line to its exit code: 2 with the usage on stderr where it was not understood. */
export async function execute(application: Application<CommandLine>, inputs: readonly string[]): Promise<number> {
  let code = 0
  const { stdout, stderr, env } = process
  const host: CommandLine['process'] & StricliProcess = { stdout, stderr, env }
  await run(application, inputs, { process: host, end: (wanted) => void (code = wanted) })
  if (host.exitCode === ExitCode.UnknownCommand) return misunderstood(application, [])
  if (host.exitCode === ExitCode.InvalidArgument) return misunderstood(application, inputs.slice(0, 1))
  return host.exitCode === ExitCode.Success ? code : 1
}

async function misunderstood(application: Application<CommandLine>, route: readonly string[]): Promise<number> {
  const { stderr, env } = process
  stderr.write('\n')
  const command = route.filter((name) => !name.startsWith('-'))
  await run(application, [...command, '--help'], { process: { stdout: stderr, stderr, env }, end: () => undefined })
  return USAGE_ERROR
}
