/** Paths of the service that the first place reads. */
export const PATHS = {
  session: 'console/session',
  machine: 'machine-definition',
  picture: 'machine.svg',
  counts: 'sagas?counts=true&limit=1',
} as const

/** The path of a picture: on a phone it flows down. */
export function picturePath(path: string, isNarrow: boolean): string {
  return isNarrow ? `${path}?flow=down` : path
}
