/** Why an event cannot be applied to a saga whose state the machine lacks (P11), and the three remedies. */
export function whyStranded(state: string): string {
  const place = `the saga is in "${state}", which this machine does not have`
  return `${place}: give its new name in settings.movedStates, move the saga by hand, or bring the state back`
}
