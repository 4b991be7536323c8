/** Settings of the server, by its INFO, that can lose sagas, each with the expected value (decision 0016). */
export function shortcomings(info: string): string[] {
  const said = (key: string) => new RegExp(`^${key}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? ''
  const found: string[] = []
  const policy = said('maxmemory_policy')
  if (policy.startsWith('allkeys-'))
    found.push(`found maxmemory-policy ${policy}, which evicts sagas when memory is full, expected noeviction`)
  if (said('aof_enabled') === '0')
    found.push('found appendonly no, which loses acknowledged steps when the server ends, expected appendonly yes')
  return found
}
