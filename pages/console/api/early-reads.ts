import { ask, type ApiAnswer } from './request.ts'

/** Milliseconds after which an answer that no view has taken is too old to be shown. */
const FRESH = 5_000

const reads = new Map<string, { readonly since: number; readonly answer: Promise<ApiAnswer> }>()

/** Reads a path before the view that shows it is there. A failure is that of the view's own read, which tries again. */
export function readEarly(path: string): Promise<ApiAnswer> {
  const answer = ask({ method: 'GET', path })
  answer.catch(() => undefined)
  reads.set(path, { since: performance.now(), answer })
  return answer
}

/** The answer of an early read, for the first view that asks for the path; undefined where there is none, or an old one. */
export function takeEarly(path: string): Promise<ApiAnswer> | undefined {
  const read = reads.get(path)
  reads.delete(path)
  return read !== undefined && performance.now() - read.since < FRESH ? read.answer : undefined
}
