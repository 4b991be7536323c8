/**
 * Replaces Node's `util` in the bundle, for the one function that prom-client calls. wrangler.toml and `scripts/workerd/bundle.ts`
 * alias it, so that the Worker needs no Node compatibility.
 */
export function format(...values: readonly unknown[]): string {
  return values.map(String).join(' ')
}
