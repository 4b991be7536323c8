/**
 * Stands in for Node's `util` inside the bundle: prom-client asks it for the text of one error. Both entry points that
 * bundle for the edge name it as an alias, so that no Node compatibility is needed.
 */
export function format(...values: readonly unknown[]): string {
  return values.map(String).join(' ')
}
