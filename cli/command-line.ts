import process from 'node:process'
import { ExitCode, run, text_en } from '@stricli/core'
import type { Application, ApplicationText, CommandContext, StricliProcess } from '@stricli/core'
import { reasonOf } from '../src/errors.ts'

/** The context of a command: its streams, the environment, and the exit code that it sets. */
export interface CommandLine extends CommandContext {
  readonly process: {
    /** `isTTY`: a person reads it, so it may have colours. */
    readonly stdout: { write(text: string): void; readonly isTTY?: boolean | undefined }
    readonly stderr: { write(text: string): void; readonly isTTY?: boolean | undefined }
    readonly env: Readonly<Record<string, string | undefined>>
  }
  /** Sets the exit code; without a call it is 0. */
  end(code: number): void
}

/** Exit code of an invalid command line, and of a file that cannot be read. */
export const USAGE_ERROR = 2

/** Errors are printed as a sentence, without a stack trace. */
export const TEXT: ApplicationText = {
  ...text_en,
  exceptionWhileRunningCommand: (thrown) => reasonOf(thrown),
  exceptionWhileParsingArguments: (thrown, color) =>
    thrown instanceof Error ? thrown.message : text_en.exceptionWhileParsingArguments(thrown, color),
}

/** Runs a command line. Resolves with the exit code: 2, with the usage on stderr, where the line is invalid. */
export async function execute(application: Application<CommandLine>, inputs: readonly string[]): Promise<number> {
  let code = 0
  const { stdout, stderr, env } = process
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe)
  const host: CommandLine['process'] & StricliProcess = { stdout, stderr, env }
  await run(application, inputs, { process: host, end: (wanted) => void (code = wanted) })
  if (host.exitCode === ExitCode.UnknownCommand) return printUsage(application, [])
  if (host.exitCode === ExitCode.InvalidArgument) return printUsage(application, commandOf(inputs))
  return host.exitCode === ExitCode.Success ? code : 1
}

/** The reader of a pipe, such as `head`, has read enough: what the command does is done all the same. */
function ignoreClosedPipe(thrown: NodeJS.ErrnoException): void {
  if (thrown.code !== 'EPIPE') throw thrown
}

/** The words that name the command: at most two, as in `sagas move`. */
function commandOf(inputs: readonly string[]): readonly string[] {
  const words = inputs.findIndex((input) => input.startsWith('-'))
  return inputs.slice(0, Math.min(2, words === -1 ? inputs.length : words))
}

async function printUsage(application: Application<CommandLine>, route: readonly string[]): Promise<number> {
  const { stderr, env } = process
  stderr.write('\n')
  const command = route.filter((name) => !name.startsWith('-'))
  await run(application, [...command, '--help'], { process: { stdout: stderr, stderr, env }, end: () => undefined })
  return USAGE_ERROR
}
