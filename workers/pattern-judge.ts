/** Milliseconds for one pattern. Nearly all take some; a busy machine must not change the verdict. */
const LONGEST = 10_000

/** The build of recheck without processes and workers, which every host of a process can load. */
type Checker = (typeof import('recheck/lib/browser.js'))['default']

let loading: Promise<Checker | undefined> | undefined

/**
 * True if recheck proves that a regular expression takes a time that is linear in the text. Loaded when the first pattern asks
 * for it; where recheck is not installed, no pattern is proven.
 */
export async function judgePattern(source: string, flags: string): Promise<boolean> {
  loading ??= loadChecker()
  const checker = await loading
  return checker?.checkSync(source, flags, { checker: 'automaton', timeout: LONGEST }).status === 'safe'
}

async function loadChecker(): Promise<Checker | undefined> {
  try {
    return (await import('recheck/lib/browser.js')).default
  } catch {
    return undefined
  }
}
