/**
 * Promise turns without a sign of activity after which everything is taken to wait. A chain of awaits between two signs of
 * activity must be shorter; the longest in the corridor has some tens.
 */
const QUIET_TURNS = 500
/** Promise turns after which work that needs no time is taken never to end. */
const MOST_TURNS = 1_000_000

/**
 * Lets everything run on that waits for neither time nor the outside: gives up the thread for promise turns until 500 in a row
 * pass without activity. `activity` is a count that grows with every call of the simulated host. No timer of the real host is
 * used, so work that waits for real input or output does not go on. Throws where the activity does not end.
 */
export async function settle(activity: () => number = NONE): Promise<void> {
  let seen = activity()
  let quiet = 0
  for (let turns = 0; quiet < QUIET_TURNS; turns++) {
    if (turns >= MOST_TURNS) throw new Error(`settle a simulation: still active after ${MOST_TURNS} promise turns`)
    await TURN
    const now = activity()
    quiet = now === seen ? quiet + 1 : 0
    seen = now
  }
}

const TURN: Promise<void> = Promise.resolve()
const NONE = (): number => 0
