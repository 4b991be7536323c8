import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process as /proc shows it; times in seconds. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** Processor time of its threads. */
  readonly own: number
  /** Processor time of its children that have ended. */
  readonly ended: number
}

/** Resident memory of a process, in MiB. */
export interface ResidentRow {
  readonly executable: string
  readonly anonymous: number
  /** Pages of files, mostly of the executable itself. */
  readonly file: number
  /** Memory that it shares with others on purpose, such as PostgreSQL's buffers. */
  readonly shared: number
}

/** Kernel clock ticks a second. */
const TICKS = 100

/** Reads the text of `/proc/<pid>/stat`. The name in it may hold spaces and parentheses. */
export function processRow(stat: string): ProcessRow {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (at: number) => (Number(fields[at]) + Number(fields[at + 1])) / TICKS
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), own: seconds(11), ended: seconds(13) }
}

/** The processes with these ids, and all that they started. */
export function familyOf(rows: readonly ProcessRow[], roots: readonly number[]): readonly ProcessRow[] {
  const found = rows.filter(({ pid }) => roots.includes(pid))
  for (const { pid } of found) found.push(...rows.filter((row) => row.parent === pid && !found.includes(row)))
  return found
}

/** These processes and all that they started. Needs Linux's /proc. */
export function familyNow(roots: readonly number[]): readonly ProcessRow[] {
  return familyOf(processRows(), roots)
}

/** Processor seconds of these processes and of all that they started, those that have ended too. Needs Linux's /proc. */
export function familySeconds(roots: readonly number[]): number {
  return familyNow(roots).reduce((sum, { own, ended }) => sum + own + ended, 0)
}

/** MiB of these processes and all that they started. Needs Linux's /proc. */
export function familyResident(roots: readonly number[]): number {
  return residentOf(familyNow(roots).flatMap(({ pid }) => residentRow(pid) ?? []))
}

/** The sum in MiB. Pages of files and shared memory count once for each executable, because its processes have the same ones. */
export function residentOf(rows: readonly ResidentRow[]): number {
  const common = new Map<string, number>()
  for (const { executable, file, shared } of rows) {
    common.set(executable, Math.max(common.get(executable) ?? 0, file + shared))
  }
  const alone = rows.reduce((sum, { anonymous }) => sum + anonymous, 0)
  return [...common.values()].reduce((sum, size) => sum + size, alone)
}

function processRows(): readonly ProcessRow[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? textOf(`/proc/${name}/stat`) : undefined
    return stat === undefined ? [] : [processRow(stat)]
  })
}

function residentRow(pid: number): ResidentRow | undefined {
  const status = textOf(`/proc/${pid}/status`)
  if (status === undefined) return undefined
  const size = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1_024
  const sizes = { anonymous: size('RssAnon'), file: size('RssFile'), shared: size('RssShmem') }
  return { executable: executableOf(pid), ...sizes }
}

function executableOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return String(pid) // a process of another user, or one that has ended
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // it ended between the two looks
  }
}
